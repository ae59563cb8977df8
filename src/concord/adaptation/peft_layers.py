"""Layers of PEFT in the place of an encoder's own, and back.

PEFT is imported when it is first needed: it belongs to the extra `adapt`.
"""

import copy
from collections.abc import Iterator
from typing import Any

from torch import nn

from concord.adaptation.added import ADAPTER, BASE
from concord.adaptation.quantized import unpack_layers
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import MissingExtraError


def import_peft(kind: str) -> Any:
    """Return the package, which the adaptation of a kind needs.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import peft
    except ModuleNotFoundError as error:
        if error.name != "peft":
            raise
        raise MissingExtraError.needing(f"adaptation.kind {kind!r}", "peft", "adapt") from error
    return peft


def insert_layers(encoder: Encoder, options: Any, kind: str, name: str = ADAPTER) -> None:
    """Put PEFT's layers into an encoder, one more adapter where it has some.

    Args:
        encoder: Changed in place.
        options: PEFT's own options, which name the layers.
        kind: What configurations call the adaptation.
        name: What to call the adapter.
    """
    inner = plain_encoder(encoder)
    import_peft(kind).inject_adapter_in_model(options, inner, adapter_name=name)
    del inner.peft_config  # else the next adapter is taken for a mistake


def merge_layers(encoder: Encoder, name: str = ADAPTER) -> Encoder:
    """Return a copy of an encoder with one adapter in its own weights, and no other any more."""
    plain = copy.deepcopy(encoder)
    unpack_layers(plain)
    for parent, child, layer in list(adapter_layers(plain)):
        layer.merge(adapter_names=[name])
        setattr(parent, child, layer.get_base_layer())
    return plain


def adapter_layers(encoder: nn.Module) -> Iterator[tuple[nn.Module, str, Any]]:
    """Yield the layers of an encoder that adapters were put around: parent, name in it, layer."""
    for parent in encoder.modules():
        for child, layer in parent.named_children():
            if hasattr(layer, "set_adapter") and hasattr(layer, BASE):
                yield parent, child, layer
