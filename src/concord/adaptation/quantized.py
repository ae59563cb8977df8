"""Frozen linear layers whose weights are kept in 4 or 8 bits (QLoRA; Dettmers et al., 2023).

The library that packs 4 bits has layers of its own. They are not used here: once a model is
evaluated, they may round inputs or compute in bfloat16, so that what is validated would not be what
was learned, and the 4-bit one cannot load its own state again.

bitsandbytes is imported when it is first needed: it belongs to the extra `lowbit`.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import torch
from torch import Tensor, nn

from concord.adaptation.parts import all_linear_layers
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError, MissingExtraError

Format: TypeAlias = Literal["nf4", "int8"]
"""The 16 levels of a normal distribution for each block of 64 weights, or 255 for each row."""

_BLOCK: Final = 64
_INT8_LEVELS: Final = 127


class QuantizedLinear(nn.Linear):
    """Computes what a plain layer with the unpacked weight does, in training and after it.

    The weight is unpacked whenever it is used, and only for as long. It does not learn; gradients
    go through it.

    Args:
        layer: A plain one. Its bias is taken over.
        kept_as: How its weight is packed.
    """

    codes: Tensor
    scales: Tensor

    def __init__(self, layer: nn.Linear, kept_as: Format) -> None:
        nn.Module.__init__(self)  # a linear layer's own would make a weight that learns
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.kept_as = kept_as
        self.bias = layer.bias
        codes, scales = _PACK[kept_as](layer.weight.detach().float())
        self.register_buffer("codes", codes)
        self.register_buffer("scales", scales)

    @property
    def weight(self) -> Tensor:  # type: ignore[override]
        """The unpacked weight in fp32, ``(out_features, in_features)``."""
        shape = (self.out_features, self.in_features)
        return _UNPACK[self.kept_as](self.codes, self.scales, shape)

    def forward(self, input: Tensor) -> Tensor:
        """Return the layer's outputs, in the dtype that a plain layer's would have."""
        device = input.device.type
        if torch.is_autocast_enabled(device):
            input = input.to(torch.get_autocast_dtype(device))
        output: Tensor = _Product.apply(input, self)  # type: ignore[no-untyped-call]
        return output if self.bias is None else output + self.bias.to(output.dtype)

    def to_plain(self) -> nn.Linear:
        """Return a plain layer with the unpacked weight, and the same bias."""
        weight = self.weight
        plain = nn.Linear(self.in_features, self.out_features, bias=False, device="meta")
        plain.weight, plain.bias = nn.Parameter(weight, requires_grad=False), self.bias
        return plain.train(self.training)

    @classmethod
    def count(cls, module: nn.Module) -> int:
        """Return how many weights are packed inside of a module."""
        layers = (layer for layer in module.modules() if isinstance(layer, cls))
        return sum(layer.in_features * layer.out_features for layer in layers)


class _Product(torch.autograd.Function):
    """The product with a packed weight, which is unpacked again on the way back."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, layer: QuantizedLinear) -> Tensor:
        ctx.layer = layer
        return nn.functional.linear(inputs, layer.weight.to(inputs.dtype))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        return gradient @ ctx.layer.weight.to(gradient.dtype), None


def quantize_layers(encoder: Encoder, kept_as: Format) -> None:
    """Pack the linear layers inside of an encoder's transformer layers, in place.

    Raises:
        ConfigError: If the library for 4 bits does not run on this machine's device.
        MissingExtraError: If it is not installed.
    """
    if kept_as == "nf4":
        from accelerate import PartialState

        import_bitsandbytes(PartialState().device.type)
    inner = plain_encoder(encoder)
    for name in all_linear_layers(inner):
        parent, _, child = name.rpartition(".")
        layer = inner.get_submodule(name)
        if isinstance(layer, nn.Linear):
            setattr(inner.get_submodule(parent), child, QuantizedLinear(layer, kept_as))


def unpack_layers(encoder: nn.Module) -> None:
    """Put plain layers in the place of packed ones."""
    for parent in list(encoder.modules()):
        for child, layer in list(parent.named_children()):
            if isinstance(layer, QuantizedLinear):
                setattr(parent, child, layer.to_plain())


def import_bitsandbytes(device: str) -> Any:
    """Return the package, for a type of device that it is to run on.

    Raises:
        ConfigError: If it does not run there.
        MissingExtraError: If it is not installed.
    """
    try:
        import bitsandbytes
    except ImportError as error:
        raise MissingExtraError.needing(
            "adaptation.base 'nf4'", "bitsandbytes", "lowbit"
        ) from error
    known = bitsandbytes.supported_torch_devices
    if device not in known:
        raise ConfigError(
            f"adaptation.base 'nf4' runs on {', '.join(sorted(known))}, not on {device}; "
            "choose 'int8', which runs everywhere"
        )
    return bitsandbytes


def _pack_nf4(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return two weights a byte, and the largest size in each block."""
    from bitsandbytes.functional import quantize_4bit

    codes, state = quantize_4bit(weight, blocksize=_BLOCK, quant_type="nf4")
    return codes, state.absmax


def _unpack_nf4(codes: Tensor, scales: Tensor, shape: tuple[int, int]) -> Tensor:
    from bitsandbytes.functional import QuantState, dequantize_4bit

    flat = (1, math.prod(shape))  # blocks may begin within a row, which its CPU kernel overlooks
    state = QuantState(
        absmax=scales, shape=flat, dtype=torch.float32, blocksize=_BLOCK, quant_type="nf4"
    )
    weight: Tensor = dequantize_4bit(codes, state)
    return weight.reshape(shape)


def _pack_int8(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return a weight a byte, and the step between two levels of each row."""
    largest = weight.abs().amax(dim=1)
    scales = torch.where(largest > 0, largest, 1.0) / _INT8_LEVELS
    return torch.round(weight / scales[:, None]).to(torch.int8), scales


def _unpack_int8(codes: Tensor, scales: Tensor, shape: tuple[int, int]) -> Tensor:
    return codes.reshape(shape).float() * scales[:, None]


_PACK: Final[Mapping[str, Callable[[Tensor], tuple[Tensor, Tensor]]]] = {
    "nf4": _pack_nf4,
    "int8": _pack_int8,
}
_UNPACK: Final[Mapping[str, Callable[[Tensor, Tensor, tuple[int, int]], Tensor]]] = {
    "nf4": _unpack_nf4,
    "int8": _unpack_int8,
}
