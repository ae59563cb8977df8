"""Low-rank adaptation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from torch import nn

from concord.adaptation.low_rank import LowRank
from concord.adaptation.parts import find_linear_layers
from concord.adaptation.peft_layers import insert_layers
from concord.adaptation.per_task import TaskAdaptation
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError

_PART: Final = ".lora_A.weight"


@dataclass(frozen=True, kw_only=True)
class Lora(LowRank, TaskAdaptation):
    """LoRA: beside a frozen matrix W learns a product of two thin ones, B A (Hu et al., 2022).

    A layer computes ``W x + (alpha / rank) B A x``. B starts at zero, so that the encoder starts as
    it was. What was learned is added to W when the model is saved, unless each task has its own:
    these stand beside the tasks' heads, in PEFT's own format.
    """

    kind: ClassVar[str] = "lora"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.per_task and self.base != "full":
            raise ConfigError(
                f"base {self.base!r} changes the encoder that all tasks read, and with per_task = "
                'true it has to stay as it is; write base = "full", or per_task = false'
            )

    def adapt(self, encoder: Encoder) -> Encoder:
        """Put PEFT's layers in the place of the targets; for single tasks `insert` does it."""
        return encoder if self.per_task else super().adapt(encoder)

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return what was added; nothing where each task has its own."""
        return () if self.per_task else super().learning(encoder)

    def resolved(self, encoder: Encoder) -> Self:
        """Return the same with the full names of its targets."""
        return replace(
            self, targets=tuple(find_linear_layers(plain_encoder(encoder), self.targets))
        )

    def insert(self, encoder: Encoder, name: str) -> None:
        """Add an adapter of a name."""
        insert_layers(encoder, self.peft_options(encoder), self.kind, name)

    def goes_beside(self, other: TaskAdaptation) -> bool:
        """Low-rank adapters go beside each other, whatever their ranks and targets."""
        return isinstance(other, Lora)

    def covering(self, adapters: Sequence[TaskAdaptation], size: int) -> TaskAdaptation:
        """Return a product of a rank, counted once, beside each layer that has one."""
        layers = (name for each in adapters if isinstance(each, Lora) for name in each.targets)
        return Lora(rank=size, alpha=size, targets=tuple(dict.fromkeys(layers)), per_task=True)

    def to_adapter_config(self, encoder: Encoder) -> dict[str, Any]:
        """Return PEFT's `adapter_config.json`."""
        options = self.peft_options(encoder)
        options.task_type, options.inference_mode = "FEATURE_EXTRACTION", True
        values: dict[str, Any] = options.to_dict()
        return {
            name: sorted(value) if isinstance(value, set) else value
            for name, value in values.items()
        }

    @classmethod
    def from_adapter_config(cls, config: Mapping[str, Any], weights: Iterable[str]) -> Self:
        """Return what a saved adapter was, its targets being the layers that it has weights for.

        Args:
            config: PEFT's `adapter_config.json`.
            weights: The names of its weights, as `adapter_parameters` gives them.

        Raises:
            ConfigError: If its options make no adapter.
        """
        try:
            return cls(
                rank=int(config["r"]),
                alpha=float(config["lora_alpha"]),
                dropout=float(config.get("lora_dropout") or 0.0),
                targets=tuple(name.removesuffix(_PART) for name in weights if _PART in name),
                per_task=True,
            )
        except (KeyError, TypeError) as error:
            raise ConfigError(f"the adapter's config has no usable {error}") from error
