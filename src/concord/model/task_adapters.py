"""Adapters of single tasks in a model: which go together, and their form in a folder."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from concord.adaptation import Adaptation, build_adaptation
from concord.adaptation.bottleneck import Bottleneck
from concord.adaptation.frozen import Frozen
from concord.adaptation.lora import Lora
from concord.adaptation.per_task import TaskAdaptation
from concord.errors import ConfigError
from concord.tasks.adapters import SavedAdapter
from concord.tasks.heads import FloatArray


def check_adaptation(
    wanted: Adaptation, present: Adaptation, adapters: Mapping[str, TaskAdaptation]
) -> None:
    """Refuse an adaptation that a model's encoder cannot have.

    Args:
        wanted: The adaptation.
        present: What the encoder has.
        adapters: What single tasks have of their own.

    Raises:
        ConfigError: If the encoder was adapted in another way, or has to stay as it is.
    """
    if adapters and not wanted.is_per_task and not isinstance(wanted, Frozen):
        raise ConfigError(
            f"adaptation.kind is {wanted.kind!r}, but in the initial model {', '.join(adapters)} "
            "read the encoder through adapters of their own, which fit it as it is; write kind = "
            '"frozen", or per_task = true'
        )
    if present.adds_parameters and wanted.adds_parameters and wanted != present:
        raise ConfigError(
            f"adaptation: the initial model has {present}; go on with the same, or "
            'write kind = "frozen" or kind = "full"'
        )


def check_adapter(
    name: str,
    wanted: TaskAdaptation,
    present: Adaptation,
    adapters: Mapping[str, TaskAdaptation],
) -> None:
    """Refuse an adapter that a task cannot have.

    Args:
        name: The task's.
        wanted: The adapter, as it is for the encoder.
        present: What the encoder has.
        adapters: What tasks have of their own by now.

    Raises:
        ConfigError: If the task has another one, or it does not go beside those of others.
    """
    check_adaptation(wanted, present, adapters)
    known = adapters.get(name)
    if known is not None and known != wanted:
        raise ConfigError(
            f"task {name!r} has an adapter already ({known}); go on with the same, or "
            "name the task otherwise"
        )
    for task, other in adapters.items():
        if not wanted.goes_beside(other):
            raise ConfigError(
                f"task {name!r} cannot have an adapter ({wanted}) beside that of task "
                f"{task!r} ({other}); choose the same kind"
            )


def read_adapter(saved: SavedAdapter) -> TaskAdaptation:
    """Return what a saved adapter was, for the encoder that it was saved with.

    Raises:
        ConfigError: If its options make no adapter.
    """
    if saved.is_low_rank:
        return Lora.from_adapter_config(saved.config, saved.weights)
    found = build_adaptation(saved.config, source="the adapter's config")
    if not isinstance(found, Bottleneck):
        raise ConfigError(f"an adaptation of kind {found.kind!r} cannot be a task's own")
    return replace(found, per_task=True)


def as_arrays(tensors: Mapping[str, Tensor]) -> dict[str, FloatArray]:
    """Return tensors as float32 arrays."""
    return {
        key: value.detach().to(device="cpu", dtype=torch.float32).contiguous().numpy()
        for key, value in tensors.items()
    }


def as_tensors(arrays: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return copies of arrays as tensors."""
    return {key: torch.from_numpy(value.copy()) for key, value in arrays.items()}
