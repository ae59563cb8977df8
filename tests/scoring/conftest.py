"""A backend whose answers can be worked out by hand, and an aligner on it."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.tiny_tokenizers import SPECIAL, whole_words

from concord.alignment.scores import FloatArray
from concord.artifact import AlignmentSettings
from concord.scoring.aligner import Aligner
from concord.text import PairTokenizer, TokenBatch

WORDS = (*SPECIAL, ".", "yes", "no", "maybe", "a", "b", "c", "d")
YES, NO, STOP = (WORDS.index(word) for word in ("yes", "no", "."))


class WordBackend:
    """Aligned where a context says "yes", contradicted where it says "no", else neutral.

    A logit of 4 for the class beside zeros is a probability of exp(4) / (exp(4) + 2) = 0.965.
    Only words in front of the first separator count: the context.
    """

    def __init__(self) -> None:
        self.batches: list[TokenBatch] = []

    @property
    def num_rows(self) -> int:
        return sum(map(len, self.batches))

    def __repr__(self) -> str:
        return "words"

    @property
    def num_streams(self) -> int:
        return 1

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        return map(self._batch_logits, batches)

    def _batch_logits(self, batch: TokenBatch) -> FloatArray:
        self.batches.append(batch)
        is_context = (batch.token_type_ids == 0) & (batch.attention_mask == 1)
        says_yes = ((batch.input_ids == YES) & is_context).any(axis=1)
        says_no = ((batch.input_ids == NO) & is_context).any(axis=1)
        logits = np.zeros((len(batch), 6), dtype=np.float32)
        logits[:, 1] = 4.0 * says_yes
        logits[:, 2] = 4.0 * says_yes
        logits[:, 3] = 4.0 * ~(says_yes | says_no)
        logits[:, 4] = 4.0 * says_no
        logits[:, 5] = says_yes
        return logits


@pytest.fixture(scope="session")
def tokenizer() -> PairTokenizer:
    """A tokenizer of whole words."""
    return PairTokenizer(whole_words(WORDS))


@pytest.fixture
def backend() -> WordBackend:
    return WordBackend()


@pytest.fixture
def aligner(backend: WordBackend, tokenizer: PairTokenizer) -> Aligner:
    """An aligner with a window of 32 tokens, chunks of 16 (13 text tokens beside 3 special)."""
    return Aligner(backend, tokenizer, AlignmentSettings(max_tokens=32, chunk_tokens=16))


class LastWordBackend(WordBackend):
    """Aligned where the context has the claim's last word, else neutral; logits as above."""

    def __repr__(self) -> str:
        return "last words"

    def _batch_logits(self, batch: TokenBatch) -> FloatArray:
        self.batches.append(batch)
        has_word = np.array(
            [
                _claim_ids(ids, kinds)[-1] in ids[kinds == 0]
                for ids, kinds in zip(batch.input_ids, batch.token_type_ids, strict=True)
            ]
        )
        logits = np.zeros((len(batch), 6), dtype=np.float32)
        logits[:, 1] = 4.0 * has_word
        logits[:, 2] = 4.0 * has_word
        logits[:, 3] = 4.0 * ~has_word
        logits[:, 5] = has_word
        return logits


def _claim_ids(ids: NDArray[np.int64], kinds: NDArray[np.int64]) -> list[int]:
    """Return the words of the second text, without stops and the separator after it."""
    found: list[int] = ids[kinds == 1].tolist()
    return [word for word in found[:-1] if word != STOP]


@pytest.fixture
def claim_words_aligner(tokenizer: PairTokenizer) -> Aligner:
    """An aligner that finds a claim supported if the context has the claim's last word."""
    settings = AlignmentSettings(max_tokens=32, chunk_tokens=16)
    return Aligner(LastWordBackend(), tokenizer, settings)
