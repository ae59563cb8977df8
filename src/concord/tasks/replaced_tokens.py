"""Replaced-token detection: which words of a text were not there at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.tasks.corruption import Corruption
from concord.tasks.heads import FloatArray, GeneratorSpec, HeadKind, HeadSpec
from concord.tasks.hidden_tokens import Tokens, fixed_places, original_tokens, with_tokens
from concord.tasks.task import IGNORED, Encoding, Fields, Task, text_of
from concord.tasks.word_inputs import (
    NO_TOKEN,
    WordInput,
    WordPlaces,
    encode_words,
    parse_words,
    words_in_text,
)
from concord.text import PairTokenizer


class ReplacedInput(NamedTuple):
    """A text by words, and whether it is a row of data, in which tokens are replaced."""

    words: WordInput
    is_row: bool


class TokenVerdict(NamedTuple):
    """What was thought of a token of a row: its probability to be replaced, and whether it is."""

    prob: float
    is_replaced: bool


Verdicts: TypeAlias = tuple[TokenVerdict, ...]


@dataclass(frozen=True, slots=True)
class ReplacedWord:
    """A word of a text.

    Attributes:
        text: The word.
        start: Its first character in a text, or its number in a list of words.
        end: The character, or word, past it.
        prob: How probable it is that it was replaced: that of its most suspect token.
    """

    text: str
    start: int
    end: int
    prob: float


@dataclass(frozen=True, slots=True)
class ReplacedAnswer:
    """What was thought of a text.

    Attributes:
        words: Each word in order, where the text was not a row of data.
        verdicts: Each token in order, where it was.
    """

    words: tuple[ReplacedWord, ...] = ()
    verdicts: Verdicts = ()


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What decoding knows: where words stand, the original tokens and which were replaced."""

    places: WordPlaces
    originals: Tokens
    replaced: Tokens
    is_row: bool


@dataclass(frozen=True, kw_only=True)
class ReplacedTokens(Task[ReplacedInput, Verdicts, ReplacedAnswer]):
    """Replaced-token detection, as ELECTRA learns it (Clark et al., 2020).

    A small generator that is part of the head fills masks, and the encoder learns to tell which
    tokens it wrote. Prediction does not need the generator. Where a row is only to be measured, a
    share of its tokens is replaced by other tokens of the same text, the same ones each time.

    Attributes:
        text: The column of the text.
        rate: Share of the tokens that the generator writes.
        generator_layers: Its transformer layers.
        generator_size: Their width.
        discriminator_weight: What telling tokens apart counts for beside the generator's loss.
        dropout: Before the head's layer, in training.
    """

    text: str = "text"
    rate: float = 0.15
    generator_layers: int = 2
    generator_size: int = 128
    discriminator_weight: float = 50.0
    dropout: float = 0.1

    kind: ClassVar[str] = "replaced_tokens"
    metrics: ClassVar[tuple[str, ...]] = (
        "replaced_f1",
        "replaced_precision",
        "replaced_recall",
        "replaced_accuracy",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        Corruption(rate=self.rate)
        _ = self.head  # checks the generator's sizes

    @property
    def loss(self) -> str:
        """The generator's cross-entropy, and the discriminator's for every token."""
        return "replaced_tokens"

    @property
    def head(self) -> HeadSpec:
        """One logit for each token, and a generator beside."""
        generator = GeneratorSpec(
            num_layers=self.generator_layers,
            hidden_size=self.generator_size,
            discriminator_weight=self.discriminator_weight,
        )
        return HeadSpec(
            kind=HeadKind.REPLACED, num_outputs=1, generator=generator, dropout=self.dropout
        )

    @property
    def corruption(self) -> Corruption:
        """Every hidden token becomes the mask, which the generator fills."""
        return Corruption(rate=self.rate, masked=1.0, random=0.0)

    def read_input(self, row: Fields) -> ReplacedInput:
        """Return the text of a row."""
        return ReplacedInput(words_in_text(text_of(row, self.text)), is_row=True)

    def parse_input(self, value: object) -> ReplacedInput:
        """Return the words of a text, or of a list of them."""
        return ReplacedInput(parse_words(value), is_row=False)

    def read_gold(self, row: Fields) -> Verdicts:
        """Return nothing: the text is its own answer."""
        del row
        return ()

    def encode(
        self, inputs: Sequence[ReplacedInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return each text's sequences; tokens of rows are replaced."""
        plain = encode_words([each.words for each in inputs], tokenizer, max_tokens)
        return [
            self._encode(each, encoding, tokenizer)
            for each, encoding in zip(inputs, plain, strict=True)
        ]

    def target(self, encoding: Encoding, gold: Verdicts) -> FloatArray:
        """Return the token that stands in each place, before any was replaced."""
        del gold
        detail: _Replaced = encoding.detail
        return detail.originals.astype(np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> ReplacedAnswer:
        """Return each word's probability; of a row of data each token's."""
        detail: _Replaced = encoding.detail
        logits = np.concatenate(outputs)[:, 0].astype(np.float64)
        probs = np.exp(-np.logaddexp(0.0, -logits))
        if not detail.is_row:
            return ReplacedAnswer(words=tuple(_words(detail.places, probs)))
        is_replaced = np.zeros(len(probs), dtype=bool)
        is_replaced[detail.replaced] = True
        is_text = detail.originals != IGNORED
        pairs = zip(probs[is_text].tolist(), is_replaced[is_text].tolist(), strict=True)
        return ReplacedAnswer(verdicts=tuple(TokenVerdict(*pair) for pair in pairs))

    def prediction(self, answer: ReplacedAnswer) -> Verdicts:
        """Return what was thought of each token, and what is so."""
        return answer.verdicts

    def error(self, gold: Verdicts, answer: ReplacedAnswer) -> float:
        """Return the share of tokens that were judged wrongly."""
        del gold
        wrong = [(each.prob > 0.5) != each.is_replaced for each in answer.verdicts]
        return float(np.mean(wrong)) if wrong else 0.0

    def _encode(
        self, value: ReplacedInput, encoding: Encoding, tokenizer: PairTokenizer
    ) -> Encoding:
        originals = original_tokens(encoding.sequences, tokenizer)
        sequences, replaced = encoding.sequences, np.zeros(0, dtype=np.int64)
        if value.is_row:
            places, rng = fixed_places(originals, self.rate)
            tokens = (
                rng.choice(originals[originals != IGNORED], len(places)) if len(places) else places
            )
            replaced = places[tokens != originals[places]]  # else it is the original after all
            sequences = with_tokens(sequences, tokenizer, places, tokens)
        detail = _Replaced(encoding.detail, originals, replaced, value.is_row)
        return Encoding(sequences, detail)


def _words(places: WordPlaces, probs: NDArray[np.float64]) -> list[ReplacedWord]:
    words = places.words
    found = []
    for number, text in enumerate(words.words):
        first, past = int(places.tokens[number]), int(places.ends[number])
        prob = 0.0 if first == NO_TOKEN else float(probs[first:past].max())
        bounds = (words.starts[number], words.ends[number])
        start, end = (number, number + 1) if words.is_list else bounds
        found.append(ReplacedWord(text, start, end, prob))
    return found
