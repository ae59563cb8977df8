"""From a head's shape to the module that is trained."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from torch import nn

from concord.adaptation import Encoder
from concord.errors import ConfigError
from concord.model.encoder import max_positions
from concord.model.task_heads.alignment import AlignmentModule
from concord.model.task_heads.pooled import PooledModule
from concord.model.task_heads.replaced import ReplacedModule
from concord.model.task_heads.tokens import SpansModule, TokensModule
from concord.model.task_heads.towers import CosineModule, TowersModule
from concord.model.task_heads.vector import VectorModule
from concord.model.task_heads.vocabulary import VocabularyModule
from concord.tasks.heads import HeadKind, HeadSpec

TaskHead: TypeAlias = nn.Module
"""Called with states and attention mask of a task's sequences; gives what its loss reads.

One with a `draft` fills masks before the encoder reads, and gets what it wrote as a third argument.
"""

_MODULES: Final[Mapping[HeadKind, Callable[[HeadSpec, int], TaskHead]]] = {
    HeadKind.POOLED: PooledModule,
    HeadKind.TOWERS: TowersModule,
    HeadKind.COSINE: CosineModule,
    HeadKind.SPANS: SpansModule,
    HeadKind.TOKENS: TokensModule,
    HeadKind.VECTOR: VectorModule,
    HeadKind.ALIGNMENT: AlignmentModule,
}


def build_task_head(spec: HeadSpec, hidden_size: int, encoder: Encoder | None = None) -> TaskHead:
    """Build a fresh head.

    Args:
        spec: Its shape.
        hidden_size: The encoder's dimensions.
        encoder: Whose input embedding those few heads share that answer with tokens.

    Raises:
        ConfigError: If the head answers with tokens and there is no encoder to share with.
    """
    if spec.kind not in {HeadKind.VOCABULARY, HeadKind.REPLACED}:
        return _MODULES[spec.kind](spec, hidden_size)
    embedding = None if encoder is None else encoder.get_input_embeddings()
    if encoder is None or not isinstance(embedding, nn.Embedding):
        raise ConfigError(f"a head of kind {spec.kind} needs an encoder with an input embedding")
    if spec.kind is HeadKind.VOCABULARY:
        return VocabularyModule(hidden_size, embedding)
    return ReplacedModule(spec, hidden_size, embedding, max_positions(encoder))
