"""Inputs of a context and a short text beside it, of which the context gives way."""

from collections.abc import Sequence

from concord.tasks.task import Encoding
from concord.text import PairTokenizer, fit_context
from concord.text.inputs import EncoderInput


def encode_with_contexts(
    pairs: Sequence[tuple[str, str]],
    tokenizer: PairTokenizer,
    max_tokens: int,
    *,
    keeps_end: bool = False,
) -> list[Encoding]:
    """Return a sequence for each pair; an over-long one loses the end of its context only.

    A second text that exceeds the window by itself is cut too.

    Args:
        pairs: Contexts, and the texts that stand beside them; equal texts are tokenized once.
        tokenizer: Turns texts into ids.
        max_tokens: The window, special tokens included.
        keeps_end: Whether such a second text loses its beginning rather than its end.
    """
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    ids = dict(zip(texts, tokenizer.token_ids(texts), strict=True))
    capacity = max(max_tokens - tokenizer.template.num_special_tokens, 0)
    encodings = []
    for context, text in pairs:
        first, second = ids[context], ids[text]
        lost = max(len(first) + len(second) - capacity, 0)
        first = first[: fit_context(len(first), len(second), capacity=capacity)]
        second = second[max(len(second) - capacity, 0) :] if keeps_end else second[:capacity]
        encodings.append(Encoding((EncoderInput(first, second),), num_lost=lost))
    return encodings
