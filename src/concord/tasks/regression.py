"""Regression: one number for a text, or for two texts side by side."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from concord.errors import ConfigError
from concord.tasks.heads import FloatArray, HeadSpec
from concord.tasks.numbers import read_number
from concord.tasks.pooled_task import PooledTask
from concord.tasks.single_inputs import TextInput, encode_texts, parse_texts, read_texts
from concord.tasks.task import Encoding, Fields
from concord.text import PairTokenizer


@dataclass(frozen=True, kw_only=True)
class Regression(PooledTask[TextInput, float, float]):
    """One number for each text.

    The head learns numbers of mean 0 and standard deviation 1; answers are brought back to the
    range of the data.

    Attributes:
        text: The column of the text.
        text_pair: The column of a second text, read beside the first; None for single texts.
        label: The column of the number.
        low: Answers below it are raised to it; None for no bound.
        high: Answers above it are lowered to it; None for no bound.
        center: The mean of the training data's numbers; found in them unless given.
        scale: Their standard deviation; found in them unless given.
    """

    text: str = "text"
    text_pair: str | None = None
    label: str = "label"
    low: float | None = None
    high: float | None = None
    center: float | None = None
    scale: float | None = None

    kind: ClassVar[str] = "regression"
    metrics: ClassVar[tuple[str, ...]] = ("pearson", "spearman", "rmse")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ConfigError(f"low must lie below high, got {self.low:g} and {self.high:g}")
        if self.scale is not None and self.scale <= 0:
            raise ConfigError(f"scale must be above 0, got {self.scale:g}")

    @property
    def loss(self) -> str:
        """Mean squared error."""
        return "squared_error"

    @property
    def head(self) -> HeadSpec:
        """One output."""
        return self.pooled_head(1)

    def read_input(self, row: Fields) -> TextInput:
        """Return the text, or the two texts, of a row."""
        return read_texts(row, self.text, self.text_pair)

    def parse_input(self, value: object) -> TextInput:
        """Return a text, or a pair of texts where the task reads two."""
        return parse_texts(value, is_pair=self.text_pair is not None)

    def read_gold(self, row: Fields) -> float | None:
        """Return the number of a row; None where there is none."""
        return read_number(row, self.label)

    def trivial(self, golds: Sequence[float]) -> float:
        """Return the mean."""
        return float(np.mean(golds))

    def learned(self, golds: Iterable[float]) -> Self:
        """Return the task with the mean and the standard deviation of its training data."""
        if self.center is not None and self.scale is not None:
            return self
        count, mean, squares = 0, 0.0, 0.0
        for gold in golds:  # Welford's way, which needs one pass
            count += 1
            before = gold - mean
            mean += before / count
            squares += before * (gold - mean)
        deviation = math.sqrt(squares / max(count, 1))
        if deviation == 0:
            raise ConfigError(
                f"column '{self.label}' of the training data holds no two different numbers; "
                "a regression has nothing to learn from them"
            )
        return replace(
            self,
            center=mean if self.center is None else self.center,
            scale=deviation if self.scale is None else self.scale,
        )

    def encode(
        self, inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each input."""
        return encode_texts(inputs, tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: float) -> FloatArray:
        """Return the number of standard deviations above the mean."""
        del encoding
        center, scale = self.standard()
        return np.array([(gold - center) / scale], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> float:
        """Return the number, within the bounds."""
        del encoding
        center, scale = self.standard()
        value = float(outputs[0][0]) * scale + center
        return float(np.clip(value, self.low, self.high))

    def prediction(self, answer: float) -> float:
        """Return the number itself."""
        return answer

    def error(self, gold: float, answer: float) -> float:
        """Return how far off an answer is."""
        return abs(gold - answer)

    def standard(self) -> tuple[float, float]:
        """Return the mean and the deviation by which the head's numbers are standardised."""
        return (
            0.0 if self.center is None else self.center,
            1.0 if self.scale is None else self.scale,
        )
