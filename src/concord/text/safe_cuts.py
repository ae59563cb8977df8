"""Where a long text may be cut so that the tokens of its parts are those of the whole.

A cut is made in front of a lone blank between two other characters. Whether no token, no rule and
no normalization reaches across it is a matter of the tokenizer, so it is read off its definition;
one that is not known to be safe gets its texts whole.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tokenizers import Tokenizer

_LONE_BLANK: Final = re.compile(r"(?<=\S) (?=\S)")

# Blanks neither join with their neighbours nor change places with them in any of these.
_SAFE_NORMALIZERS: Final = frozenset({None, "BertNormalizer", "NFC"})
# These touch no offset; the others that we know do, and are looked at more closely.
_SAFE_PROCESSORS: Final = frozenset({None, "BertProcessing", "TemplateProcessing"})
_TRIMMING_PROCESSORS: Final = frozenset({"ByteLevel", "RobertaProcessing"})


def parts_of(text: str, least: int) -> Iterator[tuple[int, str]]:
    """Yield consecutive parts of a text and where they begin, each cut at the first safe place.

    Args:
        text: Any text; one without safe places is its own only part.
        least: The characters that each part but the last has at least.
    """
    start = 0
    while len(text) - start > least and (blank := _LONE_BLANK.search(text, start + least)):
        yield start, text[start : blank.start()]
        start = blank.start()
    yield start, text[start:] if start else text


def is_safe_to_cut(tokenizer: Tokenizer) -> bool:
    """Whether the parts that `parts_of` yields have the whole text's tokens and offsets.

    True where words are parted at blanks, as BERT does, or begin with the blank in front of them,
    as GPT-2 and RoBERTa have it. Not so where a text is given a blank to begin with, as
    SentencePiece does, since each part would get one.
    """
    normalizer, words = _definition(tokenizer.normalizer), _definition(tokenizer.pre_tokenizer)
    return (
        normalizer.get("type") in _SAFE_NORMALIZERS
        and _parts_words_at_blanks(words)
        and _keeps_offsets(_definition(tokenizer.post_processor))
        and not any(map(_reaches_over_blanks, tokenizer.get_added_tokens_decoder().values()))
    )


def _parts_words_at_blanks(words: Mapping[str, Any]) -> bool:
    if words.get("type") == "ByteLevel":
        return bool(words["use_regex"]) and not words["add_prefix_space"]
    return words.get("type") == "BertPreTokenizer"


def _keeps_offsets(processor: Mapping[str, Any]) -> bool:
    """Whether offsets are the same wherever in a text a token stands."""
    kind = processor.get("type")
    is_trimming = kind in _TRIMMING_PROCESSORS and not processor["add_prefix_space"]
    return is_trimming or kind in _SAFE_PROCESSORS


def _reaches_over_blanks(token: Any) -> bool:
    """Whether an added token may take in blanks from both sides of a cut, or next to it.

    Blanks in front of it lie on its own side of a cut, unless normalizing makes several of one.
    """
    return token.rstrip or " " in token.content or (token.lstrip and token.normalized)


def _definition(component: Any) -> Mapping[str, Any]:
    """Return how a part of a tokenizer would be written to its file; empty where it has none."""
    content: dict[str, Any] = {} if component is None else json.loads(component.__getstate__())
    return content
