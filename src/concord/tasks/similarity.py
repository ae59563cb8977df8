"""Similarity of two texts that are read apart: the cosine of their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec, Pooling
from concord.tasks.numbers import read_number
from concord.tasks.several_inputs import encode_apart
from concord.tasks.single_inputs import TextInput, parse_texts, read_texts
from concord.tasks.task import Encoding, Fields, Task
from concord.text import PairTokenizer


@dataclass(frozen=True, kw_only=True)
class Similarity(Task[TextInput, float, float]):
    """How alike two texts are: `scale * max(cos(u, v), 0)` of their vectors.

    Without a projection and with one layer's mean, the cosine is what sentence-transformers
    gives for the same encoder.

    Attributes:
        text: The column of the first text.
        text_pair: The column of the second text.
        label: The column of the degree, from 0 to `scale`.
        scale: The degree of texts that mean the same; 5 in STS.
        pooling: How states become one vector.
        num_layers: The encoder's last layers that are read.
        projection_size: Width of a learned layer over each text's vector; 0 for none.
        dropout: Before that layer, in training.
    """

    text: str = "text"
    text_pair: str = "text_pair"
    label: str = "label"
    scale: float = 5.0
    pooling: Pooling = Pooling.MEAN
    num_layers: int = 1
    projection_size: int = 0
    dropout: float = 0.1

    kind: ClassVar[str] = "similarity"
    metrics: ClassVar[tuple[str, ...]] = ("pearson", "spearman")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "pooling", Pooling(self.pooling))  # Python users write its name
        if self.scale <= 0:
            raise ConfigError(f"scale must be above 0, got {self.scale:g}")

    @property
    def loss(self) -> str:
        """Mean squared error."""
        return "squared_error"

    @property
    def head(self) -> HeadSpec:
        """A cosine, with nothing to learn unless there is a projection."""
        return HeadSpec(
            kind=HeadKind.COSINE,
            num_outputs=1,
            pooling=self.pooling,
            num_layers=self.num_layers,
            projection_size=self.projection_size,
            scale=self.scale,
            dropout=self.dropout,
        )

    def read_input(self, row: Fields) -> TextInput:
        """Return the two texts of a row."""
        return read_texts(row, self.text, self.text_pair)

    def parse_input(self, value: object) -> TextInput:
        """Return a pair of texts."""
        return parse_texts(value, is_pair=True)

    def read_gold(self, row: Fields) -> float | None:
        """Return the degree in a row; None where there is none."""
        degree = read_number(row, self.label)
        if degree is not None and not 0 <= degree <= self.scale:
            raise InputError(
                f"column '{self.label}' holds {degree:g}, not a degree from 0 to {self.scale:g}; "
                "correct it, or set the task's scale"
            )
        return degree

    def trivial(self, golds: Sequence[float]) -> float:
        """Return the mean."""
        return float(np.mean(golds))

    def encode(
        self, inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return two sequences for each input."""
        return encode_apart(
            [(each.text, each.text_pair or "") for each in inputs], tokenizer, max_tokens
        )

    def target(self, encoding: Encoding, gold: float) -> FloatArray:
        """Return the degree."""
        del encoding
        return np.array([gold], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> float:
        """Return the degree, from 0 to `scale`."""
        del encoding
        return float(outputs[0][0])

    def prediction(self, answer: float) -> float:
        """Return the degree itself."""
        return answer

    def error(self, gold: float, answer: float) -> float:
        """Return how far off an answer is."""
        return abs(gold - answer)
