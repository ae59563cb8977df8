"""The one place where families of adaptations are registered, and how one is made from a table."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from concord.adaptation.adaptation import Adaptation
from concord.config import check_table
from concord.errors import ConfigError
from concord.registry import Registry

ADAPTATION_KINDS: Final[Registry[type]] = Registry(
    "kind of adaptation",
    type,
    {
        "adapter_experts": "concord.adaptation.adapter_experts:AdapterExperts",
        "bottleneck": "concord.adaptation.bottleneck:Bottleneck",
        "dora": "concord.adaptation.dora:Dora",
        "encoder_experts": "concord.adaptation.encoder_experts:EncoderExperts",
        "frozen": "concord.adaptation.frozen:Frozen",
        "full": "concord.adaptation.full:Full",
        "ia3": "concord.adaptation.ia3:IA3",
        "lora": "concord.adaptation.lora:Lora",
        "prefix": "concord.adaptation.prefix:Prefix",
        "prompt": "concord.adaptation.prompt:Prompt",
        "tags": "concord.adaptation.tags:Tags",
        "top_layers": "concord.adaptation.top_layers:TopLayers",
    },
)
"""From what a configuration calls a family to its class."""

_SECTION: Final = "adaptation"
_PER_TASK: Final = "per_task"


def adaptation_kind(name: str) -> type[Any]:
    """Return a family's class; a `ConfigError` lists the known ones if there is none."""
    return ADAPTATION_KINDS.get(name)


def build_adaptation(table: Mapping[str, Any], *, source: str = "options") -> Adaptation:
    """Return the adaptation that a table describes: its `kind`, and that family's fields.

    Args:
        table: Its fields.
        source: What to call the file in an error.

    Raises:
        ConfigError: If there is no such kind, or a field cannot be as it is.
    """
    values = dict(table)
    kind = values.pop("kind", None)
    if kind is None:
        raise ConfigError(f'{source}: {_SECTION} has no kind; write kind = "lora"')
    try:
        family = adaptation_kind(str(kind))
    except ConfigError as error:
        raise ConfigError(f"{source}: {_SECTION}.kind: {error}") from None
    if values.get(_PER_TASK) and _PER_TASK not in _field_names(family):
        able = [name for name in ADAPTATION_KINDS.names() if _PER_TASK in _field_names(name)]
        raise ConfigError(
            f"{source}: {_SECTION}.{_PER_TASK}: an adaptation of kind '{kind}' is shared by all "
            f"tasks; of one's own for each task can be {' and '.join(able)}"
        )
    adaptation: Adaptation = check_table(values, family, source=source, within=(_SECTION,))
    return adaptation


def _field_names(family: type[Any] | str) -> set[str]:
    found = adaptation_kind(family) if isinstance(family, str) else family
    return {entry.name for entry in fields(found)}
