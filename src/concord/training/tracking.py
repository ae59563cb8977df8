"""A run's config as the experiment trackers take it."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Scalar: TypeAlias = bool | int | float | str


def flatten_config(config: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return a nested config with dotted keys; TensorBoard takes scalars and strings only."""
    return dict(_walk(config, ""))


def _walk(config: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Scalar]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _walk(value, f"{prefix}{key}.")
        else:
            is_scalar = isinstance(value, bool | int | float | str)
            yield f"{prefix}{key}", value if is_scalar else str(value)
