"""Classification of a text or of two texts side by side: one label of several, or any of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeAlias

import numpy as np

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray, HeadSpec, softmax
from concord.tasks.pooled_task import PooledTask
from concord.tasks.single_inputs import TextInput, encode_texts, parse_texts, read_texts
from concord.tasks.task import Encoding, Fields, value_of
from concord.text import PairTokenizer

Labels: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelAnswer:
    """What a classifier says of a text.

    Attributes:
        labels: The most probable label; of a multi-label task, all that are above one half.
        probs: Each label's probability; over all labels they add up to 1, unless the task is
            multi-label.
    """

    labels: Labels
    probs: dict[str, float]

    @property
    def label(self) -> str:
        """The most probable label."""
        return max(self.probs, key=lambda label: self.probs[label])


@dataclass(frozen=True, kw_only=True)
class Classification(PooledTask[TextInput, Labels, LabelAnswer]):
    """One label of several for each text, or any number of them.

    Attributes:
        text: The column of the text.
        text_pair: The column of a second text, read beside the first; None for single texts.
        label: The column of the label; of a multi-label task a list of labels, or labels with a
            comma between.
        labels: All labels in the order of the head's outputs; found in the training data unless
            given.
        multi_label: Whether a text may have any number of labels.
        both_orders: Whether pairs are learned the other way round too, for labels that do not
            depend on the order, such as "duplicates".
    """

    text: str = "text"
    text_pair: str | None = None
    label: str = "label"
    labels: Labels = ()
    multi_label: bool = False
    both_orders: bool = False

    kind: ClassVar[str] = "classification"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy", "macro_f1", "mcc")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.labels)) < len(self.labels):
            raise ConfigError(f"labels must differ, got {', '.join(self.labels)}")
        if len(self.labels) == 1:
            raise ConfigError(
                f"a classification needs at least 2 labels, got only {self.labels[0]!r}"
            )
        if self.both_orders and self.text_pair is None:
            raise ConfigError("both_orders is for pairs; name the column text_pair too")

    @property
    def loss(self) -> str:
        """Cross-entropy, or binary cross-entropy for each label."""
        return "binary_cross_entropy" if self.multi_label else "cross_entropy"

    @property
    def head(self) -> HeadSpec:
        """One output for each label."""
        return self.pooled_head(len(self.labels))

    @property
    def num_classes(self) -> int:
        """The number of labels; 2 where each is decided for itself."""
        return 2 if self.multi_label else len(self.labels)

    def read_input(self, row: Fields) -> TextInput:
        """Return the text, or the two texts, of a row."""
        return read_texts(row, self.text, self.text_pair)

    def parse_input(self, value: object) -> TextInput:
        """Return a text, or a pair of texts where the task reads two."""
        return parse_texts(value, is_pair=self.text_pair is not None)

    def read_gold(self, row: Fields) -> Labels | None:
        """Return the labels of a row; None where there is none."""
        value = value_of(row, self.label)
        if value is None or value == "":
            return None if not self.multi_label or value is None else ()
        found = (
            tuple(map(label_name, _several(value))) if self.multi_label else (label_name(value),)
        )
        unknown = [label for label in found if self.labels and label not in self.labels]
        if unknown:
            raise InputError(
                f"column '{self.label}' holds {unknown[0]!r}, not one of {', '.join(self.labels)}; "
                "correct it, or add it to the task's labels"
            )
        return found

    def trivial(self, golds: Sequence[Labels]) -> Labels:
        """Return the most frequent labels."""
        return Counter(golds).most_common(1)[0][0]

    def learned(self, golds: Iterable[Labels]) -> Self:
        """Return the task with the labels of its training data, in natural order."""
        if self.labels:
            return self
        found = sorted({label for gold in golds for label in gold}, key=natural_order)
        if len(found) < 2:
            only = f"only {found[0]!r}" if found else "none"
            raise ConfigError(
                f"column '{self.label}' of the training data has {only}; "
                "a classification needs at least 2 labels"
            )
        return replace(self, labels=tuple(found))

    def training_examples(
        self, inputs: Sequence[TextInput], golds: Sequence[Labels]
    ) -> tuple[Sequence[TextInput], Sequence[Labels]]:
        """Return the rows, and where `both_orders` asks for it each pair turned round as well."""
        if not self.both_orders:
            return inputs, golds
        turned = [parse_texts((second, first), is_pair=True) for first, second in inputs]
        return [*inputs, *turned], [*golds, *golds]

    def encode(
        self, inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return one sequence for each input."""
        return encode_texts(inputs, tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: Labels) -> FloatArray:
        """Return the label's index; of a multi-label task, 1 for each label that holds."""
        del encoding
        indices = [self.labels.index(label) for label in gold]
        if not self.multi_label:
            return np.array(indices, dtype=np.float32)
        target = np.zeros(len(self.labels), dtype=np.float32)
        target[indices] = 1
        return target

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> LabelAnswer:
        """Return probabilities and the labels that they choose."""
        del encoding
        (logits,) = outputs
        if self.multi_label:
            each = 1 / (1 + np.exp(-logits.astype(np.float64)))
            probs = dict(zip(self.labels, each.tolist(), strict=True))
            return LabelAnswer(tuple(label for label in self.labels if probs[label] > 0.5), probs)
        every = softmax(logits)
        probs = dict(zip(self.labels, every.tolist(), strict=True))
        return LabelAnswer((self.labels[int(every.argmax())],), probs)

    def prediction(self, answer: LabelAnswer) -> Labels:
        """Return the labels alone."""
        return answer.labels


def label_name(value: object) -> str:
    """Return a label as a text: whole numbers without a point, truth values in lower case."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int | float):
        raise InputError(f"a label is a text or a number, found {value!r:.40}")
    return str(value).strip()


def _several(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    return [part for part in str(value).split(",") if part.strip()]


def natural_order(label: str) -> tuple[int, float, str]:
    """Return a key that sorts numbers by value, and before all other labels."""
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label
