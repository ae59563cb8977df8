"""A task's own adapter in a model folder, beside its head: the two files that PEFT writes.

`PeftModel.from_pretrained(ENCODER, "FOLDER/tasks/NAME")` loads one of kind lora as it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from concord.artifact import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, TASKS_FOLDER
from concord.errors import ArtifactError
from concord.tasks.heads import Weights

_PEFT_PREFIX: Final = "base_model.model."
_PEFT_TYPE: Final = "peft_type"
_LOW_RANK: Final = "LORA"
_UNSUPPORTED: Final = ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "lora_bias")


@dataclass(frozen=True, slots=True)
class SavedAdapter:
    """What an adapter's two files hold.

    Attributes:
        config: PEFT's options, or the table of an adaptation that PEFT does not have.
        weights: By the layer of the encoder, the adapter's part, and "weight" or "bias".
    """

    config: Mapping[str, Any]
    weights: Weights

    @property
    def is_low_rank(self) -> bool:
        """Whether it is one of PEFT's low-rank adapters."""
        return self.config.get(_PEFT_TYPE) == _LOW_RANK

    @property
    def scale(self) -> float:
        """What a low-rank product is multiplied by; 1 for other adapters."""
        return float(self.config["lora_alpha"]) / float(self.config["r"]) if self.is_low_rank else 1


def save_adapter(folder: Path, name: str, adapter: SavedAdapter | None) -> None:
    """Write a task's own adapter into a model folder; without one, remove what is there."""
    own = folder / TASKS_FOLDER / name
    if adapter is None:
        for file in (ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE):
            (own / file).unlink(missing_ok=True)
        return
    prefix = _PEFT_PREFIX if adapter.is_low_rank else ""
    weights = {f"{prefix}{key}": adapter.weights[key] for key in sorted(adapter.weights)}
    save_file(weights, own / ADAPTER_WEIGHTS_FILE, metadata={"format": "pt"})
    text = json.dumps(adapter.config, indent=2, sort_keys=True)
    (own / ADAPTER_CONFIG_FILE).write_text(f"{text}\n", encoding="utf-8")


def load_adapter(folder: Path, name: str) -> SavedAdapter | None:
    """Return a task's own adapter; None of a task that reads the encoder as it is.

    Raises:
        ArtifactError: If its files are damaged, or say of something that is not known here.
    """
    path = folder / TASKS_FOLDER / name / ADAPTER_CONFIG_FILE
    if not path.is_file():
        return None
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        weights = load_file(path.with_name(ADAPTER_WEIGHTS_FILE))
    except (OSError, ValueError, SafetensorError) as error:
        raise ArtifactError(f"the adapter of task {name!r} in {folder} is damaged: {error}") from (
            error
        )
    adapter = SavedAdapter(
        config, {key.removeprefix(_PEFT_PREFIX): value for key, value in weights.items()}
    )
    _check(adapter, path)
    return adapter


def _check(adapter: SavedAdapter, path: Path) -> None:
    found = adapter.config.get(_PEFT_TYPE, _LOW_RANK)
    if found != _LOW_RANK:
        raise ArtifactError(f"{path}: an adapter of PEFT's type {found} cannot be a task's own")
    used = [option for option in _UNSUPPORTED if adapter.config.get(option)]
    if adapter.config.get("bias", "none") != "none":
        used.append("bias")
    if used:
        raise ArtifactError(
            f"{path}: a low-rank adapter with {' and '.join(used)} cannot be a task's own; train "
            "one without"
        )
