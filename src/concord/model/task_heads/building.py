"""From a head's shape to the module that is trained."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from torch import nn

from concord.model.task_heads.pooled import PooledModule
from concord.model.task_heads.tokens import SpansModule, TokensModule
from concord.model.task_heads.towers import CosineModule, TowersModule
from concord.tasks.heads import HeadKind, HeadSpec

TaskHead: TypeAlias = nn.Module
"""Called with states and attention mask of a task's sequences; gives what its loss reads."""

_MODULES: Final[Mapping[HeadKind, Callable[[HeadSpec, int], TaskHead]]] = {
    HeadKind.POOLED: PooledModule,
    HeadKind.TOWERS: TowersModule,
    HeadKind.COSINE: CosineModule,
    HeadKind.SPANS: SpansModule,
    HeadKind.TOKENS: TokensModule,
}


def build_task_head(spec: HeadSpec, hidden_size: int) -> TaskHead:
    """Build a fresh head over an encoder of so many dimensions."""
    return _MODULES[spec.kind](spec, hidden_size)
