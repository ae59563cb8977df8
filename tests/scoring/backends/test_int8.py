from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny_models import save_tiny_model

from concord.alignment import AlignmentScores
from concord.errors import ConfigError
from concord.export import compare_scores, export_model
from concord.scoring.aligner import Aligner
from concord.scoring.backends.int8 import quantize, quantize_weights
from concord.scoring.backends.openvino import _read_graph, shared_core
from concord.scoring.backends.processor import int8_instructions

CONTEXTS = ["The bridge opened in 1932.", "It is long. " * 9, "The old river bridge is not long."]
CLAIMS = ["The bridge opened in 1923.", "The bridge is long!", "the old bridge"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    saved = save_tiny_model(tmp_path_factory.mktemp("model") / "tiny", dtype=torch.bfloat16)
    export_model(saved)
    return saved


def predict(folder: Path, precision: str) -> AlignmentScores:
    aligner = Aligner.from_pretrained(folder, backend="openvino", precision=precision, threads=1)
    return aligner.predict(CONTEXTS, CLAIMS)


def test_a_groups_largest_weight_becomes_127() -> None:
    weight = np.array([[1.0, -2.0, 0.5, 0.25], [0.0, 0.0, 0.0, 3.0]], dtype=np.float32)
    rounded, scales = quantize(weight, group=2)
    # Scales of 2, 0.5, about 0 and 3 over 127: 1.0 is 63.5 of them, to even 64, as is 0.25.
    assert rounded.tolist() == [[[64, -127], [127, 64]], [[0, 0], [0, 127]]]
    assert scales[0, :, 0].tolist() == pytest.approx([2 / 127, 0.5 / 127])


def test_inputs_that_cannot_be_divided_share_one_scale() -> None:
    rounded, scales = quantize(np.ones((2, 7), dtype=np.float32), group=4)
    assert rounded.shape == (2, 1, 7)
    assert scales.shape == (2, 1, 1)


def test_no_weight_moves_by_more_than_half_a_scale() -> None:
    weight = np.random.default_rng(0).normal(size=(8, 32)).astype(np.float32)
    rounded, scales = quantize(weight, group=8)
    assert (np.abs(rounded * scales - weight.reshape(8, 4, 8)) <= scales * 0.5001).all()


def test_the_products_of_every_layer_are_changed_and_those_of_the_heads_not(folder: Path) -> None:
    graph = _read_graph(shared_core(), folder)
    assert quantize_weights(graph) == 2 * 6  # layers; query, key, value, output and two inner ones
    assert quantize_weights(graph) == 0  # none is left


def test_int8_says_nearly_what_float32_says_and_not_quite(folder: Path) -> None:
    parity = compare_scores(predict(folder, "int8"), predict(folder, "f32"))
    largest = max(head.max_difference for head in parity.values())
    assert 0 < largest < 0.1


def test_torch_does_not_compute_in_int8(folder: Path) -> None:
    with pytest.raises(ConfigError, match="int8 needs the openvino backend"):
        Aligner.from_pretrained(folder, backend="torch", precision="int8")


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("flags : fpu avx2 avx512f avx512_vnni amx_int8", {"avx512_vnni", "amx_int8"}),
        ("flags : fpu avx2 avx512f", set()),
    ],
)
def test_the_processors_instructions_are_read(flags: str, found: set[str], tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n", encoding="utf-8")
    assert int8_instructions(tmp_path / "cpuinfo") == found


def test_a_system_that_does_not_describe_its_processor_has_none(tmp_path: Path) -> None:
    assert int8_instructions(tmp_path / "absent") == set()
