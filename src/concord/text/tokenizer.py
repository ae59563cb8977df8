"""Texts to token ids, and two id sequences to one encoder input.

A text is tokenized once, without special tokens; pairs, and slices of long texts, are then put
together from ids. So a context's sentences need no second pass through the tokenizer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from concord.errors import ArtifactError

TokenIds: TypeAlias = NDArray[np.int32]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def replace_lone_surrogates(text: str) -> str:
    """Put U+FFFD, the replacement character, where a lone surrogate stands; offsets stay."""
    return _LONE_SURROGATE.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The tokens of one text and where each comes from.

    Attributes:
        ids: Vocabulary indices, shape ``(tokens,)``.
        offsets: First and past-the-end character of each token, shape ``(tokens, 2)``.
    """

    ids: TokenIds
    offsets: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class PairTemplate:
    """The special tokens that a tokenizer puts around and between the two texts of a pair."""

    prefix: tuple[int, ...]
    separator: tuple[int, ...]
    suffix: tuple[int, ...]
    prefix_type: int
    context_type: int
    claim_type: int

    @property
    def num_special_tokens(self) -> int:
        """The number of tokens in a pair that belong to neither text."""
        return len(self.prefix) + len(self.separator) + len(self.suffix)


class PairTokenizer:
    """Turns texts into ids and knows how a pair of them is laid out for the encoder.

    Args:
        tokenizer: A fast tokenizer; its own padding and truncation are switched off.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.template = _find_template(tokenizer)
        self.pad_id = _find_token(tokenizer, "[PAD]", "<pad>")
        self.mask_id = _find_token(tokenizer, "[MASK]", "<mask>")

    @classmethod
    def load(cls, path: Path) -> "PairTokenizer":
        """Read a `tokenizer.json`.

        Raises:
            ArtifactError: If the file is absent or is not a tokenizer.
        """
        if not path.is_file():
            raise ArtifactError(f"{path} is missing; a model folder needs a fast tokenizer's file")
        try:
            return cls(Tokenizer.from_file(str(path)))
        except Exception as error:  # the tokenizers package raises bare Exception
            raise ArtifactError(f"{path} is not a tokenizer file: {error}") from error

    @property
    def fingerprint(self) -> str:
        """The tokenizer's complete definition; equal strings mean equal tokens."""
        return self._tokenizer.to_str()

    @property
    def vocabulary_size(self) -> int:
        """The number of token ids, added tokens included."""
        return self._tokenizer.get_vocab_size()

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the ids of each text, without special tokens; nothing is cut off."""
        cleaned = [replace_lone_surrogates(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(cleaned, add_special_tokens=False)
        return [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]

    def tokenize(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Return ids and character offsets of each text, without special tokens."""
        cleaned = [replace_lone_surrogates(text) for text in texts]
        encodings = self._tokenizer.encode_batch(cleaned, add_special_tokens=False)
        return [_with_offsets(encoding) for encoding in encodings]


def _with_offsets(encoding: Encoding) -> TokenizedText:
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    return TokenizedText(ids=np.array(encoding.ids, dtype=np.int32), offsets=offsets)


def _find_token(tokenizer: Tokenizer, *spellings: str) -> int:
    """Return the id of the first spelling that the vocabulary has, else 0."""
    ids = (tokenizer.token_to_id(spelling) for spelling in spellings)
    return next((found for found in ids if found is not None), 0)


def _find_template(tokenizer: Tokenizer) -> PairTemplate:
    """Read the layout of a pair off the encoding of a small one."""
    encoding = tokenizer.encode("a", "b")
    sides = encoding.sequence_ids
    first = [i for i, side in enumerate(sides) if side == 0]
    second = [i for i, side in enumerate(sides) if side == 1]
    ids, types = encoding.ids, encoding.type_ids
    return PairTemplate(
        prefix=tuple(ids[: first[0]]),
        separator=tuple(ids[first[-1] + 1 : second[0]]),
        suffix=tuple(ids[second[-1] + 1 :]),
        prefix_type=types[0],
        context_type=types[first[0]],
        claim_type=types[second[0]],
    )


def count_tokens(texts: Iterable[TokenIds]) -> NDArray[np.int64]:
    """Return the number of tokens of each text, shape ``(texts,)``."""
    return np.fromiter((len(ids) for ids in texts), dtype=np.int64)
