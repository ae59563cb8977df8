"""An alignment model as a model of tasks, to which other tasks' heads can be added."""

from pathlib import Path
from typing import Final

import torch
from torch import nn

from concord.errors import ArtifactError
from concord.model.alignment_model import AlignmentModel
from concord.model.task_heads.alignment import AlignmentModule
from concord.model.task_model import TaskModel
from concord.tasks.alignment import Alignment

_TOLERANCE: Final = 1e-5


def build_alignment_task_model(folder: Path | str, *, name: str = "alignment") -> TaskModel:
    """Return a saved alignment model as a model of tasks, whose only task gives its scores.

    Args:
        folder: A saved alignment model.
        name: What the task is called.

    Raises:
        ArtifactError: If the folder is no alignment model, or its encoder pools in a way of its
            own rather than by a dense layer with tanh over the first token.
    """
    source = AlignmentModel.from_pretrained(folder)
    model = TaskModel(source.encoder, source.tokenizer, max_tokens=source.settings.max_tokens)
    model.add_task(name, Alignment(dropout=source.heads.dropout.p))
    head = model.heads[name]
    assert isinstance(head, AlignmentModule)  # noqa: S101 - what the task asked for
    pooler = _dense_pooler(source)
    if pooler is not None and pooler.weight.shape == head.dense.weight.shape:
        head.dense.load_state_dict(pooler.state_dict())
        head.heads.load_state_dict(source.heads.state_dict())
    if not _gives_the_same(source, model.eval(), name):
        kind = source.encoder.config.model_type
        raise ArtifactError(
            f"{folder}: an encoder of type {kind!r} pools its states in a way of its own, which a "
            "head beside others cannot; train an alignment task on the encoder instead"
        )
    return model


def _dense_pooler(source: AlignmentModel) -> nn.Linear | None:
    own = source.pooled_encoder.pooler or source.encoder.pooler
    found = own if isinstance(own, nn.Linear) else getattr(own, "dense", None)
    return found if isinstance(found, nn.Linear) else None


@torch.inference_mode()
def _gives_the_same(source: AlignmentModel, model: TaskModel, name: str) -> bool:
    ids = torch.arange(16).reshape(2, 8) % source.tokenizer.vocabulary_size
    inputs = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    expected = source(*inputs)
    found = model(*inputs, {name: torch.arange(2)})[name]
    return bool(torch.allclose(expected, found, atol=_TOLERANCE))
