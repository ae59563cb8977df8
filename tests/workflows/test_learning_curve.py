"""A picture of a run's log."""

import json
from pathlib import Path

import pytest

from concord.errors import ConfigError
from concord.workflows.learning_curve import LearningCurve, save_learning_curve


def write_log(run: Path, *, steps: int) -> None:
    """Write a log whose loss falls by one a step; every tenth step is validated."""
    lines = [
        {
            "step": step,
            "pairs": 5 * step,
            "losses": {"binary": float(steps - step), "masked_language": 0.0},
            "metrics": {"snli/accuracy": step / steps} if step % 10 == 0 else None,
        }
        for step in range(1, steps + 1)
    ]
    run.mkdir(exist_ok=True)
    (run / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_metrics_stand_where_they_were_measured(tmp_path: Path) -> None:
    write_log(tmp_path, steps=30)
    curve = LearningCurve.read(tmp_path / "log.jsonl")
    seen, values = curve.metrics["snli/accuracy"]
    assert list(seen) == [50, 100, 150]
    assert values == pytest.approx((1 / 3, 2 / 3, 1))


def test_losses_are_means_of_all_steps_between_points(tmp_path: Path) -> None:
    write_log(tmp_path, steps=240)
    losses = LearningCurve.read(tmp_path / "log.jsonl").losses
    assert list(losses) == ["binary"]  # masked tokens are not learned
    seen, values = losses["binary"]
    assert len(seen) == len(values) == 60
    assert list(seen[:2]) == [20, 40]
    assert list(values[:2]) == [(239 + 238 + 237 + 236) / 4, (235 + 234 + 233 + 232) / 4]


def test_a_run_is_drawn_with_its_validations_and_without(tmp_path: Path) -> None:
    write_log(tmp_path / "long", steps=30)
    write_log(tmp_path / "short", steps=9)
    for name in ("long", "short"):
        save_learning_curve(tmp_path / name, tmp_path / f"{name}.svg")
    long, short = ((tmp_path / f"{name}.svg").read_text() for name in ("long", "short"))
    assert long.count("<!-- validation -->") == 1
    assert long.count("<!-- snli/accuracy -->") == 1
    assert "<!-- validation -->" not in short
    assert short.count("<!-- loss in training -->") == long.count("<!-- loss in training -->") == 1
    assert not list(tmp_path.glob(".*"))


def test_a_run_that_learned_nothing_has_no_curve(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no step; a curve needs a run that has begun"):
        save_learning_curve(tmp_path, tmp_path / "curve.svg")
