"""Scoring with PyTorch, on a CPU or a GPU; needs the `train` extra."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.model.alignment_model import AlignmentModel
from concord.model.first_token import first_token_alone
from concord.model.task_model import TaskModel
from concord.scoring.backends.backend import Precision
from concord.text import TokenBatch


class TorchBackend:
    """Runs a model as it is, in memory; it need not be exported.

    Args:
        model: The model; moved to the device, and in evaluation mode from now on.
        precision: The number format to compute in; "auto" is bf16 on a GPU that has it natively
            and f32 elsewhere.
        device: A torch device such as "cpu" or "cuda:1".
        threads: CPU threads to use, a setting of the whole process; left alone unless given.

    Raises:
        ConfigError: If there is no such device, or it is to compute in int8.
    """

    def __init__(
        self,
        model: AlignmentModel,
        *,
        precision: Precision = Precision.AUTO,
        device: str = "cpu",
        threads: int | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            self.device = torch.device(device)
            self._model = model.to(self.device).eval()
        except (RuntimeError, AssertionError) as error:
            raise ConfigError(f"torch cannot use device {device!r}: {error}") from error
        self.precision = _resolve(precision, self.device)
        self.threads = torch.get_num_threads()

    @classmethod
    def load(cls, folder: Path, *, precision: Precision, device: str, threads: int | None) -> Self:
        """Load a model folder; the options are those of the class."""
        model = AlignmentModel.from_pretrained(folder)
        return cls(model, precision=precision, device=device, threads=threads)

    def __repr__(self) -> str:
        return f"torch on {self.device}, {self.precision}, {self.threads} threads"

    @property
    def num_streams(self) -> int:
        """One batch is computed at a time, on all threads."""
        return 1

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        """Yield joint logits in the order of `LOGIT_COLUMNS`, ``(pairs, 6)`` for each batch."""
        return map(self._batch_logits, batches)

    @torch.inference_mode()
    def _batch_logits(self, batch: TokenBatch) -> FloatArray:
        is_half = self.precision is Precision.BF16
        with (
            torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=is_half),
            first_token_alone(self._model.encoder),
        ):
            logits: Tensor = self._model(
                self._to_device(batch.input_ids),
                self._to_device(batch.attention_mask),
                self._to_device(batch.token_type_ids),
            )
        array: FloatArray = logits.float().cpu().numpy()
        return array

    def _to_device(self, array: np.typing.NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(array).to(self.device)


class TorchEncoder:
    """Gives the states of a model of tasks as it is in memory; it need not be exported.

    Args:
        model: The model; put in evaluation mode whenever it is asked.
        is_half: Whether to compute in bf16.
    """

    num_streams = 1

    def __init__(self, model: TaskModel, *, is_half: bool = False) -> None:
        self._model = model
        self._is_half = is_half

    def states(
        self, batches: Iterable[TokenBatch], task: str | None = None
    ) -> Iterator[FloatArray]:
        """Yield each batch's states, ``(sequences, tokens, layers * hidden)``, in order.

        Args:
            batches: What to read.
            task: Whose own adapter is on; none is unless given.
        """
        return (self._batch_states(batch, task) for batch in batches)

    @torch.inference_mode()
    def _batch_states(self, batch: TokenBatch, task: str | None) -> FloatArray:
        device = next(self._model.parameters()).device
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self._is_half):
            states: Tensor = self._model.eval().states(
                torch.from_numpy(batch.input_ids).to(device),
                torch.from_numpy(batch.attention_mask).to(device),
                torch.from_numpy(batch.token_type_ids).to(device),
                task=task,
            )
        array: FloatArray = states.float().cpu().numpy()
        return array


def _resolve(precision: Precision, device: torch.device) -> Precision:
    if precision is Precision.INT8:
        raise ConfigError("torch computes in f32 or bf16 here; int8 needs the openvino backend")
    if precision not in {Precision.AUTO, Precision.FAST}:
        return precision
    is_native = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return Precision.BF16 if is_native else Precision.F32
