"""Learned scales of activations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.added import added_parameters
from concord.adaptation.parts import find_linear_layers
from concord.adaptation.peft_layers import import_peft, insert_layers, merge_layers
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class IA3(Adaptation):
    """IA3: a learned number multiplies each key, value and inner activation (Liu et al., 2022).

    All start at one, so that the encoder starts as it was. When the model is saved, the numbers
    are multiplied into the encoder's own matrices.

    Attributes:
        targets: The linear layers whose outputs are multiplied, by the ends of their names.
        feed_forward: Those whose inputs are: the second one of each feed-forward part.
    """

    targets: tuple[str, ...] = ("key", "value")
    feed_forward: tuple[str, ...] = ("output.dense",)

    kind: ClassVar[str] = "ia3"
    adds_parameters: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.targets and not self.feed_forward:
            raise ConfigError(
                'targets and feed_forward name no layer; name some, such as targets = ["key", '
                '"value"]'
            )

    def adapt(self, encoder: Encoder) -> Encoder:
        """Put PEFT's layers in the place of the targets."""
        plain = plain_encoder(encoder)
        outputs = find_linear_layers(plain, self.targets)
        inputs = find_linear_layers(plain, self.feed_forward, option="feed_forward")
        options = import_peft(self.kind).IA3Config(
            target_modules=[*outputs, *inputs], feedforward_modules=inputs
        )
        insert_layers(encoder, options, self.kind)
        return encoder

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return what was added."""
        return added_parameters(encoder)

    def merge(self, encoder: Encoder) -> Encoder:
        """Return a plain encoder that computes the same."""
        return merge_layers(encoder)
