"""The network: an encoder, its pooled vector, and the three heads."""

from concord.model.alignment_model import AlignmentModel
from concord.model.encoder import EncoderOptions, build_encoder, load_pair_tokenizer
from concord.model.heads import AlignmentHeads, MaskedLanguageHead

__all__ = [
    "AlignmentHeads",
    "AlignmentModel",
    "EncoderOptions",
    "MaskedLanguageHead",
    "build_encoder",
    "load_pair_tokenizer",
]
