"""The network: an encoder, its pooled vector, and the three heads."""

from concord.model.alignment_model import AlignmentModel
from concord.model.alignment_task import build_alignment_task_model
from concord.model.checkpoint import LightningCheckpoint, read_checkpoint
from concord.model.encoder import EncoderOptions, build_encoder, load_pair_tokenizer
from concord.model.heads import AlignmentHeads, MaskedLanguageHead
from concord.model.learning import ParameterCounts, set_learning
from concord.model.merging import merge_task
from concord.model.original_weights import ImportedModel, build_original_model
from concord.model.task_model import TaskModel

__all__ = [
    "AlignmentHeads",
    "AlignmentModel",
    "EncoderOptions",
    "ImportedModel",
    "LightningCheckpoint",
    "MaskedLanguageHead",
    "ParameterCounts",
    "TaskModel",
    "build_alignment_task_model",
    "build_encoder",
    "build_original_model",
    "load_pair_tokenizer",
    "merge_task",
    "read_checkpoint",
    "set_learning",
]
