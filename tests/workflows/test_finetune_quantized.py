"""Fine-tuning beside a frozen encoder in few bits, from a config to a plain model."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
import torch
from tests.tiny_finetuning import FinetuneTrace, finetune_tiny, forget_after, write_tasks

from concord.adaptation import plain_encoder
from concord.adaptation.parts import all_linear_layers
from concord.adaptation.quantized import QuantizedLinear
from concord.artifact import CONFIG_FILE
from concord.cli.main import main
from concord.errors import ConcordError
from concord.export import export_encoder
from concord.model import TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.workflows.finetuning.config import load_finetune_config
from concord.workflows.finetuning.run_parts import build_task_model

FORMATS: Final = (
    pytest.param(
        "nf4",
        marks=pytest.mark.skipif(
            find_spec("bitsandbytes") is None, reason="needs the extra lowbit"
        ),
    ),
    "int8",
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tasks(tmp_path_factory.mktemp("quantized"))


def _overrides(kept_as: str, run: Path) -> list[str]:
    return [
        f'output="{run}"',
        f"adaptation={{kind='lora', base='{kept_as}'}}",
        "trainer.optimizer.learning_rate=3e-2",
    ]


@pytest.mark.parametrize("precision", ["no", "bf16"])
@pytest.mark.parametrize("kept_as", FORMATS)
def test_a_run_that_was_killed_ends_as_the_unbroken_one(
    config: Path, tmp_path: Path, kept_as: str, precision: str
) -> None:
    run = tmp_path / "run"
    overrides = [*_overrides(kept_as, run), f"trainer.mixed_precision='{precision}'"]
    finetune_tiny(config, overrides)
    unbroken = FinetuneTrace.read(run)
    losses = [step["loss"] for step in unbroken.run.steps]
    assert sum(losses[-4:]) < 0.9 * sum(losses[:4])
    forget_after(run, len(losses) // 2)
    finetune_tiny(config, overrides)
    assert FinetuneTrace.read(run) == unbroken


@pytest.mark.parametrize("kept_as", FORMATS)
def test_the_saved_model_is_plain_and_has_the_rounded_weights(
    config: Path, tmp_path: Path, kept_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = _overrides(kept_as, tmp_path / "run")
    folder = finetune_tiny(config, overrides).model_folder
    start = build_task_model(load_finetune_config(config, overrides)[0]).encoder
    plain = build_task_model(load_finetune_config(config)[0]).encoder
    packed = {
        name: layer.weight
        for name, layer in start.named_modules()
        if isinstance(layer, QuantizedLinear) and not name.endswith("base_layer")
    }
    assert len(packed) == 2 * 4  # of six layers, two have something beside them
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)  # what is saved needs no library
    monkeypatch.setitem(sys.modules, "peft", None)
    saved = TaskModel.from_pretrained(folder).encoder
    assert "adaptation" not in (folder / CONFIG_FILE).read_text(encoding="utf-8")
    after, weights = saved.state_dict(), plain.state_dict()
    for name in all_linear_layers(plain_encoder(plain)):
        found, before = after[f"{name}.weight"], weights[f"{name}.weight"]
        assert not torch.equal(found, before.bfloat16().float())
        if name in packed:
            assert torch.equal(found, packed[name].bfloat16().float())
    export_encoder(folder)
    (answer,) = TaskPredictor.from_pretrained(folder).predict("mood", ["it is not the bridge"])
    assert set(answer.probs) == {"good", "bad"}


def test_the_command_counts_every_weight_once(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for base in ("full", "int8"):
        overrides = _overrides(base, tmp_path / base)
        with pytest.raises(SystemExit) as stopped:
            main(["finetune", str(config), *overrides, "trainer.epochs=1"])
        assert not stopped.value.code
        told.append([line for line in capsys.readouterr().out.splitlines() if "learning:" in line])
    whole, packed = told
    assert whole == packed
    assert "2,048 of" in whole[0]  # beside 4 layers, 8 * 32 and 32 * 8


def test_a_base_for_single_tasks_is_refused_in_one_sentence(config: Path, tmp_path: Path) -> None:
    overrides = [*_overrides("int8", tmp_path / "run"), "adaptation.per_task=true"]
    with pytest.raises(ConcordError, match=r"tasks\.toml: adaptation: base 'int8' changes") as told:
        finetune_tiny(config, overrides)
    assert "\n" not in str(told.value)
