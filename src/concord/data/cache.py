"""Examples tokenized once and kept on disk, read back through memory maps.

The cache is keyed by what it holds, the examples themselves and the tokenizer, so it can never
be stale: a changed file, recipe or tokenizer gives another key. An example's provenance is not
kept: nothing that reads the cache asks for it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.alignment import AlignmentExample, Head
from concord.data.arrays import GrowingArray, load_arrays, write_arrays
from concord.text.tokenizer import PairTokenizer, TokenIds

ExampleSource = Callable[[], Iterable[AlignmentExample]]
_HEADS = tuple(Head)
_LAYOUT = 1
_EXAMPLES_AT_ONCE = 4096
_TEXTS_REMEMBERED = 2**16
_ARRAYS: Final[Mapping[str, str]] = {
    "token_ids": "<i4",
    "text_starts": "<i8",
    "context": "<i4",
    "claim": "<i4",
    "head": "|i1",
    "target": "<f4",
}
"""The arrays of `TokenizedExamples` as they are on disk, with their number formats."""


@dataclass(frozen=True, slots=True)
class TokenizedExamples:
    """Examples of one data set as token ids; a text that recurs soon is stored once.

    Attributes:
        name: The recipe's name.
        token_ids: The ids of all texts, end to end.
        text_starts: Where each text starts in `token_ids`, with the end, shape ``(texts + 1,)``.
        context: Index of each example's context among the texts, shape ``(examples,)``.
        claim: Index of each example's claim among the texts, shape ``(examples,)``.
        head: Index of each example's head in the order of `Head`, shape ``(examples,)``.
        target: What the head should give, shape ``(examples,)``.
    """

    name: str
    token_ids: NDArray[np.int32]
    text_starts: NDArray[np.int64]
    context: NDArray[np.int32]
    claim: NDArray[np.int32]
    head: NDArray[np.int8]
    target: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.target)

    @property
    def text_lengths(self) -> NDArray[np.int64]:
        """Tokens of each text, shape ``(texts,)``."""
        return np.diff(self.text_starts)

    def text(self, index: int) -> TokenIds:
        """Return the ids of one text."""
        return self.token_ids[self.text_starts[index] : self.text_starts[index + 1]]

    def target_counts(self) -> dict[str, int]:
        """Count the examples by head and label; regression targets count together."""
        counts: Counter[str] = Counter()
        for head_index, target in zip(self.head.tolist(), self.target.tolist(), strict=True):
            head = _HEADS[head_index]
            label = "graded" if head is Head.REGRESSION else head.label_names[int(target)]
            counts[f"{head.value}/{label}"] += 1
        return dict(counts)


def load_or_tokenize(
    name: str,
    examples: ExampleSource,
    tokenizer: PairTokenizer,
    cache_folder: Path,
) -> TokenizedExamples:
    """Return tokenized examples from the cache, after filling it if need be.

    Args:
        name: The recipe's name; the start of the cache folder's name.
        examples: Called for a fresh pass over the examples, twice when the cache is empty.
        tokenizer: Turns texts into ids.
        cache_folder: Holds one folder for each key.
    """
    folder = cache_folder / f"{name}-{_compute_key(examples(), tokenizer)}"
    if not folder.is_dir():
        write_arrays(folder, _ARRAYS, lambda arrays: _tokenize(examples(), tokenizer, arrays))
    return TokenizedExamples(name=name, **load_arrays(folder))


def _compute_key(examples: Iterable[AlignmentExample], tokenizer: PairTokenizer) -> str:
    digest = hashlib.blake2b(tokenizer.fingerprint.encode(), digest_size=8)
    digest.update(bytes([_LAYOUT]))
    for example in examples:
        record = (example.context, example.claim, example.head, example.target)
        digest.update(json.dumps(record).encode())
    return digest.hexdigest()


def _tokenize(
    examples: Iterable[AlignmentExample],
    tokenizer: PairTokenizer,
    arrays: Mapping[str, GrowingArray],
) -> None:
    texts = _TextNumbers()
    end = 0
    arrays["text_starts"].extend([end])
    for chunk in _in_chunks(examples):
        numbers = [(texts.number(each.context), texts.number(each.claim)) for each in chunk]
        arrays["context"].extend([context for context, _ in numbers])
        arrays["claim"].extend([claim for _, claim in numbers])
        arrays["head"].extend([_HEADS.index(example.head) for example in chunk])
        arrays["target"].extend([example.target for example in chunk])
        ids = tokenizer.token_ids(texts.take_new())
        ends = end + np.cumsum([len(text) for text in ids], dtype=np.int64)
        if ids:
            arrays["token_ids"].extend(np.concatenate(ids))
            arrays["text_starts"].extend(ends)
            end = int(ends[-1])


class _TextNumbers:
    """Numbers texts; one that was seen not long ago keeps its number.

    A digest stands for a text, and the oldest are forgotten, so that memory stays flat. The
    examples of one passage lie close together in every data set.
    """

    def __init__(self) -> None:
        self._number_of: dict[bytes, int] = {}
        self._next = 0
        self._new: list[str] = []

    def number(self, text: str) -> int:
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        number = self._number_of.get(key)
        if number is None:
            number = self._number_of[key] = self._next
            self._next += 1
            self._new.append(text)
            if len(self._number_of) > _TEXTS_REMEMBERED:
                del self._number_of[next(iter(self._number_of))]
        return number

    def take_new(self) -> list[str]:
        """Return the texts numbered since the last call, in the order of their numbers."""
        new, self._new = self._new, []
        return new


def _in_chunks(examples: Iterable[AlignmentExample]) -> Iterator[list[AlignmentExample]]:
    stream = iter(examples)
    while chunk := list(islice(stream, _EXAMPLES_AT_ONCE)):
        yield chunk
