"""The exported form says what torch says, and a batch what its pairs say one by one."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny_models import save_tiny_model, tiny_model

from concord.alignment import AlignmentScores, Head, TextPair
from concord.errors import InputError
from concord.export import compare_backends, compare_scores, export_model
from concord.scoring.aligner import Aligner

CONTEXTS = [
    "The bridge opened in 1932.",
    "",
    "It is long. " * 9,
    "The old river bridge is not long.",
    "Bridge " * 100,
]
CLAIMS = [
    "The bridge opened in 1923.",
    "It is long.",
    "The bridge is long!",
    "the old bridge",
    "River?",
]
PAIRS = [TextPair(context, claim) for context in CONTEXTS for claim in CLAIMS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    saved = save_tiny_model(tmp_path_factory.mktemp("model") / "tiny")
    export_model(saved)
    return saved


def load(folder: Path, backend: str, **options: int) -> Aligner:
    return Aligner.from_pretrained(
        folder, backend=backend, precision="f32", threads=1, max_batch_tokens=options.get("n", 512)
    )


def predict(aligner: Aligner, pairs: list[TextPair]) -> AlignmentScores:
    return aligner.predict([pair.context for pair in pairs], [pair.claim for pair in pairs])


def assert_close(first: AlignmentScores, second: AlignmentScores, tolerance: float) -> None:
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance, rtol=0)


@pytest.mark.parametrize("architecture", ["bert", "roberta", "distilbert", "electra"])
def test_openvino_says_what_torch_says(architecture: str, tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, architecture)
    export_model(folder)
    parity = compare_backends(folder, PAIRS, precision="f32", threads=1)
    assert set(parity) == set(Head)
    assert max(head.max_difference for head in parity.values()) < 1e-4
    assert min(head.agreement for head in parity.values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["modernbert"])
def test_newer_encoders_say_what_torch_says(architecture: str, tmp_path: Path) -> None:
    test_openvino_says_what_torch_says(architecture, tmp_path)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_weights_are_read_as_torch_reads_them(
    dtype: torch.dtype, tmp_path: Path
) -> None:
    folder = save_tiny_model(tmp_path, dtype=dtype)
    export_model(folder)
    parity = compare_backends(folder, PAIRS, precision="f32", threads=1)
    assert max(head.max_difference for head in parity.values()) < 1e-4


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_a_batch_says_what_its_pairs_say_one_by_one(backend: str, folder: Path) -> None:
    batched, alone = load(folder, backend, n=2048), load(folder, backend, n=1)
    assert_close(predict(batched, PAIRS), predict(alone, PAIRS), 1e-5)


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_a_pair_does_not_notice_padding(backend: str, folder: Path) -> None:
    aligner = load(folder, backend)
    short, long = TextPair("It is old.", "The bridge"), TextPair("The river. " * 12, "It is long")
    assert_close(
        predict(aligner, [short]),
        AlignmentScores(*(array[:1] for array in predict(aligner, [short, long]))),
        1e-5,
    )


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_what_is_saved_says_what_the_model_said(backend: str, tmp_path: Path) -> None:
    model = tiny_model(seed=3)
    model.save_pretrained(tmp_path)
    export_model(tmp_path)
    inputs = torch.tensor([[2, 5, 6, 3, 7, 3]])
    with torch.inference_mode():
        logits = model(inputs, torch.ones_like(inputs), torch.tensor([[0, 0, 0, 0, 1, 1]]))
    [binary] = load(tmp_path, backend).predict(["the bridge"], ["opened"]).binary
    assert isinstance(logits, torch.Tensor)
    assert binary == pytest.approx(logits[:, :2].softmax(dim=1)[0, 1].item(), abs=1e-5)


def test_bf16_stays_near(folder: Path) -> None:
    exact = predict(load(folder, "torch"), PAIRS)
    half = Aligner.from_pretrained(folder, backend="torch", precision="bf16", threads=1)
    parity = compare_scores(predict(half, PAIRS), exact)
    assert 0 < parity[Head.THREE_WAY].max_difference < 0.2  # random weights, far from a trained one


def test_scores_are_compared_head_by_head() -> None:
    one = AlignmentScores(
        regression=np.array([0.2, 0.4], dtype=np.float32),
        binary=np.array([0.9, 0.6], dtype=np.float32),
        three_way=np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3]], dtype=np.float32),
    )
    other = AlignmentScores(
        regression=np.array([0.2, 0.3], dtype=np.float32),
        binary=np.array([0.9, 0.4], dtype=np.float32),
        three_way=np.array([[0.8, 0.1, 0.1], [0.2, 0.4, 0.4]], dtype=np.float32),
    )
    parity = compare_scores(one, other)
    assert parity[Head.BINARY].max_difference == pytest.approx(0.2)
    assert parity[Head.BINARY].mean_difference == pytest.approx(0.1)  # two of four differ by 0.2
    assert parity[Head.BINARY].agreement == 0.5  # 0.6 and 0.4 lie on two sides
    assert parity[Head.REGRESSION].agreement == 1.0
    assert parity[Head.THREE_WAY].mean_difference == pytest.approx(0.2 / 6)


def test_no_pairs_cannot_be_compared(folder: Path) -> None:
    with pytest.raises(InputError, match="there are no pairs"):
        compare_backends(folder, [])
