"""Preference: a score for a text, learned from pairs of which one is better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from concord.errors import InputError
from concord.tasks.heads import FloatArray, HeadSpec
from concord.tasks.pooled_task import PooledTask
from concord.tasks.several_inputs import encode_apart, joined_encodings
from concord.tasks.task import Encoding, Fields, text_of, value_of
from concord.tasks.with_context import encode_with_contexts
from concord.text import PairTokenizer


class PreferenceInput(NamedTuple):
    """One text to be scored, or two to be compared.

    Attributes:
        texts: One or two.
        context: What both answer to, such as a prompt; None for none.
    """

    texts: tuple[str, ...]
    context: str | None = None


@dataclass(frozen=True, slots=True)
class PreferenceAnswer:
    """The scores of one or two texts.

    Attributes:
        scores: One for each text; higher is better, and only differences mean something.
        threshold: The score from which a text has what is asked for; None where none was chosen.
    """

    scores: tuple[float, ...]
    threshold: float | None = None

    @property
    def score(self) -> float:
        """The first text's score."""
        return self.scores[0]

    @property
    def margin(self) -> float:
        """By how much the first text's score is above the second's; above 0, that is of one."""
        return self.scores[0] - (self.scores[1] if len(self.scores) == 2 else 0.0)

    @property
    def better(self) -> int:
        """The place of the better text: 0, or 1 where the second one's score is higher."""
        return int(np.argmax(self.scores))

    @property
    def probability(self) -> float:
        """How probably the first text is the better one (Bradley and Terry, 1952)."""
        return 0.5 + 0.5 * math.tanh(self.margin / 2)

    @property
    def is_above(self) -> bool | None:
        """Whether the first text's score reaches the threshold; None where there is none."""
        return None if self.threshold is None else self.score >= self.threshold


@dataclass(frozen=True, kw_only=True)
class Preference(PooledTask[PreferenceInput, float, PreferenceAnswer]):
    """Scores texts on a scale that is learned from comparisons alone.

    Attributes:
        better: The column of the better text.
        worse: The column of the worse text.
        context: The column of what both answer to; None for none.
        threshold: The score from which a text has what is asked for, such as hatefulness; chosen
            on validation rows by `concord.evaluation.metrics.vectors.choose_score_threshold`.
    """

    better: str = "better"
    worse: str = "worse"
    context: str | None = None
    threshold: float | None = None

    kind: ClassVar[str] = "preference"
    metrics: ClassVar[tuple[str, ...]] = ("pair_accuracy",)

    @property
    def loss(self) -> str:
        """The pairwise logistic loss."""
        return "preference"

    @property
    def head(self) -> HeadSpec:
        """One output for each text."""
        return self.pooled_head(1)

    def read_input(self, row: Fields) -> PreferenceInput:
        """Return the two texts of a row, the better one first."""
        context = None if self.context is None else text_of(row, self.context)
        return PreferenceInput((text_of(row, self.better), text_of(row, self.worse)), context)

    def parse_input(self, value: object) -> PreferenceInput:
        """Return a text to be scored or two to be compared, after their context if there is one.

        Raises:
            InputError: If it is neither.
        """
        parts = (value,) if isinstance(value, str) else value
        num_contexts = int(self.context is not None)
        if (
            isinstance(parts, list | tuple)
            and num_contexts + 1 <= len(parts) <= num_contexts + 2
            and all(isinstance(part, str) for part in parts)
        ):
            texts = tuple(parts[num_contexts:])
            return PreferenceInput(texts, parts[0] if num_contexts else None)
        wanted = "(context, text) or (context, text, text)" if num_contexts else "a text, or two"
        raise InputError(f"the task reads {wanted}, found {value!r:.60}")

    def read_gold(self, row: Fields) -> float | None:
        """Return 1, since the better text stands first; None where one of the two is missing."""
        texts = [value_of(row, column) for column in (self.better, self.worse)]
        return None if None in texts or "" in texts else 1.0

    def encode(
        self, inputs: Sequence[PreferenceInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each text of each input."""
        if self.context is None:
            return encode_apart([each.texts for each in inputs], tokenizer, max_tokens)
        pairs = [(each.context or "", text) for each in inputs for text in each.texts]
        every = iter(encode_with_contexts(pairs, tokenizer, max_tokens))
        return [joined_encodings([next(every) for _ in each.texts]) for each in inputs]

    def target(self, encoding: Encoding, gold: float) -> FloatArray:
        """Return 1 where the first text is the better one, else -1."""
        del encoding
        return np.array([gold], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> PreferenceAnswer:
        """Return the texts' scores."""
        del encoding
        return PreferenceAnswer(tuple(float(each[0]) for each in outputs), self.threshold)

    def prediction(self, answer: PreferenceAnswer) -> float:
        """Return by how much the first text's score is above the second's."""
        return answer.margin

    def error(self, gold: float, answer: PreferenceAnswer) -> float:
        """Return by how much the worse text's score is above the better one's; 0 if it is not."""
        return max(0.0, -gold * answer.margin)
