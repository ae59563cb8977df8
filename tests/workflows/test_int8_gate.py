from pathlib import Path

import numpy as np
import pytest
from tests.tiny_data import write_data_folder
from tests.tiny_models import save_tiny_model

from concord.artifact import AlignmentSettings, load_config
from concord.errors import ConfigError, DataError
from concord.export import export_model
from concord.scoring.aligner import Aligner
from concord.scoring.opening import PROBES
from concord.workflows.int8_gate import GateOptions, gate_int8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = save_tiny_model(tmp_path / "tiny")
    export_model(saved)
    return saved


def test_the_losses_are_measured_and_noted_beside_the_model(folder: Path, tmp_path: Path) -> None:
    write_data_folder(tmp_path / "data")
    options = GateOptions(data_dir=tmp_path / "data", recipes=["snli", "stsb"], threads=1)
    asked: list[str] = []
    gate = gate_int8(folder, options, progress=asked.append)
    assert asked[:2] == ["float32", "int8 in groups of 128"]
    assert set(gate.losses) == {"snli", "stsb"}
    settings = AlignmentSettings.from_config(load_config(folder), source="config.json")
    assert settings.int8 == gate
    assert np.shape(gate.probes) == (len(PROBES), 5)
    assert Aligner.from_pretrained(folder, threads=1).predict(["the"], ["old"]).binary.shape == (1,)


@pytest.mark.parametrize(
    ("figures", "group", "loss"),
    [
        ([0.75, 0.749], 128, 0.1),  # passes at once
        ([0.75, 0.74, 0.755], 64, -0.5),  # the first loses a point
        ([0.75, 0.73, 0.74, 0.72], 64, 1.0),  # none passes; the second loses least
    ],
)
def test_the_largest_group_that_passes_is_kept(
    figures: list[float],
    group: int,
    loss: float,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_data_folder(tmp_path / "data")
    remaining = iter(figures)
    monkeypatch.setattr("concord.workflows.int8_gate.compute_metric", lambda *_: next(remaining))
    gate = gate_int8(folder, GateOptions(data_dir=tmp_path / "data", recipes=["snli"], threads=1))
    assert gate.group == group
    assert gate.losses["snli"] == pytest.approx(loss)
    assert gate.is_passed == (loss <= 0.3)
    assert not list(remaining)


def test_a_set_without_rows_is_named(folder: Path, tmp_path: Path) -> None:
    write_data_folder(tmp_path / "data")
    options = GateOptions(data_dir=tmp_path / "data", recipes=["snli"], max_rows=0, threads=1)
    with pytest.raises(DataError, match="snli has no labelled validation example"):
        gate_int8(folder, options)


def test_no_sets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one data set"):
        GateOptions(data_dir=tmp_path, recipes=[])
