"""Named entities: which words of a text name something, and what kind of thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec
from concord.tasks.tagging import (
    EntitySpan,
    TagScheme,
    best_tags,
    iob2_tags,
    softmax,
    spans_of_iob2,
    spans_of_tags,
    tag_probs,
)
from concord.tasks.task import IGNORED, Encoding, Fields, Task, value_of
from concord.tasks.word_inputs import (
    NO_TOKEN,
    WordInput,
    WordPlaces,
    encode_words,
    parse_words,
    words_in_list,
)
from concord.text import PairTokenizer

Spans: TypeAlias = tuple[EntitySpan, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that was found.

    Attributes:
        label: Its class.
        text: Its words.
        start: Its first character in a text, or its first word in a list of words.
        end: The character, or word, past its last.
        score: The mean probability of its words' tags.
    """

    label: str
    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Entities(Task[WordInput, Spans, list[Entity]]):
    """Named entities by IOB2 tags of words; the first token of a word carries its tag.

    Attributes:
        tokens: The column of the words, a list.
        tags: The column of their tags, a list.
        labels: The classes of entities; found in the training data unless given.
        scheme: What the tags must keep to: "iob2", "iob1", "io", "bilou" or "iobes". Unless given
            all of them are read, but for an io file's bare names, and nothing is checked.
        crf: Whether tags are chosen together, by a CRF (Lafferty et al., 2001), and not each by
            itself.
        num_layers: The encoder's last layers that are read.
        hidden_sizes: Widths of layers before the last.
        dropout: Before each layer, in training.
    """

    tokens: str = "tokens"
    tags: str = "tags"
    labels: tuple[str, ...] = ()
    scheme: TagScheme | None = None
    crf: bool = False
    num_layers: int = 1
    hidden_sizes: tuple[int, ...] = ()
    dropout: float = 0.1

    kind: ClassVar[str] = "entities"
    metrics: ClassVar[tuple[str, ...]] = ("entity_f1", "entity_precision", "entity_recall")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scheme is not None:  # Python users write its name
            object.__setattr__(self, "scheme", TagScheme(self.scheme))
        if len(set(self.labels)) < len(self.labels):
            raise ConfigError(f"labels must differ, got {', '.join(self.labels)}")

    @property
    def loss(self) -> str:
        """Cross-entropy of each tag, or the likelihood of a sentence's tags under the CRF."""
        return "crf" if self.crf else "token_cross_entropy"

    @property
    def head(self) -> HeadSpec:
        """One output for O and two for each class."""
        return HeadSpec(
            kind=HeadKind.TOKENS,
            num_outputs=1 + 2 * len(self.labels),
            num_layers=self.num_layers,
            hidden_sizes=self.hidden_sizes,
            has_transitions=self.crf,
            dropout=self.dropout,
        )

    @property
    def num_classes(self) -> int:
        """How many tags there are."""
        return self.head.num_outputs

    def read_input(self, row: Fields) -> WordInput:
        """Return the words of a row."""
        return words_in_list(_texts_of(row, self.tokens))

    def parse_input(self, value: object) -> WordInput:
        """Return the words of a text, or of a list of them."""
        return parse_words(value)

    def read_gold(self, row: Fields) -> Spans | None:
        """Return the entities of a row by words; None where there are no tags."""
        if value_of(row, self.tags) is None:
            return None
        tags, tokens = _texts_of(row, self.tags), _texts_of(row, self.tokens)
        if len(tags) != len(tokens):
            raise InputError(
                f"column '{self.tags}' has {len(tags)} tags for the {len(tokens)} words in column "
                f"'{self.tokens}'; each word needs one"
            )
        try:
            spans = spans_of_tags(tags, self.scheme)
        except InputError as error:
            raise InputError(f"column '{self.tags}': {error}") from None
        unknown = [span for span in spans if self.labels and span.label not in self.labels]
        if unknown:
            raise InputError(
                f"column '{self.tags}' holds {tags[unknown[0].start]!r} at position "
                f"{unknown[0].start}, not of one of {', '.join(self.labels)}; correct it, or add "
                "its class to the task's labels"
            )
        return spans

    def learned(self, golds: Iterable[Spans]) -> Self:
        """Return the task with the classes of its training data, in order of the alphabet."""
        if self.labels:
            return self
        found = {span.label for spans in golds for span in spans}
        if not found:
            raise ConfigError(f"column '{self.tags}' of the training data marks no entity")
        return replace(self, labels=tuple(sorted(found)))

    def encode(
        self, inputs: Sequence[WordInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return each text's sequences: one, or several if it exceeds the window."""
        return encode_words(inputs, tokenizer, max_tokens)

    def target(self, encoding: Encoding, gold: Spans) -> FloatArray:
        """Return each token's tag: that of a word at its first token, elsewhere `IGNORED`."""
        places: WordPlaces = encoding.detail
        tags = iob2_tags(gold, self.labels, len(places.tokens))
        target = np.full(places.num_tokens, IGNORED, dtype=np.float32)
        for token, tag in zip(places.tokens[::-1], tags[::-1], strict=True):
            if token != NO_TOKEN:  # of words that share a token the first one decides
                target[token] = tag
        return target

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> list[Entity]:
        """Return the entities that the best tags mark.

        The tags of all sequences are one chain. A word without a token is outside.
        """
        places: WordPlaces = encoding.detail
        has_token = places.tokens != NO_TOKEN
        tags = np.zeros(len(places.tokens), dtype=np.int64)
        probs = np.ones(len(places.tokens))
        if has_token.any():
            tags[has_token], probs[has_token] = self._tags(outputs, places.tokens[has_token])
        words = places.words
        return [
            self._entity(words, span, float(probs[span.start : span.end].mean()))
            for span in spans_of_iob2(tags.tolist(), self.labels)
        ]

    def prediction(self, answer: list[Entity]) -> Spans:
        """Return the entities without their scores, by words if the words were given."""
        return tuple(EntitySpan(each.label, each.start, each.end) for each in answer)

    def _tags(
        self, outputs: Sequence[FloatArray], tokens: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the best tag at each of some tokens, and its probability."""
        crf: list[FloatArray] = []
        if self.crf:
            *outputs, transitions, starts, ends = outputs
            crf = [transitions, starts, ends]
        scores = np.concatenate(outputs)[tokens]
        if crf:
            tags, every = best_tags(scores, *crf), tag_probs(scores, *crf)
        else:
            tags, every = scores.argmax(axis=1), softmax(scores)
        return tags, every[np.arange(len(tags)), tags]

    def _entity(self, words: WordInput, span: EntitySpan, score: float) -> Entity:
        start, end = words.starts[span.start], words.ends[span.end - 1]
        text = words.text[start:end]
        if words.is_list:
            start, end = span.start, span.end
        return Entity(span.label, text, start, end, score)


def _texts_of(row: Fields, column: str) -> list[str]:
    """Return the list of texts in a column; an `InputError` if it holds another thing."""
    value = value_of(row, column)
    values = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(values, list | tuple):
        raise InputError(f"column '{column}' holds {value!r:.40} where a list of texts should be")
    for place, each in enumerate(values):
        if not isinstance(each, str):
            raise InputError(f"column '{column}' holds {each!r:.40} at position {place}, no text")
    return list(values)
