"""What memory a run will take, told before it starts.

What autograd keeps is counted in one forward pass (`concord.training.kept_tensors`); weights,
gradients and the optimiser's state follow from the weights that learn. With AdamW and bfloat16 that
is 18 bytes for each of them: 4 for the weight, 4 for the gradient, 8 for two averages, and 2 for
the copy that is multiplied with.

On a GPU the allocator gives to one phase of a step what another has freed, so the peak is that of
the larger phase. The C library's heap hardly does, as the sizes differ: on a CPU what the phases
take adds up. Libraries, data and the weights as read are measured there rather than estimated.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import torch
from torch import nn

from concord.process import memory_mb
from concord.training.kept_tensors import KeptTensors, count_kept_tensors
from concord.training.memory import bound_kernel_cache, release_free_memory
from concord.training.objective import Objective
from concord.training.options import TrainerOptions

BatchT = TypeVar("BatchT")

_MB: Final = 1_000_000
_KERNELS: Final = 50 * _MB
"""What oneDNN's kernels, autograd and the optimiser's code take in a CPU's first steps: 51 MB were
measured on all-MiniLM-L6-v2, with every tensor mapped by itself."""
_BLOCK: Final = 256  # numbers that share a scale in bitsandbytes' state
_SMALLEST_8BIT: Final = 4096  # smaller tensors keep 32 bits there


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEstimate:
    """The bytes of a run by what they hold, at its peak.

    Attributes:
        libraries: The process, its data and kernels; 0 on a GPU, where they are not counted.
        parameters: All weights, the frozen ones too.
        gradients: Of the weights that learn.
        optimizer: What the optimiser keeps between steps.
        copies: Averages of the weights, and gradients in other places (several devices, PCGrad).
        casts: Weights in the precision of autocast.
        activations: What is kept of a micro-batch for the way back.
        workspace: What a step holds for a moment besides.
        peak: The most that is held at once; less than the sum where phases share their memory.
        learned: Parameters that learn.
        device: Where the model computes: "cpu", "cuda", ...
    """

    libraries: int
    parameters: int
    gradients: int
    optimizer: int
    copies: int
    casts: int
    activations: int
    workspace: int
    peak: int
    learned: int
    device: str

    @property
    def peak_mb(self) -> float:
        """The peak in megabytes."""
        return self.peak / _MB

    @property
    def bytes_per_parameter(self) -> float:
        """Bytes that each parameter that learns takes, activations left out."""
        fixed = self.gradients + self.optimizer + self.casts
        return 4 + fixed / max(self.learned, 1)

    def parts_mb(self) -> dict[str, float]:
        """Return the parts by name, in megabytes."""
        names = (
            "libraries",
            "parameters",
            "gradients",
            "optimizer",
            "copies",
            "casts",
            "activations",
            "workspace",
        )
        return {name: getattr(self, name) / _MB for name in names}


def estimate_memory(
    model: nn.Module,
    batch: BatchT,
    objective: Objective[BatchT],
    options: TrainerOptions,
    *,
    num_processes: int = 1,
) -> MemoryEstimate:
    """Estimate the peak of a run by one forward pass over its largest micro-batch.

    Nothing is changed: the random numbers are put back, and the model's mode too.

    Args:
        model: As it will be trained, on its device, and not yet given to a trainer.
        batch: The largest micro-batch, on the same device.
        objective: The run's loss.
        options: How it is trained.
        num_processes: Processes that train together; the estimate is of one of them.
    """
    bound_kernel_cache()
    weights = [*model.parameters(), *model.buffers()]
    device = weights[0].device
    kept = _count(model, batch, objective, options, device)
    learned = [each for each in model.parameters() if each.requires_grad]
    gradients = sum(each.nbytes for each in learned)
    sizes = _Sizes(
        libraries=_measure_libraries(weights) if device.type == "cpu" else 0,
        parameters=sum(each.nbytes for each in weights),
        gradients=gradients,
        optimizer=optimizer_bytes(options.optimizer.name, learned),
        copies=_bytes_of_copies(options, gradients, len(objective.parts), num_processes),
    )
    return _put_together(sizes, kept, options, learned, device.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """What follows from the weights alone, in bytes; named as in `MemoryEstimate`."""

    libraries: int
    parameters: int
    gradients: int
    optimizer: int
    copies: int


def _put_together(
    sizes: _Sizes,
    kept: KeptTensors,
    options: TrainerOptions,
    learned: Sequence[nn.Parameter],
    device: str,
) -> MemoryEstimate:
    is_recomputed = options.gradient_checkpointing
    activations = kept.activations(is_recomputed=is_recomputed)
    casts = kept.casts_at_once(is_recomputed=is_recomputed)
    update = update_bytes(options.optimizer.name, learned, device)
    if options.optimizer.name == "sophia_h":  # the way back is kept too, to be gone once more
        activations *= 2
    if device == "cpu":
        # The way back makes a gradient of what is kept, a layer at a time. A layer that is computed
        # again has been computed on the way there, and left gaps between the inputs that are kept.
        workspace = (2 if is_recomputed else 1) * max((kept.largest, *kept.layers))
        at_once = sizes.gradients + casts + activations + max(workspace, update)
    else:
        workspace = 2 * kept.largest
        back = max(kept.on_the_way_back(is_recomputed=is_recomputed), casts + activations)
        waiting = sizes.gradients if options.accumulation_steps > 1 else 0
        at_once = max(waiting + back + workspace, sizes.gradients + update)
    resident = sizes.libraries + sizes.parameters + sizes.optimizer + sizes.copies
    return MemoryEstimate(
        libraries=sizes.libraries,
        parameters=sizes.parameters,
        gradients=sizes.gradients,
        optimizer=sizes.optimizer,
        copies=sizes.copies,
        casts=casts,
        activations=activations,
        workspace=max(workspace, update),
        peak=resident + at_once,
        learned=sum(each.numel() for each in learned),
        device=device,
    )


def _count(
    model: nn.Module,
    batch: BatchT,
    objective: Objective[BatchT],
    options: TrainerOptions,
    device: torch.device,
) -> KeptTensors:
    counts = objective.count([batch])
    is_training = model.training
    model.train()
    is_cast = options.mixed_precision == "bf16"

    def loss() -> object:
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_cast):
            return objective.losses(model, batch, counts)

    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            return count_kept_tensors(model, loss)
    finally:
        model.train(is_training)


def _measure_libraries(weights: Sequence[torch.Tensor]) -> int:
    """Return what the process holds besides the weights, and what it will add to that."""
    for weight in weights:
        weight.detach().sum()  # a weight that is mapped from its file is not held before it is read
    release_free_memory()
    held = round(memory_mb() * _MB) - sum(each.nbytes for each in weights)
    return max(held, 0) + _KERNELS


def _bytes_of_copies(
    options: TrainerOptions, gradients: int, num_parts: int, num_processes: int
) -> int:
    """Return what is held in whole copies of the weights that learn."""
    copies = 0
    if options.averaging is not None:
        copies += 1 if options.averaging.kind == "ema" else options.averaging.last
    if options.gradients == "pcgrad":
        copies += num_parts
    elif num_processes > 1:
        copies += 1  # gradients are sent from buckets
    return copies * gradients


def optimizer_bytes(name: str, learned: Sequence[nn.Parameter]) -> int:
    """Return what an optimiser keeps of some parameters between steps.

    Args:
        name: As in `OptimizerOptions`.
        learned: The parameters.
    """
    return sum(_STATES[name](each) for each in learned)


def update_bytes(name: str, learned: Sequence[nn.Parameter], device: str) -> int:
    """Return what an optimiser holds for a moment besides, in bytes.

    Adafactor makes four tensors of a parameter's size, one parameter after the other. So does
    bitsandbytes on a CPU with five: both averages in 32 bits, the gradient once more, the second
    average's root, and the divisor made of it; on a GPU one kernel does it all. Sophia's estimates
    are one to each parameter, and three where they are products with a direction.

    Args:
        name: As in `OptimizerOptions`.
        learned: The parameters.
        device: Where the model computes: "cpu", "cuda", ...
    """
    sizes = [each.nbytes for each in learned]
    at_a_time = {"adafactor": 4, "adamw_8bit": 5 if device == "cpu" else 0}.get(name, 0)
    at_once = {"sophia_g": 1, "sophia_h": 3}.get(name, 0)
    return at_a_time * max(sizes, default=0) + at_once * sum(sizes)


def _two_averages(parameter: nn.Parameter) -> int:
    return 2 * parameter.nbytes


def _rows_and_columns(parameter: nn.Parameter) -> int:
    """Adafactor: a mean for each row and each column; a vector keeps one of its own size."""
    if parameter.dim() < 2:
        return parameter.numel() * 4
    *outer, rows, columns = parameter.shape
    return math.prod(outer) * (rows + columns) * 4


def _two_8bit_averages(parameter: nn.Parameter) -> int:
    number = parameter.numel()
    if number < _SMALLEST_8BIT:
        return 2 * 4 * number
    return 2 * (number + 4 * math.ceil(number / _BLOCK))


_STATES: Final[Mapping[str, Callable[[nn.Parameter], int]]] = {
    "adamw": _two_averages,
    "adafactor": _rows_and_columns,
    "sophia_g": _two_averages,
    "sophia_h": _two_averages,
    "adamw_8bit": _two_8bit_averages,
}
