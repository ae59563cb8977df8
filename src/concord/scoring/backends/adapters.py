"""Adapters of single tasks as inputs of a graph: switching from one to another loads nothing."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import openvino as ov

from concord.alignment.scores import FloatArray
from concord.errors import ArtifactError
from concord.tasks.adapters import SavedAdapter

AdapterInputs: TypeAlias = Mapping[str, ov.Tensor]
"""By the names of a graph's inputs, what they are given."""

_SCALED: Final = ".lora_B.weight"


class AdapterTable:
    """The adapters of a model's tasks, each as all the inputs that a graph has for one.

    An adapter's numbers are in memory once, and every computation reads them where they are.

    Args:
        ports: The graph's inputs for an adapter, by name.
        adapters: By task.

    Raises:
        ArtifactError: If the graph was not made for an adapter like one of these.
    """

    def __init__(self, ports: Mapping[str, Any], adapters: Mapping[str, SavedAdapter]) -> None:
        self._ports = ports
        self._nothing = {name: _tensor(_zeros(port)) for name, port in ports.items()}
        self._by_task = {task: self._inputs(task, each) for task, each in adapters.items()}

    def inputs(self, task: str | None) -> AdapterInputs:
        """Return what the graph is given for a task; what changes nothing if it has no adapter."""
        return self._nothing if task is None else self._by_task[task]

    def _inputs(self, task: str, adapter: SavedAdapter) -> AdapterInputs:
        own = {}
        for name, values in adapter.weights.items():
            port = self._ports.get(name)
            shape = ov.PartialShape(list(values.shape))
            if port is None or not port.get_partial_shape().compatible(shape):
                raise ArtifactError(
                    f"the adapter of task {task!r} has a tensor {name!r} of shape "
                    f"{tuple(values.shape)}, which the graph has no input for; run `concord "
                    "export` anew"
                )
            own[name] = _tensor(values * adapter.scale if name.endswith(_SCALED) else values)
        return {**self._nothing, **own}


def _zeros(port: Any) -> FloatArray:
    """Return an adapter's tensor of the least size, which changes nothing."""
    sizes = [1 if size.is_dynamic else size.get_length() for size in port.get_partial_shape()]
    return np.zeros(sizes, dtype=np.float32)


def _tensor(values: FloatArray) -> ov.Tensor:
    return ov.Tensor(np.ascontiguousarray(values, dtype=np.float32), shared_memory=True)
