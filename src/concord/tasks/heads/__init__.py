"""The heads that tasks need: what each computes from the encoder's states, in NumPy.

A head is small beside the encoder, so prediction computes it here, without torch and without a
graph of its own. Several heads on one text then cost one pass of the encoder. What is trained are
the modules in `concord.model.task_heads`; a test holds the two together.
"""

from concord.tasks.heads.building import build_numpy_head
from concord.tasks.heads.layers import FloatArray, NumpyHead, Weights, softmax
from concord.tasks.heads.spec import GeneratorSpec, HeadKind, HeadSpec, Pooling

__all__ = [
    "FloatArray",
    "GeneratorSpec",
    "HeadKind",
    "HeadSpec",
    "NumpyHead",
    "Pooling",
    "Weights",
    "build_numpy_head",
    "softmax",
]
