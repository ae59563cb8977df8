"""Parts of an encoder that adaptations name: its layers, and the linear layers inside of those."""

from collections.abc import Sequence

from torch import nn
from transformers import PreTrainedModel

from concord.errors import ConfigError
from concord.registry import did_you_mean


def transformer_layers(encoder: PreTrainedModel, *, option: str = "adaptation") -> nn.ModuleList:
    """Return an encoder's layers, from the embeddings up.

    Args:
        encoder: Any Hugging Face encoder.
        option: Who asks, for the error.

    Raises:
        ConfigError: If they are not apart: ALBERT's share their weights.
    """
    number = int(encoder.config.num_hidden_layers)
    for module in encoder.modules():  # from the outside in: what a layer has inside comes later
        if isinstance(module, nn.ModuleList) and len(module) == number:
            return module
    raise ConfigError(
        f"{option} needs an encoder whose layers are apart; those of one of type "
        f"{encoder.config.model_type!r} share their weights. Let the whole encoder learn, or use "
        'adaptation.kind = "lora"'
    )


def all_linear_layers(encoder: PreTrainedModel) -> list[str]:
    """Return the full names of the linear layers inside of an encoder's transformer layers."""
    return list(_paths_by_name(encoder))


def find_linear_layers(
    encoder: PreTrainedModel, targets: Sequence[str], *, option: str = "targets"
) -> list[str]:
    """Return the full names of the linear layers that some short names stand for.

    A short name is a linear layer's path within a transformer layer ("output.dense"), or if there
    is none of that path, the end of the full name of one or more ("query", "dense").

    Args:
        encoder: Not adapted as yet, or adapted already.
        targets: Short names.
        option: What a configuration calls them.

    Raises:
        ConfigError: If the encoder has no layer of a name; it lists those that it has.
    """
    paths = _paths_by_name(encoder)
    found: set[str] = set()
    for target in targets:
        exact = {name for name, path in paths.items() if path == target}
        ending = {name for name in paths if name == target or name.endswith(f".{target}")}
        if not exact | ending:
            known = tuple(dict.fromkeys(paths.values()))
            last_parts = tuple({path.rpartition(".")[2] for path in known})
            raise ConfigError(
                f"adaptation.{option}: an encoder of type {encoder.config.model_type!r} has no "
                f"linear layer {target!r}{did_you_mean(target, known + last_parts)} "
                f"(it has {', '.join(known)})"
            )
        found |= exact or ending
    return [name for name in paths if name in found]


def find_first_of(encoder: PreTrainedModel, paths: Sequence[str], *, part: str) -> list[str]:
    """Return the full names of the linear layers of the first path that there are any of.

    Args:
        encoder: Not adapted as yet, or adapted already.
        paths: Paths within a transformer layer, as architectures call the same thing.
        part: What they are, for an error.

    Raises:
        ConfigError: If there are none.
    """
    by_name = _paths_by_name(encoder)
    for path in paths:
        found = [name for name, own in by_name.items() if own == path]
        if found:
            return found
    raise ConfigError(
        f"adaptation.kind: in an encoder of type {encoder.config.model_type!r} the end of the "
        f"{part} part is not known ({', '.join(paths)} were looked for); write "
        'kind = "lora" with targets of its own'
    )


def _paths_by_name(encoder: PreTrainedModel) -> dict[str, str]:
    """Return each linear layer's path within its transformer layer, by its full name.

    The path is what follows the last number, which is the layer's. What has none, such as a
    pooler that no head reads, is left out.
    """
    paths: dict[str, str] = {}
    wrapped: list[str] = []
    for name, module in encoder.named_modules():
        if any(name.startswith(f"{each}.") for each in wrapped):
            continue
        inner = getattr(module, "base_layer", None)
        if isinstance(inner, nn.Linear):
            wrapped.append(name)
        parts = name.split(".")
        numbers = [place for place, part in enumerate(parts) if part.isdigit()]
        if numbers and isinstance(inner or module, nn.Linear):
            paths[name] = ".".join(parts[numbers[-1] + 1 :])
    return paths
