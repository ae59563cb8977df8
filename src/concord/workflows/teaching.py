"""A run's teachers: which of them have which task, and what they say of its training examples."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from accelerate import PartialState
from numpy.typing import NDArray

from concord.artifact import (
    CONFIG_FILE,
    TASKS_FOLDER,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    TasksSettings,
    find_model,
    is_alignment_model,
    load_config,
    sha256_of_file,
)
from concord.data.encoded import EncodedExamples, example_blocks
from concord.data.soft_targets import load_or_answer
from concord.data.sources import Split
from concord.data.task_rows import read_labelled
from concord.errors import ConfigError
from concord.model import TaskModel, build_alignment_task_model
from concord.tasks import AnyTask, load_tasks
from concord.tasks.alignment import Alignment
from concord.tasks.regression import Regression
from concord.text.tokenizer import PairTokenizer
from concord.training.losses.distillation import DistillationOptions
from concord.training.losses.teachers import MEANS, Teacher, answer_examples

_LAYOUT: Final = 2
_NO_ANSWER: Final[NDArray[np.float32]] = np.zeros(0, dtype=np.float32)
_BY_TOKEN: Final = ("token_cross_entropy", "span_cross_entropy")
"""Losses that compare answers token by token, for which tokens must be the same."""


class Teaching:
    """Teachers, opened when they are first asked.

    Args:
        options: Names the teachers.
        tokenizer: The student's.
        data_dir: What relative names of data start from.
        cache_folder: Holds what they said.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
    """

    def __init__(
        self,
        options: DistillationOptions,
        tokenizer: PairTokenizer,
        *,
        data_dir: Path | None,
        cache_folder: Path,
        max_batch_tokens: int,
    ) -> None:
        self._folders = [find_model(teacher) for teacher in options.teachers]
        self._tokenizer = tokenizer
        self._data_dir = data_dir
        self._cache_folder = cache_folder
        self._max_batch_tokens = max_batch_tokens
        self._models: dict[Path, TaskModel] = {}

    def teach(
        self,
        source: EncodedExamples,
        task: AnyTask,
        max_tokens: int,
        is_drawn: NDArray[np.bool_],
    ) -> EncodedExamples:
        """Return a task's examples with what its teachers say of them.

        Args:
            source: Its encoded examples.
            task: With its labels and its data.
            max_tokens: Longest sequence.
            is_drawn: Which of the examples the run will learn from; the others are not answered.

        Raises:
            ConfigError: If the task cannot be taught, or no teacher has it with the same labels.
            DataError: If a row cannot be read.
        """
        name = source.name
        if task.loss not in MEANS:
            raise ConfigError(
                f"distillation averages probabilities or numbers, and task {name!r} with its loss "
                f"{task.loss!r} gives neither; leave out [distillation] or the task"
            )
        teachers = self._teachers_of(name, task, max_tokens)
        digest = hashlib.blake2b(source.key.encode(), digest_size=8)
        for folder in teachers:
            digest.update(_digest(folder, name).encode())
        digest.update(json.dumps([_LAYOUT, name]).encode() + np.packbits(is_drawn).tobytes())

        def blocks() -> Iterator[tuple[Sequence[Any], NDArray[np.bool_]]]:
            start = 0
            for inputs, _ in example_blocks(
                task, read_labelled(task, Split.TRAIN, folder=self._data_dir)
            ):
                yield inputs, is_drawn[start : start + len(inputs)]
                start += len(inputs)

        def answer(
            block: tuple[Sequence[Any], NDArray[np.bool_]],
        ) -> list[NDArray[np.float32]]:
            inputs, asked = block
            if not asked.any():
                return [_NO_ANSWER] * len(inputs)
            answers = answer_examples(
                [Teacher(self._open(folder), rescaled) for folder, rescaled in teachers.items()],
                name,
                task,
                [each for each, is_asked in zip(inputs, asked, strict=True) if is_asked],
                max_tokens=max_tokens,
                max_batch_tokens=self._max_batch_tokens,
            )
            found = iter(answers)
            return [next(found) if is_asked else _NO_ANSWER for is_asked in asked]

        soft = load_or_answer(
            self._cache_folder / f"{name}-taught-{digest.hexdigest()}", blocks, answer
        )
        return replace(source, soft=soft)

    def _teachers_of(
        self, name: str, task: AnyTask, max_tokens: int
    ) -> dict[Path, tuple[float, float]]:
        """Return the folders of a task's teachers, and how their numbers are rescaled."""
        found = {}
        for folder in self._folders:
            theirs = _tasks_of(folder).get(name)
            if theirs is None:
                continue
            _check_alike(folder, name, theirs, task)
            if task.loss in _BY_TOKEN:
                self._check_tokens(folder, name, max_tokens)
            found[folder] = _rescaling(theirs, task)
        if not found:
            asked = ", ".join(str(folder) for folder in self._folders)
            raise ConfigError(
                f"no teacher has a task {name!r} ({asked}); name a model that was trained for it"
            )
        return found

    def _check_tokens(self, folder: Path, name: str, max_tokens: int) -> None:
        theirs = PairTokenizer.load(folder / TOKENIZER_FILE)
        window = TasksSettings.from_config(load_config(folder), source=str(folder)).max_tokens
        if theirs.fingerprint != self._tokenizer.fingerprint or window < max_tokens:
            raise ConfigError(
                f"teacher {folder} reads other tokens than the student, so task {name!r}, which "
                "is answered token by token, cannot be learned from it; name one with the same "
                f"tokenizer and a window of {max_tokens} tokens or more"
            )

    def _open(self, folder: Path) -> TaskModel:
        if folder not in self._models:
            is_alignment = is_alignment_model(folder)
            load = build_alignment_task_model if is_alignment else TaskModel.from_pretrained
            self._models[folder] = load(folder).to(PartialState().device).eval()
        return self._models[folder]


def _tasks_of(folder: Path) -> dict[str, AnyTask]:
    return {"alignment": Alignment()} if is_alignment_model(folder) else load_tasks(folder)


def _check_alike(folder: Path, name: str, theirs: AnyTask, task: AnyTask) -> None:
    """Refuse a teacher whose outputs mean something else than the student's."""
    for what, of in _MEANINGS.items():
        if of(theirs) != of(task):
            raise ConfigError(
                f"teacher {folder} has a task {name!r} with {what} {of(theirs)}, and the run's has "
                f"{of(task)}; train it with the same, or name another teacher"
            )


_MEANINGS: Final[Mapping[str, Callable[[AnyTask], Any]]] = {
    "the loss": lambda task: task.loss,
    "the labels": lambda task: getattr(task, "labels", None),
    "the number of outputs": lambda task: task.head.num_outputs,
    "the largest degree": lambda task: task.head.scale,
}


def _rescaling(theirs: AnyTask, task: AnyTask) -> tuple[float, float]:
    """Return how a teacher's standardised number becomes the student's."""
    if not (isinstance(theirs, Regression) and isinstance(task, Regression)):
        return 1.0, 0.0
    (their_center, their_scale), (center, scale) = theirs.standard(), task.standard()
    return their_scale / scale, (their_center - center) / scale


def _digest(folder: Path, name: str) -> str:
    """Return a digest of what a model answers to a task by."""
    files = [folder / file for file in (CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE)]
    files += sorted((folder / TASKS_FOLDER / name).glob("*"))
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.name}\0{sha256_of_file(file)}\n".encode())
    return found.hexdigest()
