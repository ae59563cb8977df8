"""What learns when a model is fine-tuned: all of an encoder, a part, or what is added to it."""

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.kinds import ADAPTATION_KINDS, adaptation_kind, build_adaptation
from concord.adaptation.wrapped import Encoder, plain_encoder

__all__ = [
    "ADAPTATION_KINDS",
    "Adaptation",
    "Encoder",
    "adaptation_kind",
    "build_adaptation",
    "plain_encoder",
]
