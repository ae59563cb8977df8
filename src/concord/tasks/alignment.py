"""Alignment as a task among others: does a context support a claim, asked of three heads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

import numpy as np

from concord.alignment import Head, compute_scores
from concord.errors import ConfigError, InputError
from concord.tasks.classification import label_name
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec
from concord.tasks.single_inputs import TextInput, parse_texts, read_texts
from concord.tasks.task import Encoding, Fields, Task, text_of, value_of
from concord.tasks.with_context import encode_with_contexts
from concord.text import PairTokenizer

_SUPPORTED: Final = ("aligned", "entailment", "entailed", "supported", "supports")
_NEUTRAL: Final = ("neutral", "not enough info", "not mentioned", "unknown")
_CONTRADICTED: Final = ("contradicted", "contradiction", "contradictory", "refuted", "refutes")
_NOT_SUPPORTED: Final = ("not aligned", "not entailment", "not entailed", "not supported")
_SPELLINGS: Final[Mapping[Head, Sequence[Sequence[str]]]] = {
    Head.BINARY: (
        ("0", "false", "no", *_NOT_SUPPORTED, "unsupported"),
        ("1", "true", "yes", *_SUPPORTED),
    ),
    Head.THREE_WAY: (("0", *_SUPPORTED), ("1", *_NEUTRAL), ("2", *_CONTRADICTED)),
}
"""How data sets write each class, in the order of its index."""
_METRICS: Final = {
    Head.BINARY: "binary_accuracy",
    Head.THREE_WAY: "three_way_accuracy",
    Head.REGRESSION: "regression_pearson",
}


class AlignmentGold(NamedTuple):
    """What is right of a pair, by head; None where a head has no label.

    Attributes:
        binary: 1 aligned, 0 not.
        three_way: 0 aligned, 1 neutral, 2 contradicted.
        regression: Degree of agreement in [0, 1].
    """

    binary: float | None = None
    three_way: float | None = None
    regression: float | None = None

    def of(self, head: Head) -> float | None:
        """Return one head's."""
        value: float | None = getattr(self, head)
        return value


@dataclass(frozen=True, slots=True)
class AlignmentAnswer:
    """What the three heads say of a pair.

    Attributes:
        binary: Probability that the claim is aligned.
        three_way: Probabilities of "aligned", "neutral" and "contradicted".
        regression: Degree of agreement in [0, 1].
    """

    binary: float
    three_way: dict[str, float]
    regression: float


@dataclass(frozen=True, kw_only=True)
class Alignment(Task[TextInput, AlignmentGold, AlignmentAnswer]):
    """Whether a context supports a claim, by the three heads of an alignment model.

    Attributes:
        context: The column of the context.
        claim: The column of the claim.
        label: The column of the label: a class by name or by its index in the head's own order,
            or for regression a degree from 0 to 1.
        head_name: The head that all rows are labelled for; None where a column says it.
        head_column: That column, with "binary", "three_way" or "regression".
        dropout: Before the two classification heads, in training.
    """

    context: str = "context"
    claim: str = "claim"
    label: str = "label"
    head_name: Head | None = None
    head_column: str = "head"
    dropout: float = 0.1

    kind: ClassVar[str] = "alignment"
    metrics: ClassVar[tuple[str, ...]] = ("alignment_mean", *_METRICS.values())

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.head_name is None:
            return
        if self.head_name not in set(Head):
            raise ConfigError(
                f"unknown head_name {str(self.head_name)!r}; choose one of {', '.join(Head)}"
            )
        head = Head(self.head_name)  # Python users write its name
        object.__setattr__(self, "head_name", head)
        object.__setattr__(self, "metrics", (_METRICS[head],))

    @property
    def loss(self) -> str:
        """Cross-entropy over ln n and squared error."""
        return "alignment"

    @property
    def head(self) -> HeadSpec:
        """The joint logits of three heads over the pooled first token."""
        return HeadSpec(kind=HeadKind.ALIGNMENT, num_outputs=6, dropout=self.dropout)

    def read_input(self, row: Fields) -> TextInput:
        """Return context and claim of a row."""
        return read_texts(row, self.context, self.claim)

    def parse_input(self, value: object) -> TextInput:
        """Return a pair of context and claim."""
        return parse_texts(value, is_pair=True)

    def read_gold(self, row: Fields) -> AlignmentGold | None:
        """Return the label of a row; None where there is none."""
        value = value_of(row, self.label)
        if value is None or value == "":
            return None
        head = self._head_of(row)
        spelling = label_name(value).lower().replace("_", " ").replace("-", " ")
        if head is Head.REGRESSION:
            return AlignmentGold(regression=self._degree(value))
        for index, spellings in enumerate(_SPELLINGS[head]):
            if spelling in spellings:
                return AlignmentGold(**{head.value: float(index)})
        known = ", ".join(head.label_names)
        raise InputError(
            f"column '{self.label}' holds {value!r:.40}, not a label of the {head} head; "
            f"write one of {known}"
        )

    def trivial(self, golds: Sequence[AlignmentGold]) -> AlignmentGold:
        """Return the most frequent class of each classification head, and the mean degree."""
        binary, three_way, degrees = (
            [value for gold in golds if (value := gold.of(head)) is not None] for head in Head
        )
        return AlignmentGold(
            Counter(binary).most_common(1)[0][0] if binary else 0.0,
            Counter(three_way).most_common(1)[0][0] if three_way else 0.0,
            float(np.mean(degrees)) if degrees else 0.0,
        )

    def encode(
        self, inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each pair; an over-long one loses the end of its context."""
        pairs = [(each.text, each.text_pair or "") for each in inputs]
        return encode_with_contexts(pairs, tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: AlignmentGold) -> FloatArray:
        """Return a number for each head, NaN where it has no label."""
        del encoding
        return np.array([np.nan if value is None else value for value in gold], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> AlignmentAnswer:
        """Return what `concord.Aligner` gives for a pair that fits into the window."""
        del encoding
        scores = compute_scores(outputs[0][np.newaxis])
        names = Head.THREE_WAY.label_names
        return AlignmentAnswer(
            float(scores.binary[0]),
            dict(zip(names, scores.three_way[0].tolist(), strict=True)),
            float(scores.regression[0]),
        )

    def prediction(self, answer: AlignmentAnswer) -> AlignmentGold:
        """Return the classes and the degree."""
        by_class = list(answer.three_way.values())
        return AlignmentGold(
            float(answer.binary >= 0.5), float(np.argmax(by_class)), answer.regression
        )

    def error(self, gold: AlignmentGold, answer: AlignmentAnswer) -> float:
        """Return 1 where a class is wrong, else how far off the degree is."""
        found = self.prediction(answer)
        wrong = [
            float(gold.of(head) != found.of(head))
            for head in (Head.BINARY, Head.THREE_WAY)
            if gold.of(head) is not None
        ]
        if gold.regression is not None:
            wrong.append(abs(gold.regression - answer.regression))
        return max(wrong, default=0.0)

    def _head_of(self, row: Fields) -> Head:
        if self.head_name is not None:
            return self.head_name
        name = text_of(row, self.head_column).strip().lower().replace("-", "_")
        if name not in set(Head):
            raise InputError(
                f"column '{self.head_column}' holds {name!r:.40}, not one of {', '.join(Head)}"
            )
        return Head(name)

    def _degree(self, value: object) -> float:
        try:
            degree = float(label_name(value))
        except ValueError:
            degree = float("nan")
        if not 0 <= degree <= 1:
            raise InputError(
                f"column '{self.label}' holds {value!r:.40}, not a degree from 0 to 1 as the "
                "regression head needs"
            )
        return degree
