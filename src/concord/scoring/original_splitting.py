"""The published split-then-aggregate rule, kept exactly so that published scores reproduce.

AlignScore (Zha et al., ACL 2023) cuts a context into runs of sentences of about 350 words. A
chunk with a claim may exceed the encoder's window and then loses the chunk's end, which is one
reason why it is not our default.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Final, TypeAlias

from concord.scoring.split_plans import (
    Context,
    Piece,
    SplitPlan,
    distinct_token_ids,
    passages_of,
    text_capacity,
)
from concord.text import PairTokenizer, split_sentences

StringSplitter: TypeAlias = Callable[[str], list[str]]
"""Returns the sentences of a text as strings."""

WORDS_PER_CHUNK: Final = 350


def original_chunks(context: str, sentences: StringSplitter) -> list[str]:
    """Return the chunks of a context: equal runs of sentences, about 350 words in each."""
    parts = sentences(context) or [""]
    wanted = len(context.strip().split()) // WORDS_PER_CHUNK + 1
    per_chunk = max(len(parts) // wanted, 1)
    return [" ".join(parts[i : i + per_chunk]) for i in range(0, len(parts), per_chunk)]


def sentence_texts(text: str) -> list[str]:
    """Return the sentences that our own splitter finds, as strings."""
    return [text[start:end] for start, end in split_sentences(text)]


@cache
def find_original_sentences() -> StringSplitter:
    """Return NLTK's Punkt, which the original uses, or our splitter where it is not installed."""
    try:
        punkt: StringSplitter = import_module("nltk.tokenize").sent_tokenize
        punkt("Its data is a separate download.")
    except (ImportError, LookupError):
        return sentence_texts
    return punkt


class OriginalSplitter:
    """Plans by the published rule; its pieces do not say which characters they come from.

    Args:
        tokenizer: The model's tokenizer.
        window_tokens: The encoder's window, special tokens included.
        sentences: The sentence splitter; the original's, or ours in its absence, unless given.
    """

    def __init__(
        self,
        tokenizer: PairTokenizer,
        *,
        window_tokens: int,
        sentences: StringSplitter | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._capacity = text_capacity(tokenizer, window_tokens)
        self._sentences = sentences or find_original_sentences()

    def plan(self, contexts: Sequence[Context], claims: Sequence[str]) -> list[SplitPlan]:
        """Return one plan for each context and the claim at the same place."""
        passages = dict.fromkeys(text for context in contexts for text in passages_of(context))
        chunks = {text: original_chunks(text, self._sentences) for text in passages}
        sentences = {text: self._sentences(text) or [text] for text in dict.fromkeys(claims)}
        ids = distinct_token_ids(
            self._tokenizer,
            (part for parts in (*chunks.values(), *sentences.values()) for part in parts),
        )
        return [
            SplitPlan(
                chunks=tuple(
                    Piece(ids[chunk], number, 0, len(text))
                    for number, text in enumerate(passages_of(context))
                    for chunk in chunks[text]
                ),
                sentences=tuple(
                    Piece(ids[sentence], 0, 0, len(claim)) for sentence in sentences[claim]
                ),
                capacity=self._capacity,
            )
            for context, claim in zip(contexts, claims, strict=True)
        ]
