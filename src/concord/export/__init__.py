"""The form of a model that scores without torch, and how faithful it is."""

from concord.export.openvino import export_model, is_exported
from concord.export.parity import HeadParity, compare_backends, compare_scores

__all__ = ["HeadParity", "compare_backends", "compare_scores", "export_model", "is_exported"]
