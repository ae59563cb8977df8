"""Where the time of a run's steps goes."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.tiny_objective import TinyBatches, TinyObjective, TwoHeads

from concord.errors import ConfigError
from concord.training import Trainer, TrainerOptions, TrainingResult
from concord.training.profiling import ProfileOptions, summarize_events


def train(folder: Path, profile: ProfileOptions | None) -> TrainingResult:
    options = TrainerOptions(mixed_precision="no", validations=0, profile=profile)
    return Trainer(TwoHeads(), TinyBatches(), TinyObjective(), options, folder, seed=0).train()


def test_two_recorded_steps_leave_a_trace_and_a_table(tmp_path: Path) -> None:
    result = train(tmp_path, ProfileOptions(wait=1, warmup=1, steps=2))
    summary = result.profile
    assert summary is not None
    assert summary.steps == 2
    assert summary.kernels == 0  # there is no other device
    assert summary.operators > 0
    parts = summary.copies + summary.operators + summary.other
    assert parts == pytest.approx(summary.elapsed, rel=1e-6)
    # each step has one pass through the shared map and one head: two products on the way there
    calls = {each.name: each.calls for each in summary.top}
    assert calls.get("aten::addmm", calls.get("aten::mm", 0)) >= 2
    (trace,) = (tmp_path / "profile").glob("*.pt.trace.json")
    names = {event.get("name") for event in json.loads(trace.read_text())["traceEvents"]}
    assert "aten::mm" in names
    table = (tmp_path / "profile" / "summary.txt").read_text(encoding="utf-8")
    assert table == f"{summary}\n"
    assert [line.split("  ")[0] for line in table.splitlines()[1:5]] == [
        "kernels",
        "copies",
        "CPU operators",
        "other",
    ]


def test_a_recorded_run_learns_the_same(tmp_path: Path) -> None:
    recorded = train(tmp_path / "recorded", ProfileOptions(wait=0, warmup=1, steps=1))
    assert recorded.final_loss == train(tmp_path / "plain", None).final_loss


def test_a_run_that_ends_early_has_the_steps_that_it_had(tmp_path: Path) -> None:
    result = train(tmp_path, ProfileOptions(wait=5, warmup=1, steps=10))  # 8 batches are 8 steps
    assert result.profile is not None
    assert result.profile.steps >= 2


class Event:
    """An event as the profiler gives it, in microseconds."""

    def __init__(self, name: str, own: float, *, total: float = 0.0, on_gpu: bool = False) -> None:
        self.name = name
        self.device_type = SimpleNamespace(name="CUDA" if on_gpu else "CPU")
        self.self_cpu_time_total = 0.0 if on_gpu else own
        self.self_device_time_total = own if on_gpu else 0.0
        self.cpu_time_total = total


def test_time_is_shared_out_between_kernels_copies_operators_and_the_rest() -> None:
    summary = summarize_events(
        [
            Event("ProfilerStep#3", 0, total=1_000_000),
            Event("aten::mm", 200_000),
            Event("aten::mm", 100_000),
            Event("aten::copy_", 50_000),
            Event("gemm_kernel", 800_000, on_gpu=True),
            Event("Memcpy HtoD", 30_000, on_gpu=True),
        ]
    )
    assert summary.elapsed == 1.0
    assert summary.kernels == pytest.approx(0.8)
    assert summary.copies == pytest.approx(0.08)  # 0.05 on the processor, 0.03 on the device
    assert summary.operators == pytest.approx(0.3)
    assert summary.other == pytest.approx(0.65)  # 1 - 0.3 - 0.05; the device works meanwhile
    assert [each.name for each in summary.top[:2]] == ["gemm_kernel", "aten::mm"]


@pytest.mark.parametrize(("name", "least"), [("wait", 0), ("warmup", 1), ("steps", 1)])
def test_a_number_of_steps_that_cannot_be_is_told(name: str, least: int) -> None:
    value = least - 1
    with pytest.raises(ConfigError, match=f"trainer.profile.{name} must be at least {least}, got"):
        ProfileOptions(**{name: value})
