"""From a head's shape and weights to the head."""

from collections.abc import Callable, Mapping
from typing import Final

from concord.tasks.heads.alignment import AlignmentHead
from concord.tasks.heads.layers import FloatArray, NumpyHead, Weights
from concord.tasks.heads.pooled import PooledHead
from concord.tasks.heads.spec import HeadKind, HeadSpec
from concord.tasks.heads.tokens import TokensHead
from concord.tasks.heads.towers import CosineHead, TowersHead
from concord.tasks.heads.vector import VectorHead
from concord.tasks.heads.vocabulary import VocabularyHead

_HEADS: Final[Mapping[HeadKind, Callable[[HeadSpec, Weights, int], NumpyHead]]] = {
    HeadKind.POOLED: PooledHead,
    HeadKind.REPLACED: TokensHead,
    HeadKind.SPANS: TokensHead,
    HeadKind.TOKENS: TokensHead,
    HeadKind.TOWERS: TowersHead,
    HeadKind.COSINE: CosineHead,
    HeadKind.VECTOR: VectorHead,
    HeadKind.ALIGNMENT: AlignmentHead,
}


def build_numpy_head(
    spec: HeadSpec,
    weights: Weights,
    hidden_size: int,
    embedding: Callable[[], FloatArray] | None = None,
) -> NumpyHead:
    """Return the head of a shape with trained weights.

    Args:
        spec: The shape.
        weights: The head's, by name.
        hidden_size: The encoder's dimensions.
        embedding: Gives the encoder's input embedding, ``(vocabulary, width)``, to those few
            heads that compare their outputs with it.
    """
    if spec.kind is HeadKind.VOCABULARY:
        return VocabularyHead(weights, hidden_size, embedding)
    return _HEADS[spec.kind](spec, weights, hidden_size)
