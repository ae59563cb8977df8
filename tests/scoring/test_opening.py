"""Which precision "fast" stands for, and what happens where int8 goes wrong."""

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tiny_models import save_tiny_model

from concord.artifact import CONFIG_FILE, SECTION, Int8Gate
from concord.export import export_model
from concord.scoring import opening
from concord.scoring.aligner import Aligner
from concord.scoring.backends import Precision
from concord.scoring.opening import ask_probes, choose_precision

PASSED = Int8Gate(losses={"paws": 0.2, "mnli": -0.1})
VNNI = frozenset({"avx512_vnni"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = save_tiny_model(tmp_path / "tiny")
    export_model(saved)
    return saved


def write_gate(folder: Path, gate: Int8Gate) -> None:
    config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    config[SECTION]["int8"] = {
        "losses": dict(gate.losses),
        "bound": gate.bound,
        "probes": [list(row) for row in gate.probes],
    }
    (folder / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")


def probes_of(folder: Path) -> list[list[float]]:
    aligner = Aligner.from_pretrained(folder, backend="openvino", precision="int8", threads=1)
    found: list[list[float]] = ask_probes(aligner.backend, aligner.tokenizer).tolist()
    return found


@pytest.mark.parametrize(
    ("gate", "instructions", "precision", "reason"),
    [
        (PASSED, VNNI, Precision.INT8, r"lost at most 0.20 points \(paws\), and .* avx512_vnni"),
        (None, VNNI, Precision.AUTO, "was not measured"),
        (replace(PASSED, bound=0.1), VNNI, Precision.AUTO, r"0.20 points \(paws\), more than 0.1"),
        (PASSED, frozenset(), Precision.AUTO, "no fast int8"),
    ],
)
def test_fast_is_int8_only_where_it_is_both_good_and_fast(
    gate: Int8Gate | None, instructions: frozenset[str], precision: Precision, reason: str
) -> None:
    chosen, why = choose_precision(gate, instructions)
    assert chosen is precision
    assert re.search(reason, why)


def test_a_model_that_passed_scores_in_int8_and_says_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "int8_instructions", lambda: VNNI)
    write_gate(folder, replace(PASSED, probes=probes_of(folder)))
    aligner = Aligner.from_pretrained(folder, precision="fast", threads=1)
    assert aligner.choice == (
        "openvino, int8, 1 threads (int8 lost at most 0.20 points (paws), and the processor has "
        "avx512_vnni)"
    )
    asked = Aligner.from_pretrained(folder, precision="f32", threads=1)
    assert asked.choice == "openvino, f32, 1 threads (as asked)"


@pytest.mark.parametrize("shift", [0.2, None])
def test_a_processor_on_which_int8_goes_wrong_falls_back(
    shift: float | None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(opening, "int8_instructions", lambda: VNNI)
    probes = [[p + shift for p in row] for row in probes_of(folder)] if shift else []
    write_gate(folder, replace(PASSED, probes=probes))
    with caplog.at_level(logging.WARNING):
        aligner = Aligner.from_pretrained(folder, precision="fast", threads=1)
    assert "int8" not in repr(aligner.backend)
    assert "off by" in aligner.choice
    assert "so it is not used" in caplog.text


def test_auto_follows_float32_closely(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "int8_instructions", lambda: VNNI)
    write_gate(folder, replace(PASSED, probes=probes_of(folder)))
    aligner = Aligner.from_pretrained(folder, threads=1)
    assert "int8" not in aligner.choice
    assert "follows float32 closely" in aligner.choice


def test_torch_has_no_int8_to_choose(folder: Path) -> None:
    aligner = Aligner.from_pretrained(folder, backend="torch", precision="fast", threads=1)
    assert "int8 needs the openvino backend" in aligner.choice


def test_a_model_that_was_not_measured_does_not_score_in_int8(folder: Path) -> None:
    aligner = Aligner.from_pretrained(folder, precision="fast", threads=1)
    assert "int8 was not measured" in aligner.choice
