"""Finds texts again that were seen before, word for word or nearly so.

Two texts are near duplicates if they share four fifths of their runs of five characters, in lower
case and without punctuation. MinHash signatures cut into bands (Broder, 1997; Leskovec et al.,
"Mining of Massive Datasets", chapter 3) propose candidates, and each is then compared in full.
So nothing is found by mistake, and of texts right at the bound one in some ten thousand is missed.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]

NEAR: Final = 0.8
"""The Jaccard similarity of two texts' shingles from which on they count as near duplicates."""
SHINGLE: Final = 5
"""Characters in a shingle: a changed word of a long sentence costs some ten of them."""
_BANDS: Final = 20
_BAND_ROWS: Final = 4
_LEAST_AGREEMENT: Final = 0.55  # of the hashes; 0.8 is expected at the bound, give or take 0.045
_BLOCK: Final = 4096  # texts whose shingles are in memory at a time
_WORD: Final = re.compile(r"\w+")
_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio, odd


def plain_text(text: str) -> str:
    """Return what is compared of a text: its words, without case, punctuation and odd blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded)) or folded.strip()


def similarity(first: str, second: str) -> float:
    """Return the Jaccard similarity of the shingles of two texts, in [0, 1]."""
    ours, theirs = _shingles(first), _shingles(second)
    return len(ours & theirs) / len(ours | theirs)


class TextIndex:
    """Distinct texts, as `plain_text` gives them, that others are looked up in.

    Args:
        texts: The texts; where one stands in this list is what it is found as.
        seed: Decides the hash functions, and so which near duplicates at the bound are missed.
    """

    def __init__(self, texts: Sequence[str], *, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self._texts = texts
        self._places = {text: place for place, text in enumerate(texts)}
        size = _BANDS * _BAND_ROWS
        self._factors = rng.integers(2**31, size=size, dtype=np.uint32) * np.uint32(2) + np.uint32(
            1
        )
        self._shifts = rng.integers(2**32, size=size, dtype=np.uint32)
        self._weights = rng.integers(2**63, size=_BAND_ROWS, dtype=np.uint64) * np.uint64(2)
        self._weights += np.uint64(1)
        keys, self._sketches = self._band_keys(texts)  # (bands, texts), (texts, hashes)
        self._order = np.argsort(keys, axis=1).astype(np.int32)
        self._keys = np.take_along_axis(keys, self._order, axis=1)

    def __len__(self) -> int:
        return len(self._texts)

    def place(self, text: str) -> int | None:
        """Return where a text stands word for word, or None."""
        return self._places.get(text)

    def find_near(self, texts: Sequence[str]) -> list[list[int]]:
        """Return, for each text, the places of its near duplicates; of itself too, if it is here.

        Args:
            texts: Texts as `plain_text` gives them.
        """
        found: list[list[int]] = [[] for _ in texts]
        for which, place in self._candidates(texts).tolist():
            text, other = texts[which], self._texts[place]
            if text == other or similarity(text, other) >= NEAR:
                found[which].append(place)
        return found

    def _candidates(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return which texts may be near duplicates of which places, shape ``(pairs, 2)``."""
        keys, sketches = self._band_keys(texts)
        proposed = []
        for own, order, wanted in zip(self._keys, self._order, keys, strict=True):
            first = np.searchsorted(own, wanted, side="left")
            counts = np.searchsorted(own, wanted, side="right") - first
            which = np.repeat(np.arange(len(texts)), counts)
            steps = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
            proposed.append(which * len(self) + order[np.repeat(first, counts) + steps])
        distinct = np.unique(np.concatenate(proposed))
        which, places = np.divmod(distinct, max(len(self), 1))
        is_likely = (sketches[which] == self._sketches[places]).mean(axis=1) >= _LEAST_AGREEMENT
        pairs: NDArray[np.int64] = np.stack([which, places], axis=1)[is_likely]
        return pairs

    def _band_keys(self, texts: Sequence[str]) -> tuple[Hashes, NDArray[np.uint8]]:
        """Return a number for each band of each text's signature, and the signatures' last bytes.

        Returns:
            Shapes ``(bands, texts)`` and ``(texts, hashes)``.
        """
        keys = np.empty((_BANDS, len(texts)), dtype=np.uint64)
        sketches = np.empty((len(texts), _BANDS * _BAND_ROWS), dtype=np.uint8)
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            part = slice(start, start + len(block))
            signatures = self._signatures(block)
            banded = signatures.reshape(_BANDS, _BAND_ROWS, len(block)).astype(np.uint64)
            keys[:, part] = (banded * self._weights[:, None]).sum(axis=1, dtype=np.uint64)
            sketches[part] = signatures.astype(np.uint8).T
        return keys, sketches

    def _signatures(self, texts: Sequence[str]) -> NDArray[np.uint32]:
        """Return the smallest of each text's shingles by each hash, ``(hashes, texts)``."""
        hashes, starts = _shingle_hashes(texts)
        signatures = np.empty((len(self._factors), len(texts)), dtype=np.uint32)
        for row, factor, shift in zip(signatures, self._factors, self._shifts, strict=True):
            np.minimum.reduceat(hashes * factor + shift, starts, out=row)
        return signatures


def _shingles(text: str) -> set[str]:
    padded = text.ljust(SHINGLE)
    return {padded[start : start + SHINGLE] for start in range(len(padded) - SHINGLE + 1)}


def _shingle_hashes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the hashes of all texts' shingles, text after text, and where each text's begin."""
    padded = [text.ljust(SHINGLE) for text in texts]
    joined = "".join(padded).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype="<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in padded])
    size = len(codes) - SHINGLE + 1
    hashes = np.zeros(size, dtype=np.uint64)
    for offset in range(SHINGLE):  # arithmetic modulo 2**64
        hashes = (hashes + codes[offset : offset + size]) * _MIXER
        hashes ^= hashes >> np.uint64(29)
    is_within = np.ones(len(codes), dtype=bool)
    for back in range(1, SHINGLE):  # these would run on into the next text
        is_within[np.cumsum(lengths) - back] = False
    starts = np.concatenate([[0], np.cumsum(lengths - SHINGLE + 1)[:-1]])
    return (hashes[is_within[:size]] >> np.uint64(32)).astype(np.uint32), starts
