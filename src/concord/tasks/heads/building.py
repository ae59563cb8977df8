"""From a head's shape and weights to the head."""

from collections.abc import Callable, Mapping
from typing import Final

from concord.tasks.heads.layers import NumpyHead, Weights
from concord.tasks.heads.pooled import PooledHead
from concord.tasks.heads.spec import HeadKind, HeadSpec
from concord.tasks.heads.tokens import TokensHead
from concord.tasks.heads.towers import CosineHead, TowersHead

_HEADS: Final[Mapping[HeadKind, Callable[[HeadSpec, Weights, int], NumpyHead]]] = {
    HeadKind.POOLED: PooledHead,
    HeadKind.SPANS: TokensHead,
    HeadKind.TOKENS: TokensHead,
    HeadKind.TOWERS: TowersHead,
    HeadKind.COSINE: CosineHead,
}


def build_numpy_head(spec: HeadSpec, weights: Weights, hidden_size: int) -> NumpyHead:
    """Return the head of a shape with trained weights, over an encoder of so many dimensions."""
    return _HEADS[spec.kind](spec, weights, hidden_size)
