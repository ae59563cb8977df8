"""What autograd keeps of a forward pass for the way back, counted without keeping it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.multiprocessing.reductions import StorageWeakRef

from concord.adaptation.parts import transformer_layers
from concord.errors import ConfigError
from concord.model.layers import encoder_of

_OUTSIDE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTensors:
    """The bytes that one micro-batch's forward pass leaves for the way back.

    Attributes:
        casts: Copies of weights in the precision of autocast.
        outside: What is kept outside of the encoder's layers: embeddings, heads, the loss.
        layers: What is kept inside of each layer, casts left out; empty where an encoder's layers
            cannot be told apart, and all is `outside` then.
        layer_casts: The casts inside of each layer.
        layer_inputs: What each layer is given, which is all that is kept of it where it is
            computed again.
        layer_gradients: The gradients of the weights inside of each layer.
        largest: The largest tensor among them.
    """

    casts: int
    outside: int
    layers: tuple[int, ...]
    layer_casts: tuple[int, ...]
    layer_inputs: tuple[int, ...]
    layer_gradients: tuple[int, ...]
    largest: int

    def activations(self, *, is_recomputed: bool) -> int:
        """Return what a pass keeps, casts left out.

        Args:
            is_recomputed: Whether the layers are computed again on the way back; their inputs
                are kept then, and one layer at a time.
        """
        if is_recomputed and self.layers:
            return self.outside + sum(self.layer_inputs) + max(self.layers)
        return self.outside + sum(self.layers)

    def casts_at_once(self, *, is_recomputed: bool) -> int:
        """Return the casts that there are at the most, which is all at the end of the way there."""
        if is_recomputed and self.layers:
            return self.casts - sum(self.layer_casts) + max(self.layer_casts)
        return self.casts

    def on_the_way_back(self, *, is_recomputed: bool) -> int:
        """Return the most that is held on the way back, with the gradients made so far.

        A layer's gradients come as what is kept of it goes, so the peak lies at either end or, if
        layers are computed again, in between.
        """
        held = self.outside + self.casts - sum(self.layer_casts)
        most, above = held, 0
        rests = self.layer_inputs if is_recomputed else tuple(map(sum, self._layers_and_casts))
        for number in reversed(range(len(self.layers))):
            below = sum(rests[: number + 1])
            own = sum(self._layers_and_casts[number]) if is_recomputed else 0
            most = max(most, held + below + own + above)
            above += self.layer_gradients[number]
        return most

    @property
    def _layers_and_casts(self) -> list[tuple[int, int]]:
        return list(zip(self.layers, self.layer_casts, strict=True))


def count_kept_tensors(model: nn.Module, loss: Callable[[], object]) -> KeptTensors:
    """Compute a loss once, in the memory that a pass without a way back takes, and count.

    A storage that several steps of the way back read counts once, and the model's own weights do
    not count. What is computed while the model is in evaluation mode is not counted either.

    Args:
        model: One of ours, whose layers are not set to be computed again.
        loss: Computes it with the model.
    """
    counter = _Counter(model)
    with ExitStack() as stack:
        for number, layer in enumerate(_layers_of(model)):
            counter.add_layer(layer)
            before = layer.register_forward_pre_hook(counter.entering(number), with_kwargs=True)
            after = layer.register_forward_hook(counter.leaving)
            stack.callback(before.remove)
            stack.callback(after.remove)
        stack.enter_context(saved_tensors_hooks(counter.pack, lambda packed: packed))
        loss()
    return counter.result()


def _layers_of(model: nn.Module) -> tuple[nn.Module, ...]:
    try:
        return tuple(transformer_layers(encoder_of(model, option="the estimate")))
    except ConfigError:  # they share their weights, or there is no encoder
        return ()


class _Counter:
    """Adds up storages by the layer in which they are kept."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        own = (*model.parameters(), *model.buffers())
        self._seen = {each.untyped_storage()._cdata for each in own}
        shapes = {tuple(each.shape) for each in own if each.dim() == 2}
        self._weight_shapes = shapes | {shape[::-1] for shape in shapes}
        # While a storage is referred to, its address is given to no other.
        self._references: list[StorageWeakRef] = []
        self._layer = _OUTSIDE
        self._outside, self._outside_casts, self._largest = 0, 0, 0
        self._layers: list[int] = []
        self._casts: list[int] = []
        self._inputs: list[int] = []
        self._gradients: list[int] = []

    def add_layer(self, layer: nn.Module) -> None:
        for numbers in (self._layers, self._casts, self._inputs):
            numbers.append(0)
        self._gradients.append(sum(p.nbytes for p in layer.parameters() if p.requires_grad))

    def entering(self, number: int) -> Callable[..., None]:
        def enter(_layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._layer = number
            states = args[0] if args else kwargs.get("hidden_states")
            if isinstance(states, Tensor) and self._model.training:
                self._inputs[number] += states.nbytes

        return enter

    def leaving(self, _layer: nn.Module, _inputs: object, _outputs: object) -> None:
        self._layer = _OUTSIDE

    def pack(self, tensor: Tensor) -> Tensor | None:
        if not self._model.training:  # a pass inside of the pass, which may need its way back
            return tensor
        storage = tensor.untyped_storage()
        if storage._cdata not in self._seen:
            self._seen.add(storage._cdata)
            reference = StorageWeakRef(storage)  # type: ignore[no-untyped-call]
            self._references.append(reference)
            self._add(storage.nbytes(), is_cast=self._is_cast(tensor))
        return None

    def _is_cast(self, tensor: Tensor) -> bool:
        is_low = tensor.dtype in (torch.bfloat16, torch.float16)
        return is_low and tuple(tensor.shape) in self._weight_shapes

    def _add(self, size: int, *, is_cast: bool) -> None:
        self._largest = max(self._largest, size)
        if self._layer == _OUTSIDE and is_cast:
            self._outside_casts += size
        elif self._layer == _OUTSIDE:
            self._outside += size
        elif is_cast:
            self._casts[self._layer] += size
        else:
            self._layers[self._layer] += size

    def result(self) -> KeptTensors:
        return KeptTensors(
            casts=self._outside_casts + sum(self._casts),
            outside=self._outside,
            layers=tuple(self._layers),
            layer_casts=tuple(self._casts),
            layer_inputs=tuple(self._inputs),
            layer_gradients=tuple(self._gradients),
            largest=self._largest,
        )
