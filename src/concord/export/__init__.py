"""The forms of a model that other programs and scoring without torch run, and how faithful."""

from concord.export.classifier_folder import export_classifier
from concord.export.openvino import export_encoder, export_model, is_exported
from concord.export.parity import HeadParity, compare_backends, compare_scores
from concord.export.sentence_transformer import export_sentence_transformer

__all__ = [
    "HeadParity",
    "compare_backends",
    "compare_scores",
    "export_classifier",
    "export_encoder",
    "export_model",
    "export_sentence_transformer",
    "is_exported",
]
