"""Scoring on a CPU with OpenVINO, which needs neither torch nor transformers."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import openvino as ov

from concord.alignment.scores import FloatArray
from concord.artifact import GRAPH_FILE
from concord.errors import ArtifactError
from concord.scoring.backends.adapters import AdapterInputs
from concord.scoring.backends.backend import Precision
from concord.scoring.backends.graph_file import load_graph_data
from concord.scoring.backends.int8 import GROUP, quantize_weights
from concord.text import TokenBatch

_OF_BATCH: Final = frozenset(entry.name for entry in fields(TokenBatch))
_SHAPES_REMEMBERED: Final = 128
"""Bounds the prepared kernels kept for batch shapes, which otherwise grow to 5,000 shapes."""


class OpenVinoBackend:
    """Runs an exported model; one thread at a time may call it.

    It is compiled once, for batches of any size and length.

    Args:
        folder: An exported model.
        precision: The number format to compute in; auto is bf16 where it is native, else f32.
        threads: CPU threads to use; all cores unless given.
        int8_group: In int8, the input channels that share a scale.
    """

    def __init__(
        self,
        folder: Path,
        *,
        precision: Precision = Precision.AUTO,
        threads: int | None = None,
        int8_group: int = GROUP,
    ) -> None:
        core = shared_core()
        graph = _read_graph(core, folder)
        is_open = precision in {Precision.AUTO, Precision.FAST}
        self.precision = _native(core) if is_open else precision
        if self.precision is Precision.INT8:
            quantize_weights(graph, int8_group)
        options = _compile_options(core, self.precision, threads, int8_group)
        compiled = core.compile_model(graph, "CPU", options)
        self.threads = int(compiled.get_property("INFERENCE_NUM_THREADS"))
        ports = {port.get_any_name(): port for port in compiled.inputs}
        self._inputs = [name for name in ports if name in _OF_BATCH]
        self.adapter_ports = {name: port for name, port in ports.items() if name not in _OF_BATCH}
        """The inputs that an adapter is given to, by name; there are none in most graphs."""
        # One more than are computed at once, so that none waits for its next batch.
        self._requests = [compiled.create_infer_request() for _ in range(self.threads + 1)]

    def __repr__(self) -> str:
        return f"openvino, {self.precision}, {self.threads} threads"

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time: each by one thread.

        Threads that share a batch wait for each other after each of its operations, which costs
        a third of the rate where others use the cores too.
        """
        return self.threads

    def logits(
        self, batches: Iterable[TokenBatch], adapter: AdapterInputs | None = None
    ) -> Iterator[FloatArray]:
        """Yield joint logits in the order of `LOGIT_COLUMNS`, ``(pairs, 6)`` for each batch.

        Args:
            batches: What to score.
            adapter: What the inputs for an adapter are given, if the graph has such.
        """
        for name, tensor in (adapter or {}).items():
            for request in self._requests:
                request.set_tensor(name, tensor)
        idle = list(self._requests)
        running: deque[Any] = deque()
        try:
            for batch in batches:
                if not idle:
                    idle.append(running.popleft())
                    yield _take_logits(idle[-1])
                request = idle.pop()
                request.start_async({name: getattr(batch, name) for name in self._inputs})
                running.append(request)
            while running:
                yield _take_logits(running.popleft())
        finally:
            for request in running:  # none may go on once the caller has given up
                request.wait()


def _take_logits(request: Any) -> FloatArray:
    """Wait for a request, and copy what it found, since the next batch overwrites it."""
    request.wait()
    logits: FloatArray = request.get_output_tensor(0).data.copy()
    return logits


@cache
def shared_core() -> ov.Core:
    """Return the process's one core.

    Its CPU plugin gives the thread that loads it a stack for signal handlers, and takes it away
    with the last core, even where a handler (torch sets one for its data loaders) still counts on
    it: the next signal then ends the process. So the core is never let go.
    """
    return ov.Core()


def _read_graph(core: ov.Core, folder: Path) -> ov.Model:
    path = folder / GRAPH_FILE
    data = load_graph_data(folder)
    try:
        return core.read_model(path.read_bytes(), ov.Tensor(data))
    except RuntimeError as error:
        raise ArtifactError(f"{path} is damaged ({error}); run `concord export` anew") from error


def _native(core: ov.Core) -> Precision:
    """Return bf16 where the processor computes in it, else f32."""
    native = core.get_property("CPU", "INFERENCE_PRECISION_HINT")
    return Precision.BF16 if native == ov.Type.bf16 else Precision.F32


def _compile_options(
    core: ov.Core, precision: Precision, threads: int | None, int8_group: int
) -> dict[str, Any]:
    rest = _native(core) if precision is Precision.INT8 else precision
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": rest.value,
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": int8_group,  # matters to int8 weights alone
        "NUM_STREAMS": threads or os.cpu_count() or 1,  # lowered to what there is
        "ENABLE_CPU_PINNING": False,  # leaves the scheduler free where cores are shared
        "CPU_RUNTIME_CACHE_CAPACITY": _SHAPES_REMEMBERED,
    }
    return options if threads is None else {**options, "INFERENCE_NUM_THREADS": threads}
