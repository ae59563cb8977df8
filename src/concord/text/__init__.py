"""Strings in, spans and token ids out: sentences, chunks, tokenizer and padded batches."""

from concord.text.batches import TokenBatch, build_token_batch, fit_context, token_budget_batches
from concord.text.boundaries import Boundary, find_boundaries
from concord.text.chunks import Chunk, pack_chunks, split_long_sentences
from concord.text.sentences import SentenceSplitter, Span, split_sentences
from concord.text.tokenizer import PairTemplate, PairTokenizer, TokenIds, TokenizedText

__all__ = [
    "Boundary",
    "Chunk",
    "PairTemplate",
    "PairTokenizer",
    "SentenceSplitter",
    "Span",
    "TokenBatch",
    "TokenIds",
    "TokenizedText",
    "build_token_batch",
    "find_boundaries",
    "fit_context",
    "pack_chunks",
    "split_long_sentences",
    "split_sentences",
    "token_budget_batches",
]
