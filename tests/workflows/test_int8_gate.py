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
    assert asked == ["snli", "stsb"]
    assert set(gate.losses) == {"snli", "stsb"}
    settings = AlignmentSettings.from_config(load_config(folder), source="config.json")
    assert settings.int8 == gate
    assert np.shape(gate.probes) == (len(PROBES), 5)
    assert Aligner.from_pretrained(folder, threads=1).predict(["the"], ["old"]).binary.shape == (1,)


def test_the_loss_is_float32s_figure_less_int8s_in_points(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_data_folder(tmp_path / "data")
    figures = iter([0.75, 0.74])
    monkeypatch.setattr("concord.workflows.int8_gate.compute_metric", lambda *_: next(figures))
    gate = gate_int8(folder, GateOptions(data_dir=tmp_path / "data", recipes=["snli"], threads=1))
    assert gate.losses == {"snli": 1.0}
    assert not gate.is_passed


def test_a_set_without_rows_is_named(folder: Path, tmp_path: Path) -> None:
    write_data_folder(tmp_path / "data")
    options = GateOptions(data_dir=tmp_path / "data", recipes=["snli"], max_rows=0, threads=1)
    with pytest.raises(DataError, match="snli has no labelled validation example"):
        gate_int8(folder, options)


def test_no_sets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one data set"):
        GateOptions(data_dir=tmp_path, recipes=[])
