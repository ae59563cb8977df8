"""What an adaptation added to an encoder, told from the encoder's own by the names alone.

Whatever wraps a part of an encoder keeps it under the name `base_layer`; all else in the wrapper
was added. PEFT's layers are built so, and ours are too.
"""

from collections.abc import Iterator
from typing import Final

from torch import Tensor, nn

from concord.artifact import ADDED_PREFIX

ADAPTER: Final = "default"
"""What an adapter is called that all tasks share."""
BASE: Final = "base_layer"


def added_parameters(encoder: nn.Module) -> Iterator[nn.Parameter]:
    """Yield the parameters that were added to an encoder."""
    wrappers = wrapper_names(encoder)
    for name, parameter in encoder.named_parameters():
        if owner_of(name, wrappers) is not None:
            yield parameter


def own_weights(encoder: nn.Module) -> dict[str, Tensor]:
    """Return the tensors of an encoder without what was added, by the names of its own class."""
    wrappers = wrapper_names(encoder)
    return {
        _without_wrappers(name): value
        for name, value in encoder.state_dict().items()
        if owner_of(name, wrappers) is None
    }


def saved_names(encoder: nn.Module) -> dict[str, str]:
    """Return, for each tensor of an encoder by its name now, the name that it is saved under.

    The encoder's own are saved as its class calls them, so that any library finds them; what was
    added begins with a word that no encoder begins with.
    """
    wrappers = wrapper_names(encoder)
    return {
        name: ("" if owner_of(name, wrappers) is None else ADDED_PREFIX) + _without_wrappers(name)
        for name in encoder.state_dict()
    }


def wrapper_names(encoder: nn.Module) -> list[str]:
    """Return the names of the modules that have another one under them as their base."""
    return [name for name, module in encoder.named_modules() if hasattr(module, BASE)]


def owner_of(name: str, wrappers: list[str]) -> str | None:
    """Return the wrapper that a tensor was added with; None for one of the encoder's own."""
    for wrapper in wrappers:
        prefix = f"{wrapper}." if wrapper else ""
        if name.startswith(prefix) and not name.startswith(f"{prefix}{BASE}."):
            return wrapper
    return None


def _without_wrappers(name: str) -> str:
    return ".".join(part for part in name.split(".") if part != BASE)
