"""Predictions of a model of several tasks: each text is read once, whatever is asked of it."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import tee
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

import numpy as np

from concord.artifact import (
    CONFIG_FILE,
    TOKENIZER_FILE,
    TasksSettings,
    find_model,
    load_config,
)
from concord.errors import ArtifactError, ConfigError, InputError
from concord.registry import did_you_mean
from concord.scoring.backends import Precision
from concord.scoring.backends.states import OpenVinoEncoder, StateEncoder
from concord.scoring.word_vectors import WordVectors
from concord.tasks import AnyTask, Encoding, load_head_weights, load_tasks
from concord.tasks.adapters import load_adapter
from concord.tasks.heads import FloatArray, NumpyHead, build_numpy_head
from concord.text import PairTokenizer, TokenBatch, token_budget_batches
from concord.text.inputs import EncoderInput, build_input_batch
from concord.text.tagged_tokenizer import load_tokenizer

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of inputs done and of all."""

_WINDOW: Final = 4096
"""Inputs held at once: enough to put those of like length together."""
_logger = logging.getLogger(__name__)


class TaskPredictor:
    """Answers for the tasks of one model.

    Args:
        encoder: What computes states.
        tokenizer: The model's tokenizer.
        settings: The model's window and layers.
        tasks: By name.
        heads: Of the same names.
        adapted: Those that read the encoder through an adapter of their own.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
    """

    def __init__(
        self,
        encoder: StateEncoder,
        tokenizer: PairTokenizer,
        settings: TasksSettings,
        tasks: Mapping[str, AnyTask],
        heads: Mapping[str, NumpyHead],
        *,
        adapted: Collection[str] = (),
        max_batch_tokens: int = 1024,
    ) -> None:
        self.tasks = dict(tasks)
        self.settings = settings
        self.num_read = 0
        """Sequences that the encoder has read so far."""
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._heads = heads
        self._adapted = frozenset(adapted)
        self._max_batch_tokens = max_batch_tokens

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path,
        *,
        precision: str | Precision = Precision.AUTO,
        threads: int | None = None,
        max_batch_tokens: int = 1024,
    ) -> Self:
        """Open a model that `concord finetune` made: a folder, or a hub id "owner/name".

        Args:
            model: The model.
            precision: "auto", "f32" or "bf16".
            threads: CPU threads to use; all cores unless given.
            max_batch_tokens: Bound on a batch's sequences times its longest one.

        Raises:
            ArtifactError: If the folder is not a complete model of tasks.
        """
        folder = find_model(model)
        settings = TasksSettings.from_config(load_config(folder), source=str(folder / CONFIG_FILE))
        tasks = load_tasks(folder)
        size, embedding = settings.hidden_size, cache(partial(_word_embedding, folder))
        heads = {
            name: build_numpy_head(task.head, load_head_weights(folder, name), size, embedding)
            for name, task in tasks.items()
        }
        found = {name: load_adapter(folder, name) for name in tasks}
        adapters = {name: adapter for name, adapter in found.items() if adapter is not None}
        return cls(
            OpenVinoEncoder(
                folder, precision=Precision(precision), threads=threads, adapters=adapters
            ),
            load_tokenizer(folder / TOKENIZER_FILE, settings.spacy_model),
            settings,
            tasks,
            heads,
            adapted=adapters,
            max_batch_tokens=max_batch_tokens,
        )

    def __repr__(self) -> str:
        return f"TaskPredictor({', '.join(self.tasks)}; {self._encoder!r})"

    def predict(
        self, task: str, inputs: Sequence[Any], *, progress: Progress | None = None
    ) -> list[Any]:
        """Return a task's answer to each input.

        Args:
            task: Its name in the model.
            inputs: In the form that the task's family reads: texts for most.
            progress: Called now and then.

        Raises:
            ConfigError: If the model has no such task.
            InputError: If an input has not that form; it names the input's place.
        """
        return self.predict_together({task: inputs}, progress=progress)[task]

    def predict_together(
        self, inputs: Mapping[str, Sequence[Any]], *, progress: Progress | None = None
    ) -> dict[str, list[Any]]:
        """Return several tasks' answers; a sequence that several ask about is read once.

        Args:
            inputs: By task, what it is asked; as in `predict`.
            progress: Called now and then.
        """
        parsed = {name: self._parse(name, values) for name, values in inputs.items()}
        return self.answer_together(parsed, progress=progress)

    def answer_together(
        self, inputs: Mapping[str, Sequence[Any]], *, progress: Progress | None = None
    ) -> dict[str, list[Any]]:
        """Return what `predict_together` does, of inputs that a task has read from its rows.

        Args:
            inputs: By task, inputs of its family's own type.
            progress: Called now and then.
        """
        answers: dict[str, list[Any]] = {name: [] for name in inputs}
        total = sum(map(len, inputs.values()))
        longest = max(map(len, inputs.values()), default=0)
        for start in range(0, longest, _WINDOW):
            window = {name: values[start : start + _WINDOW] for name, values in inputs.items()}
            for name, found in self._predict_window(window).items():
                answers[name].extend(found)
            if progress is not None:
                progress(sum(map(len, answers.values())), total)
        return answers

    def task(self, name: str) -> AnyTask:
        """Return a task by name.

        Raises:
            ConfigError: If the model has no such task.
        """
        if name not in self.tasks:
            known = tuple(self.tasks)
            raise ConfigError(
                f"the model has no task {name!r}{did_you_mean(name, known)} "
                f"(it has {', '.join(known) or 'none'})"
            )
        return self.tasks[name]

    def _parse(self, name: str, values: Sequence[Any]) -> list[Any]:
        task = self.task(name)
        if isinstance(values, str):
            raise InputError(f"task {name!r} takes a list of inputs, found one text; write [text]")
        parsed = []
        for place, value in enumerate(values):
            try:
                parsed.append(task.parse_input(value))
            except InputError as error:
                raise InputError(f"input {place} of task {name!r}: {error}") from None
        return parsed

    def _predict_window(self, inputs: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        encodings = {
            name: self.tasks[name].encode(values, self._tokenizer, self.settings.max_tokens)
            for name, values in inputs.items()
        }
        self._warn_of_losses(encodings)
        outputs = self._outputs(encodings)
        return {
            name: [
                self.tasks[name].decode(encoding, self._heads[name].join(own))
                for encoding, own in zip(encodings[name], outputs[name], strict=True)
            ]
            for name in inputs
        }

    def _warn_of_losses(self, encodings: Mapping[str, Sequence[Encoding]]) -> None:
        for name, each in encodings.items():
            num_cut = sum(encoding.num_lost > 0 for encoding in each)
            if num_cut:
                _logger.warning(
                    "task %r: %d of %d inputs exceed the window of %d tokens; their ends were "
                    "not read",
                    name,
                    num_cut,
                    len(each),
                    self.settings.max_tokens,
                )

    def _outputs(
        self, encodings: Mapping[str, Sequence[Encoding]]
    ) -> dict[str, list[list[FloatArray]]]:
        """Return each task's outputs for each sequence of each input."""
        shared = {name: each for name, each in encodings.items() if name not in self._adapted}
        outputs = self._outputs_of_reading(None, shared)
        for name, each in encodings.items():
            if name in self._adapted:
                outputs |= self._outputs_of_reading(name, {name: each})
        return outputs

    def _outputs_of_reading(
        self, adapter: str | None, encodings: Mapping[str, Sequence[Encoding]]
    ) -> dict[str, list[list[FloatArray]]]:
        """Return the outputs of tasks that read through one adapter, or through none."""
        readers = _Readers()
        outputs: dict[str, list[list[FloatArray]]] = {}
        for name, each in encodings.items():
            outputs[name] = [
                [np.zeros(0, dtype=np.float32)] * len(encoding.sequences) for encoding in each
            ]
            for encoding, own in zip(each, outputs[name], strict=True):
                for place, sequence in enumerate(encoding.sequences):
                    readers.add(sequence, name, own, place)
        for rows, batch, states in self._read(readers.sequences, adapter):
            for name in encodings:
                readers.hand_out(name, self._heads[name], rows, batch, states)
        return outputs

    def _read(
        self, sequences: Sequence[EncoderInput], adapter: str | None
    ) -> Iterator[tuple[list[int], TokenBatch, FloatArray]]:
        """Yield batches of sequences of like length with their states."""
        template, pad_id = self._tokenizer.template, self._tokenizer.pad_id
        lengths = np.array([each.num_tokens(template) for each in sequences], dtype=np.int64)
        order = np.argsort(-lengths, kind="stable")
        cut = token_budget_batches(lengths, order, max_batch_tokens=self._max_batch_tokens)
        groups = [rows.tolist() for rows in cut]
        batches, ahead = tee(
            build_input_batch([sequences[row] for row in rows], template, pad_id) for rows in groups
        )
        self.num_read += len(sequences)
        states = self._encoder.states(ahead, adapter)
        yield from zip(groups, batches, states, strict=True)


def _word_embedding(folder: Path) -> FloatArray:
    vectors = WordVectors.load(folder)
    if vectors is None:
        raise ArtifactError(f"{folder} has no input embedding in its weights; save the model anew")
    return vectors.matrix()


class _Readers:
    """Who wants which distinct sequence, and where the outputs are to go."""

    def __init__(self) -> None:
        self.sequences: list[EncoderInput] = []
        self._numbers: dict[tuple[bytes, bytes | None], int] = {}
        self._targets: list[dict[str, list[tuple[list[FloatArray], int]]]] = []

    def add(self, sequence: EncoderInput, name: str, outputs: list[FloatArray], place: int) -> None:
        second = None if sequence.second is None else sequence.second.tobytes()
        number = self._numbers.setdefault((sequence.first.tobytes(), second), len(self.sequences))
        if number == len(self.sequences):
            self.sequences.append(sequence)
            self._targets.append({})
        self._targets[number].setdefault(name, []).append((outputs, place))

    def hand_out(
        self,
        name: str,
        head: NumpyHead,
        numbers: Sequence[int],
        batch: TokenBatch,
        states: FloatArray,
    ) -> None:
        """Let a head read those of a batch's sequences that its task asked for."""
        rows = [row for row, number in enumerate(numbers) if name in self._targets[number]]
        if not rows:
            return
        own = TokenBatch(
            batch.input_ids[rows], batch.attention_mask[rows], batch.token_type_ids[rows]
        )
        for row, found in zip(rows, head.read(states[rows], own), strict=True):
            for outputs, place in self._targets[numbers[row]][name]:
                outputs[place] = found
