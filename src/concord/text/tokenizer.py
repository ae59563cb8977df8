"""Texts to token ids, and two id sequences to one encoder input.

A text is tokenized once, without special tokens; pairs, and slices of long texts, are then put
together from ids. So a context's sentences need no second pass through the tokenizer.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from concord.errors import ArtifactError
from concord.text.safe_cuts import is_safe_to_cut, parts_of

TokenIds: TypeAlias = NDArray[np.int32]

PART_CHARACTERS: Final = 8192
"""A longer text is tokenized in parts of about this size, where that makes no difference."""
ENCODED_CHARACTERS: Final = 65_536
"""Text whose tokens the tokenizer holds in its own form, some 190 bytes for each character, before
we keep ids and offsets alone."""

_Encode: TypeAlias = Callable[[list[str]], list[Encoding]]
_Part: TypeAlias = tuple[int, int, str]  # its text's number, its first character, itself

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
        self._is_safe_to_cut = is_safe_to_cut(tokenizer)
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
    def cache_key(self) -> str:
        """What the ids of a text depend on; equal strings mean equal ids."""
        return self.fingerprint

    @property
    def vocabulary_size(self) -> int:
        """The number of token ids, added tokens included."""
        return self._tokenizer.get_vocab_size()

    def token_text(self, token: int) -> str:
        """Return what a token spells by itself; its name where it spells nothing."""
        text = self._tokenizer.decode([token], skip_special_tokens=False).strip()
        return text or self._tokenizer.id_to_token(token) or ""

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the ids of each text, without special tokens; nothing is cut off."""
        encode = partial(self._tokenizer.encode_batch_fast, add_special_tokens=False)
        parts: list[list[TokenIds]] = [[] for _ in texts]
        for number, _, encoding in self._encodings(texts, encode):
            parts[number].append(np.array(encoding.ids, dtype=np.int32))
        return [each[0] if len(each) == 1 else np.concatenate(each) for each in parts]

    def tokenize(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Return ids and character offsets of each text, without special tokens."""
        encode = partial(self._tokenizer.encode_batch, add_special_tokens=False)
        parts: list[list[TokenizedText]] = [[] for _ in texts]
        for number, start, encoding in self._encodings(texts, encode):
            parts[number].append(_with_offsets(encoding, start))
        return [_joined_texts(each) for each in parts]

    def _encodings(
        self, texts: Sequence[str], encode: _Encode
    ) -> Iterator[tuple[int, int, Encoding]]:
        """Yield each part's text, by its number, the part's first character and its tokens."""
        for group in _groups(self._parts(texts)):
            # Unnamed, so that these encodings are gone before the next are made.
            for (number, start, _), encoding in zip(
                group, encode([part for _, _, part in group]), strict=True
            ):
                yield number, start, encoding

    def _parts(self, texts: Sequence[str]) -> Iterator[_Part]:
        for number, text in enumerate(texts):
            cleaned = replace_lone_surrogates(text)
            if len(cleaned) > PART_CHARACTERS and self._is_safe_to_cut:
                for start, part in parts_of(cleaned, PART_CHARACTERS):
                    yield number, start, part
            else:
                yield number, 0, cleaned


def _groups(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Cut parts into lists that are bounded in characters; a huge one is a list of its own."""
    group: list[_Part] = []
    characters = 0
    for part in parts:
        if group and characters + len(part[2]) > ENCODED_CHARACTERS:
            yield group
            group, characters = [], 0
        group.append(part)
        characters += len(part[2])
    if group:
        yield group


def _with_offsets(encoding: Encoding, start: int) -> TokenizedText:
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    if start:
        offsets += start
    return TokenizedText(ids=np.array(encoding.ids, dtype=np.int32), offsets=offsets)


def _joined_texts(parts: Sequence[TokenizedText]) -> TokenizedText:
    if len(parts) == 1:
        return parts[0]
    offsets = np.concatenate([part.offsets for part in parts])
    return TokenizedText(ids=np.concatenate([part.ids for part in parts]), offsets=offsets)


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
