"""Masked language modelling: which tokens stand behind the masks of a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError, InputError
from concord.tasks.corruption import Corruption
from concord.tasks.heads import FloatArray, HeadKind, HeadSpec
from concord.tasks.hidden_tokens import (
    Tokens,
    fixed_places,
    original_tokens,
    window_sequences,
    with_tokens,
)
from concord.tasks.task import Encoding, Fields, Task, text_of
from concord.text import PairTokenizer
from concord.text.tokenizer import TokenIds


class MaskedInput(NamedTuple):
    """A text, and whether it is a row of data, in which masks are put, or has its own masks."""

    text: str
    is_row: bool


class TokenGuess(NamedTuple):
    """How a hidden token of a row was guessed.

    Attributes:
        log_prob: The natural logarithm of its probability.
        is_right: Whether it was the most probable one.
    """

    log_prob: float
    is_right: bool


Guesses: TypeAlias = tuple[TokenGuess, ...]


@dataclass(frozen=True, slots=True)
class MaskFilling:
    """What may stand behind one mask.

    Attributes:
        tokens: The most probable tokens, the first one most.
        probs: Their probabilities.
    """

    tokens: tuple[str, ...]
    probs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MaskedAnswer:
    """What may stand behind the masks of a text.

    Attributes:
        masks: By mask, in order.
        guesses: Of a row of data, how the tokens that the masks hide were guessed.
    """

    masks: tuple[MaskFilling, ...]
    guesses: Guesses = ()


@dataclass(frozen=True, slots=True)
class _Hidden:
    """The masks of an input: their places, what a row has there, and what spells tokens."""

    places: Tokens
    originals: Tokens
    is_row: bool
    tokenizer: PairTokenizer


@dataclass(frozen=True, kw_only=True)
class MaskedLanguage(Task[MaskedInput, Guesses, MaskedAnswer]):
    """Tokens behind masks, learned from plain text as BERT learns it (Devlin et al., 2019).

    In each training batch other tokens are hidden. Where a row is only to be measured, a share of
    its tokens is masked that depends on nothing but its text.

    Attributes:
        text: The column of the text.
        rate: Share of the tokens to guess; 80 % of them become the mask, 10 % a random token and
            10 % stay.
        num_candidates: Tokens that are told of each mask.
    """

    text: str = "text"
    rate: float = 0.15
    num_candidates: int = 5

    kind: ClassVar[str] = "masked_language"
    metrics: ClassVar[tuple[str, ...]] = ("masked_accuracy", "perplexity")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_candidates < 1:
            raise ConfigError(f"num_candidates must be at least 1, got {self.num_candidates}")
        Corruption(rate=self.rate)

    @property
    def loss(self) -> str:
        """Cross-entropy of the hidden tokens."""
        return "masked_language"

    @property
    def head(self) -> HeadSpec:
        """Logits over the vocabulary."""
        return HeadSpec(kind=HeadKind.VOCABULARY)

    @property
    def corruption(self) -> Corruption:
        """BERT's: most of the tokens masked, some exchanged, some as they are."""
        return Corruption(rate=self.rate)

    def read_input(self, row: Fields) -> MaskedInput:
        """Return the text of a row."""
        return MaskedInput(text_of(row, self.text), is_row=True)

    def parse_input(self, value: object) -> MaskedInput:
        """Return a text with masks in it, spelled as the tokenizer spells them."""
        if not isinstance(value, str):
            raise InputError(f"the task reads a text with masks, found {value!r:.60}")
        return MaskedInput(value, is_row=False)

    def read_gold(self, row: Fields) -> Guesses:
        """Return nothing: the text is its own answer."""
        del row
        return ()

    def encode(
        self, inputs: Sequence[MaskedInput], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return each text's sequences; tokens of rows are masked, the same ones each time."""
        texts = tokenizer.token_ids([each.text for each in inputs])
        return [
            self._encode(each, ids, tokenizer, max_tokens)
            for each, ids in zip(inputs, texts, strict=True)
        ]

    def target(self, encoding: Encoding, gold: Guesses) -> FloatArray:
        """Return the token that stands in each place, before any was masked."""
        del gold
        hidden: _Hidden = encoding.detail
        return hidden.originals.astype(np.float32)

    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> MaskedAnswer:
        """Return the most probable tokens for each mask."""
        hidden: _Hidden = encoding.detail
        *vectors, table, bias = outputs
        logits = np.concatenate(vectors)[hidden.places] @ table.T + bias  # (masks, vocabulary)
        if not len(logits):
            return MaskedAnswer(())
        log_probs = _log_softmax(logits)
        masks = tuple(self._filling(row, hidden.tokenizer) for row in log_probs)
        if not hidden.is_row:
            return MaskedAnswer(masks)
        wanted = hidden.originals[hidden.places]
        guesses = tuple(
            TokenGuess(float(row[token]), bool(row.argmax() == token))
            for row, token in zip(log_probs, wanted, strict=True)
        )
        return MaskedAnswer(masks, guesses)

    def prediction(self, answer: MaskedAnswer) -> Guesses:
        """Return how the hidden tokens were guessed."""
        return answer.guesses

    def error(self, gold: Guesses, answer: MaskedAnswer) -> float:
        """Return the mean negative log-likelihood of the hidden tokens."""
        del gold
        return -float(np.mean([guess.log_prob for guess in answer.guesses] or [0.0]))

    def _encode(
        self, value: MaskedInput, ids: TokenIds, tokenizer: PairTokenizer, max_tokens: int
    ) -> Encoding:
        sequences = window_sequences(ids, tokenizer, max_tokens)
        originals = original_tokens(sequences, tokenizer)
        if value.is_row:
            places, _ = fixed_places(originals, self.rate)
            masks = np.full(len(places), tokenizer.mask_id)
            sequences = with_tokens(sequences, tokenizer, places, masks)
        else:
            places = np.flatnonzero(originals == tokenizer.mask_id)
        return Encoding(sequences, _Hidden(places, originals, value.is_row, tokenizer))

    def _filling(self, log_probs: NDArray[np.float64], tokenizer: PairTokenizer) -> MaskFilling:
        known = log_probs[: tokenizer.vocabulary_size]
        best = np.argsort(-known, kind="stable")[: self.num_candidates]
        return MaskFilling(
            tuple(tokenizer.token_text(token) for token in best.tolist()),
            tuple(np.exp(known[best]).tolist()),
        )


def _log_softmax(logits: FloatArray) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result
