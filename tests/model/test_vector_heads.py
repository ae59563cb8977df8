"""Trained heads equal those that predict, and padding changes nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from concord.model.task_heads import build_task_head
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec, Pooling, build_numpy_head
from concord.text import TokenBatch

HIDDEN = 8
LENGTHS = (3, 5, 1, 4)
_SHAPES: Sequence[tuple[HeadKind, int, Sequence[dict[str, Any]]]] = (
    (HeadKind.POOLED, 3, [{}, {"hidden_sizes": (6, 4), "num_layers": 2}]),
    (HeadKind.TOWERS, 2, [{}, {"projection_size": 5, "hidden_sizes": (6,), "num_layers": 2}]),
    (HeadKind.COSINE, 1, [{"scale": 5.0}, {"projection_size": 5, "num_layers": 2}]),
    (HeadKind.VECTOR, 0, [{}, {"is_normalized": True, "num_layers": 2}]),
    (HeadKind.ALIGNMENT, 6, [{}]),
)
SPECS = [
    HeadSpec(kind=kind, num_outputs=num_outputs, pooling=pooling, **more)
    for kind, num_outputs, several in _SHAPES
    for pooling in Pooling
    for more in several
]


def _batch(width: int) -> tuple[FloatArray, TokenBatch]:
    """Return states of two layers that are the same on real tokens whatever the width."""
    rng = np.random.default_rng(0)
    real = rng.normal(loc=1.0, size=(len(LENGTHS), max(LENGTHS), 2 * HIDDEN))
    states = rng.normal(size=(len(LENGTHS), width, 2 * HIDDEN)) * 100
    mask = np.arange(width) < np.array(LENGTHS)[:, np.newaxis]
    states[:, : max(LENGTHS)][mask[:, : max(LENGTHS)]] = real[mask[:, : max(LENGTHS)]]
    ids = np.zeros(mask.shape, dtype=np.int64)
    return states.astype(np.float32), TokenBatch(ids, mask.astype(np.int64), ids)


def _predicted(spec: HeadSpec, module: torch.nn.Module, width: int) -> list[Sequence[FloatArray]]:
    weights = {name: value.numpy() for name, value in module.state_dict().items()}
    head = build_numpy_head(spec, weights, HIDDEN)
    read = head.read(*_batch(width))
    size = 2 if spec.kind in {HeadKind.TOWERS, HeadKind.COSINE} else 1
    return [head.join(read[start : start + size]) for start in range(0, len(read), size)]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_what_predicts_is_what_was_trained(spec: HeadSpec) -> None:
    torch.manual_seed(0)
    module = build_task_head(spec, HIDDEN).eval()
    states, batch = _batch(7)
    with torch.inference_mode():
        outputs = module(torch.from_numpy(states), torch.from_numpy(batch.attention_mask))
    found = np.concatenate([np.stack(joined) for joined in _predicted(spec, module, 7)])
    assert found.shape == outputs.shape
    np.testing.assert_allclose(found, outputs.numpy(), atol=1e-5)
    assert np.ptp(found) > 1e-3


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_padding_changes_nothing(spec: HeadSpec) -> None:
    torch.manual_seed(0)
    module = build_task_head(spec, HIDDEN).eval()
    narrow, wide = (_predicted(spec, module, width) for width in (5, 9))
    np.testing.assert_allclose(
        np.concatenate([np.stack(each) for each in narrow]),
        np.concatenate([np.stack(each) for each in wide]),
        atol=1e-5,
    )


def test_a_cosine_below_nought_counts_as_nought() -> None:
    head = build_numpy_head(HeadSpec(kind=HeadKind.COSINE, scale=5.0), {}, 2)
    vectors = [np.array(each, dtype=np.float32) for each in ([3, 4], [8, 6], [-3, -4])]
    assert head.join(vectors[:2])[0] == pytest.approx(4.8)  # 5 * (24 + 24) / (5 * 10)
    assert head.join([vectors[0], vectors[2]])[0] == 0


def test_two_towers_are_layers_over_the_absolute_difference_and_sum() -> None:
    weights = {
        "layers.0.weight": np.array([[1, 10, 100, 1000]], dtype=np.float32),
        "layers.0.bias": np.array([0.5], dtype=np.float32),
    }
    head = build_numpy_head(HeadSpec(kind=HeadKind.TOWERS, num_outputs=1), weights, 2)
    first, second = np.array([1, -2], dtype=np.float32), np.array([3, 1], dtype=np.float32)
    # |u - v| = (2, 3), |u + v| = (4, 1): 2 + 30 + 400 + 1000 + 0.5
    assert head.join([first, second])[0].tolist() == [1432.5]
    assert head.join([second, first])[0].tolist() == [1432.5]
