"""Gives a graph an input for each tensor of an adapter, so that one graph serves every task.

What differs between adapters of one kind are the numbers, and one size: a low-rank product's rank,
or a bottleneck's width. So a graph that was traced with one of them computes with all of them.
"""

import copy
from collections.abc import Collection, Sequence
from typing import Final

import openvino as ov
from torch import Tensor, nn

from concord.adaptation import Encoder, plain_encoder
from concord.adaptation.per_task import adapter_parameters, remove_adapter, use_adapter
from concord.model import TaskModel

_NAME: Final = "graph_input"
_SIZES: Final = (2, 3)
"""Two sizes of an adapter; what differs between their shapes is left open."""


class SwitchedStates(nn.Module):
    """The states of a task model, computed with an adapter that is given.

    Args:
        model: A model some of whose tasks have adapters of their own; it stays as it is.
    """

    def __init__(self, model: TaskModel) -> None:
        super().__init__()
        encoder, self.shapes = _with_one_adapter(model)
        """By the name of a tensor of an adapter, its shape; -1 for what differs."""
        self.example = tuple(each.detach() for each in _parameters(encoder).values())
        self._slots = _make_slots(encoder)
        self.model = TaskModel(plain_encoder(encoder), model.tokenizer, max_tokens=model.max_tokens)
        self.model.tasks = model.tasks

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, *adapter: Tensor
    ) -> Tensor:
        """Return the states; `adapter` has a tensor for each of `shapes`, in their order."""
        for (layer, part), tensor in zip(self._slots, adapter, strict=True):
            setattr(layer, part, tensor)
        return self.model.states(input_ids, attention_mask, token_type_ids)


class _GivenLinear(nn.Module):
    """A linear layer that is handed its weights before it computes; they are no parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.weight: Tensor | None = None
        self.bias: Tensor | None = None

    def forward(self, inputs: Tensor) -> Tensor:
        assert self.weight is not None  # noqa: S101 - handed over before
        return nn.functional.linear(inputs, self.weight, self.bias)


def name_last_inputs(graph: ov.Model, names: Collection[str]) -> None:
    """Name the last inputs of a graph, in their order."""
    for port, name in zip(graph.inputs[-len(names) :], names, strict=True):
        port.get_tensor().set_names({name})


def _parameters(encoder: Encoder) -> dict[str, nn.Parameter]:
    return adapter_parameters(encoder, _NAME)


def _with_one_adapter(model: TaskModel) -> tuple[Encoder, dict[str, list[int]]]:
    """Return a copy of the encoder with one adapter that stands wherever tasks have theirs."""
    encoder = copy.deepcopy(model.encoder)
    for name in model.adapters:
        remove_adapter(encoder, name)
    adapters = list(model.adapters.values())
    shapes = []
    for size in _SIZES:
        remove_adapter(encoder, _NAME)
        adapters[0].covering(adapters, size).insert(encoder, _NAME)
        shapes.append({name: each.shape for name, each in _parameters(encoder).items()})
    use_adapter(encoder, _NAME)
    small, large = shapes
    return encoder, {
        name: [
            one if one == other else -1 for one, other in zip(small[name], large[name], strict=True)
        ]
        for name in small
    }


def _make_slots(encoder: nn.Module) -> Sequence[tuple[_GivenLinear, str]]:
    """Let the adapter's layers be handed their weights; return where each tensor goes."""
    slots: list[tuple[_GivenLinear, str]] = []
    for module in list(encoder.modules()):
        if not isinstance(module, nn.ModuleDict) or _NAME not in module:
            continue
        if isinstance(module[_NAME], nn.Linear):
            parts = [part for part, _ in module[_NAME].named_parameters()]
            given = _GivenLinear()
            module[_NAME] = given
            slots += [(given, part) for part in parts]
    return slots
