"""Paraphrases: a class for two texts that are read apart and may change places."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, NamedTuple, Self

import numpy as np

from concord.errors import ConfigError, InputError
from concord.tasks.classification import label_name, natural_order
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec, Pooling, softmax
from concord.tasks.several_inputs import encode_apart
from concord.tasks.single_inputs import TextInput, parse_texts, read_texts
from concord.tasks.task import Encoding, Fields, Task, value_of
from concord.text import PairTokenizer

_POSITIVE: Final = "positive"


class PairLabel(NamedTuple):
    """The class of two texts.

    Attributes:
        label: Its name in the data.
        mark: "positive" for the label whose F1 is reported, else empty.
    """

    label: str
    mark: str = ""

    @property
    def is_positive(self) -> bool:
        """Whether it is the label whose F1 is reported."""
        return self.mark == _POSITIVE


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What is said of two texts.

    Attributes:
        label: The most probable class.
        probs: Each class's probability; they add up to 1.
    """

    label: str
    probs: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Paraphrase(Task[TextInput, PairLabel, PairAnswer]):
    """Whether two texts say the same; the order of the two makes no difference.

    Each text is read alone and projected; layers over `[abs(u - v); abs(u + v)]` of the two
    vectors give the classes.

    Attributes:
        text: The column of the first text.
        text_pair: The column of the second text.
        label: The column of the class.
        labels: All classes in the order of the head's outputs; found in the training data unless
            given.
        positive: The class that means a paraphrase, whose F1 is reported.
        pooling: How states become one vector.
        num_layers: The encoder's last layers that are read.
        projection_size: Width of the layer over each text's vector; 0 for none.
        hidden_sizes: Widths of layers over both vectors, before the last.
        dropout: Before each layer, in training.
    """

    text: str = "text"
    text_pair: str = "text_pair"
    label: str = "label"
    labels: tuple[str, ...] = ()
    positive: str = "1"
    pooling: Pooling = Pooling.MEAN
    num_layers: int = 1
    projection_size: int = 256
    hidden_sizes: tuple[int, ...] = (256,)
    dropout: float = 0.1

    kind: ClassVar[str] = "paraphrase"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy", "f1", "mcc")

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "pooling", Pooling(self.pooling))  # Python users write its name
        if self.labels and len(set(self.labels)) < max(2, len(self.labels)):
            raise ConfigError(f"labels must be 2 or more that differ, got {', '.join(self.labels)}")
        if self.labels and self.positive not in self.labels:
            raise ConfigError(
                f"positive is {self.positive!r}, not one of the labels {', '.join(self.labels)}; "
                "name the one that means a paraphrase"
            )

    @property
    def loss(self) -> str:
        """Cross-entropy."""
        return "cross_entropy"

    @property
    def head(self) -> HeadSpec:
        """One output for each class."""
        return HeadSpec(
            kind=HeadKind.TOWERS,
            num_outputs=len(self.labels),
            pooling=self.pooling,
            num_layers=self.num_layers,
            projection_size=self.projection_size,
            hidden_sizes=self.hidden_sizes,
            dropout=self.dropout,
        )

    def read_input(self, row: Fields) -> TextInput:
        """Return the two texts of a row."""
        return read_texts(row, self.text, self.text_pair)

    def parse_input(self, value: object) -> TextInput:
        """Return a pair of texts."""
        return parse_texts(value, is_pair=True)

    def read_gold(self, row: Fields) -> PairLabel | None:
        """Return the class in a row; None where there is none."""
        value = value_of(row, self.label)
        if value is None or value == "":
            return None
        label = label_name(value)
        if self.labels and label not in self.labels:
            raise InputError(
                f"column '{self.label}' holds {label!r}, not one of {', '.join(self.labels)}; "
                "correct it, or add it to the task's labels"
            )
        return self._marked(label)

    def trivial(self, golds: Sequence[PairLabel]) -> PairLabel:
        """Return the most frequent class."""
        return Counter(golds).most_common(1)[0][0]

    def learned(self, golds: Iterable[PairLabel]) -> Self:
        """Return the task with the classes of its training data, in natural order."""
        if self.labels:
            return self
        found = sorted({gold.label for gold in golds}, key=natural_order)
        if len(found) < 2:
            only = f"only {found[0]!r}" if found else "none"
            raise ConfigError(
                f"column '{self.label}' of the training data has {only}; "
                "telling paraphrases needs at least 2 labels"
            )
        return replace(self, labels=tuple(found))

    def encode(
        self, inputs: Sequence[TextInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return two sequences for each input."""
        pairs = [(each.text, each.text_pair or "") for each in inputs]
        return encode_apart(pairs, tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: PairLabel) -> FloatArray:
        """Return the class's index."""
        del encoding
        return np.array([self.labels.index(gold.label)], dtype=np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> PairAnswer:
        """Return the classes' probabilities and the most probable one."""
        del encoding
        probs = softmax(outputs[0])
        by_label = dict(zip(self.labels, probs.tolist(), strict=True))
        return PairAnswer(self.labels[int(probs.argmax())], by_label)

    def prediction(self, answer: PairAnswer) -> PairLabel:
        """Return the most probable class."""
        return self._marked(answer.label)

    def _marked(self, label: str) -> PairLabel:
        return PairLabel(label, _POSITIVE if label == self.positive else "")
