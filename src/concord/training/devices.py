"""Which of a run's processes this is, and which ways of sharing a run between them we know."""

from typing import Final

import torch
from accelerate import PartialState
from accelerate.utils import DistributedType, parse_flag_from_env

from concord.errors import ConfigError

_SHARDED: Final = {
    DistributedType.FSDP: "FSDP",
    DistributedType.DEEPSPEED: "DeepSpeed",
    DistributedType.MEGATRON_LM: "Megatron-LM",
}


def process_state() -> PartialState:
    """Return which of a run's processes this is; those that a launcher has started meet here.

    Left to itself, Accelerate looks for the others on a CPU only where ACCELERATE_USE_CPU is set,
    and each of them would train alone, all into one folder.
    """
    is_on_cpu = parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
    return PartialState(cpu=is_on_cpu)


def check_devices(kind: DistributedType) -> None:
    """Let through what keeps the whole model on each device.

    With shares of the weights (FSDP2, tried with two processes) these would go wrong, some of them
    in silence: gradients taken with `torch.autograd.grad` (PCGrad, Sophia's curvature) are None;
    processes whose batches use other heads wait for gradients of other sizes; a model's
    `save_pretrained`, called by one process, would write its share alone; and the averages in a
    checkpoint would be those of one process.

    Raises:
        ConfigError: If the weights are to be shared out between devices.
    """
    if kind in _SHARDED:
        raise ConfigError(
            f"the launcher asks for {_SHARDED[kind]}, which shares the weights out, and training "
            "needs them whole on each device; launch with --multi_gpu (DDP), and where memory is "
            "short set trainer.gradient_checkpointing, a smaller max_batch_tokens or adaptation"
        )
