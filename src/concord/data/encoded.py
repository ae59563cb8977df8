"""A task's training examples as token ids on disk, read back through memory maps.

An example is one or more encoder sequences, each of one or two texts, and a target vector. The
cache is keyed by what it holds, so it can never be stale.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from concord.data.arrays import GrowingArray, load_arrays, write_arrays
from concord.data.soft_targets import SoftTargets
from concord.data.task_rows import LabelledInput
from concord.errors import ConfigError
from concord.tasks import AnyTask, Encoding
from concord.text.inputs import EncoderInput
from concord.text.tokenizer import PairTemplate, PairTokenizer

Rows = Callable[[], Iterable[LabelledInput]]
_LAYOUT: Final = 1
_ROWS_AT_ONCE: Final = 1024
_SINGLE: Final = -1
_ARRAYS: Final[Mapping[str, str]] = {
    "token_ids": "<i4",
    "sequence_starts": "<i8",
    "second_starts": "<i4",
    "example_starts": "<i8",
    "targets": "<f4",
    "target_starts": "<i8",
    "num_lost": "<i4",
}
"""The arrays of `EncodedExamples` as they are on disk, with their number formats."""


@dataclass(frozen=True, slots=True)
class EncodedExamples:
    """Examples of one task as token ids.

    Attributes:
        name: The task's.
        token_ids: The ids of all sequences, end to end, without special tokens.
        sequence_starts: Where each sequence starts in `token_ids`, with the end.
        second_starts: Where a sequence's second text starts within it; -1 for single texts.
        example_starts: The first sequence of each example, with the end.
        targets: All target vectors, end to end.
        target_starts: Where each example's target starts, with the end.
        num_lost: Tokens of each example that did not fit into the window.
        key: A digest of the task, its rows, the tokenizer and the window.
        soft: What teachers say of each example; None where there is none.
    """

    name: str
    token_ids: NDArray[np.int32]
    sequence_starts: NDArray[np.int64]
    second_starts: NDArray[np.int32]
    example_starts: NDArray[np.int64]
    targets: NDArray[np.float32]
    target_starts: NDArray[np.int64]
    num_lost: NDArray[np.int32]
    key: str = ""
    soft: SoftTargets | None = None

    def __len__(self) -> int:
        return len(self.example_starts) - 1

    @property
    def num_sequences(self) -> NDArray[np.int64]:
        """How many sequences each example has, shape ``(examples,)``."""
        return np.diff(self.example_starts)

    def lengths(self, template: PairTemplate) -> NDArray[np.int64]:
        """Return the tokens of each example's longest sequence, special tokens included."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        longest: NDArray[np.int64] = np.maximum.reduceat(
            self._sequence_lengths(template), self.example_starts[:-1]
        )
        return longest

    def tokens(self, template: PairTemplate) -> NDArray[np.int64]:
        """Return the tokens of each example's sequences together, special tokens included."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        total: NDArray[np.int64] = np.add.reduceat(
            self._sequence_lengths(template), self.example_starts[:-1]
        )
        return total

    def sequences(self, index: int) -> list[EncoderInput]:
        """Return the sequences of one example."""
        return [
            self._sequence(place)
            for place in range(self.example_starts[index], self.example_starts[index + 1])
        ]

    def target(self, index: int) -> NDArray[np.float32]:
        """Return the target of one example."""
        return self.targets[self.target_starts[index] : self.target_starts[index + 1]]

    def soft_target(self, index: int) -> NDArray[np.float32] | None:
        """Return what teachers say of one example."""
        return None if self.soft is None else self.soft.of(index)

    def _sequence_lengths(self, template: PairTemplate) -> NDArray[np.int64]:
        special = len(template.prefix) + len(template.suffix)
        separators = np.where(self.second_starts == _SINGLE, 0, len(template.separator))
        lengths: NDArray[np.int64] = np.diff(self.sequence_starts) + special + separators
        return lengths

    def _sequence(self, place: int) -> EncoderInput:
        ids = self.token_ids[self.sequence_starts[place] : self.sequence_starts[place + 1]]
        second = int(self.second_starts[place])
        return EncoderInput(ids) if second == _SINGLE else EncoderInput(ids[:second], ids[second:])


def survey(task: AnyTask, rows: Rows) -> tuple[AnyTask, str]:
    """Read a task's training data once: what they tell of the task, and a digest of them.

    Raises:
        ConfigError: If there is no labelled row.
    """
    digest = hashlib.blake2b(digest_size=8)
    count = 0

    def golds() -> Iterator[Any]:
        nonlocal count
        for labelled in rows():
            count += 1
            record = json.dumps([labelled.input, labelled.gold], default=str)
            digest.update(record.encode())
            yield labelled.gold

    stream = golds()
    learned = task.learned(stream)
    for _ in stream:  # what the task did not ask for counts in the digest too
        pass
    if not count:
        raise ConfigError("the training data hold no labelled row")
    return learned, digest.hexdigest()


def load_or_encode(
    name: str,
    task: AnyTask,
    rows: Rows,
    tokenizer: PairTokenizer,
    *,
    max_tokens: int,
    rows_digest: str,
    cache_folder: Path,
) -> EncodedExamples:
    """Return a task's examples from the cache, after filling it if need be.

    Args:
        name: The task's; the start of the cache folder's name.
        task: With its labels.
        rows: Called for a fresh pass over the rows, when the cache has not these.
        tokenizer: Turns texts into ids.
        max_tokens: Longest sequence, special tokens included.
        rows_digest: What `survey` found.
        cache_folder: Holds one folder for each key.
    """
    digest = hashlib.blake2b(tokenizer.cache_key.encode(), digest_size=8)
    digest.update(json.dumps([_LAYOUT, task.to_saved(), max_tokens, rows_digest]).encode())
    folder = cache_folder / f"{name}-{digest.hexdigest()}"
    if not folder.is_dir():
        write_arrays(
            folder, _ARRAYS, lambda arrays: _encode(task, rows(), tokenizer, max_tokens, arrays)
        )
    arrays: Mapping[str, Any] = load_arrays(folder)
    return EncodedExamples(name=name, key=digest.hexdigest(), **arrays)


def example_blocks(task: AnyTask, rows: Iterable[LabelledInput]) -> Iterator[tuple[Any, Any]]:
    """Yield the inputs and gold answers that a task learns from, block by block in their order."""
    stream = iter(rows)
    while block := list(islice(stream, _ROWS_AT_ONCE)):
        yield task.training_examples(
            [labelled.input for labelled in block], [labelled.gold for labelled in block]
        )


def _encode(
    task: AnyTask,
    rows: Iterable[LabelledInput],
    tokenizer: PairTokenizer,
    max_tokens: int,
    arrays: Mapping[str, GrowingArray],
) -> None:
    ends = _Ends(arrays)
    for inputs, golds in example_blocks(task, rows):
        encodings = task.encode(inputs, tokenizer, max_tokens)
        targets = [
            task.target(encoding, gold) for encoding, gold in zip(encodings, golds, strict=True)
        ]
        ends.extend(encodings, targets)


class _Ends:
    """Appends examples to the arrays and remembers where each of them ends."""

    def __init__(self, arrays: Mapping[str, GrowingArray]) -> None:
        self._arrays = arrays
        self._tokens = self._sequences = self._targets = 0
        for name in ("sequence_starts", "example_starts", "target_starts"):
            arrays[name].extend([0])

    def extend(self, encodings: Sequence[Encoding], targets: Sequence[NDArray[np.float32]]) -> None:
        sequences = [sequence for encoding in encodings for sequence in encoding.sequences]
        texts = [_texts_of(sequence) for sequence in sequences]
        lengths = [sum(map(len, parts)) for parts in texts]
        arrays = self._arrays
        arrays["token_ids"].extend(np.concatenate([part for parts in texts for part in parts]))
        arrays["second_starts"].extend(
            [_SINGLE if len(parts) == 1 else len(parts[0]) for parts in texts]
        )
        arrays["targets"].extend(np.concatenate(targets))
        arrays["num_lost"].extend([encoding.num_lost for encoding in encodings])
        self._tokens = self._end("sequence_starts", self._tokens, lengths)
        counts = [len(encoding.sequences) for encoding in encodings]
        self._sequences = self._end("example_starts", self._sequences, counts)
        self._targets = self._end("target_starts", self._targets, [len(each) for each in targets])

    def _end(self, name: str, start: int, sizes: Sequence[int]) -> int:
        ends = start + np.cumsum(sizes, dtype=np.int64)
        self._arrays[name].extend(ends)
        return int(ends[-1])


def _texts_of(sequence: EncoderInput) -> list[NDArray[np.int32]]:
    return [sequence.first] if sequence.second is None else [sequence.first, sequence.second]
