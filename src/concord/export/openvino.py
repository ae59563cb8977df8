"""From a trained model folder to the graph that scoring without torch runs."""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import openvino as ov
import torch
from torch import Tensor, nn

from concord.artifact import GRAPH_FILE, WEIGHTS_FILE, sha256_of_file
from concord.errors import ArtifactError
from concord.export.adapter_inputs import SwitchedStates, name_last_inputs
from concord.export.graph_precision import keep_residuals_precise
from concord.export.graph_weights import mark_stored_constants, redirect_constants
from concord.export.stored_weights import StoredTensor, read_stored_tensors
from concord.model import AlignmentModel, TaskModel
from concord.model.first_token import first_token_alone
from concord.scoring.backends.graph_file import GraphExtras, read_extras

_TEXT_INPUTS: Final = frozenset({"input_ids", "attention_mask", "token_type_ids"})


def export_model(folder: Path | str) -> Path:
    """Write the scoring graph into a model folder, and return the file.

    The graph points into the folder's own `model.safetensors`, in whatever float format that is
    stored, so the weights are there once. A graph that already fits the weights is left alone;
    a new one appears under its name only when it is complete.

    Args:
        folder: A saved alignment model.
    """
    folder = Path(folder)
    path = folder / GRAPH_FILE
    if is_exported(folder):
        return path
    model = AlignmentModel.from_pretrained(folder)
    with first_token_alone(model.encoder):
        write_graph(folder, convert(model, model.tokenizer.vocabulary_size))
    return path


def export_encoder(folder: Path | str) -> Path:
    """Write the graph of a task model's encoder into its folder, and return the file.

    As `export_model` does; the graph gives the states that all heads read. Where tasks have
    adapters of their own, these are inputs of the graph.

    Args:
        folder: A saved model of tasks.
    """
    folder = Path(folder)
    path = folder / GRAPH_FILE
    if not is_exported(folder):
        model = TaskModel.from_pretrained(folder)
        size = model.tokenizer.vocabulary_size
        if model.adapters:
            states = SwitchedStates(model)
            graph = convert(states, size, example=states.example)
            name_last_inputs(graph, states.shapes)
            graph.reshape(dict(states.shapes))
        else:
            graph = convert(_StatesAlone(model), size)
        write_graph(folder, graph)
    return path


class _StatesAlone(nn.Module):
    """A task model's states, without heads."""

    def __init__(self, model: TaskModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        return self.model.states(input_ids, attention_mask, token_type_ids)


def write_graph(folder: Path, graph: ov.Model) -> None:
    """Write a graph into a model folder, its weights being those of the folder."""
    stored = read_stored_tensors(folder / WEIGHTS_FILE)
    mark_stored_constants(graph, stored)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as scratch:
        draft = Path(scratch) / GRAPH_FILE
        _write(graph, draft, stored, folder / WEIGHTS_FILE)
        draft.replace(folder / GRAPH_FILE)


def is_exported(folder: Path) -> bool:
    """Tell whether the folder's graph was made for the weights that are there now."""
    try:
        extras = read_extras(folder / GRAPH_FILE)
    except ArtifactError:
        return False
    weights = folder / WEIGHTS_FILE
    return weights.is_file() and sha256_of_file(weights) == extras.weights_sha256


def convert(model: nn.Module, vocabulary_size: int, *, example: Sequence[Tensor] = ()) -> ov.Model:
    """Return a model as a float32 graph, for batches of any size and length.

    Args:
        model: Called with ids, mask and token types.
        vocabulary_size: Its token ids are below that.
        example: Further inputs, which keep the shapes that they have here.
    """
    # Two rows, one of them padded, so that neither size nor mask is taken for a constant.
    input_ids = torch.arange(16).reshape(2, 8) % vocabulary_size
    attention_mask = torch.ones_like(input_ids)
    attention_mask[1, 5:] = 0
    texts = (input_ids, attention_mask, torch.zeros_like(input_ids))
    with _without_telemetry(), _quietly(), torch.inference_mode():
        graph: ov.Model = ov.convert_model(model.eval(), example_input=(*texts, *example))
    for port in graph.inputs:
        for name in port.get_names() & _TEXT_INPUTS:
            port.get_tensor().set_names({name})  # it may be called after its first use too
    found = {name for port in graph.inputs for name in port.get_names() & _TEXT_INPUTS}
    graph.reshape({name: [-1, -1] for name in found})
    return graph


def _write(graph: ov.Model, path: Path, stored: dict[bytes, StoredTensor], weights: Path) -> None:
    constants = path.with_suffix(".bin")
    ov.serialize(graph, path, constants)
    tree = ET.parse(path)  # noqa: S314 - written one line above
    others = redirect_constants(tree.getroot(), constants, stored, weights.stat().st_size)
    keep_residuals_precise(tree.getroot())
    GraphExtras(sha256_of_file(weights), others).add_to(tree.getroot())
    tree.write(path, encoding="utf-8", xml_declaration=True)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep to oneself what the converter's dealings with torch make the libraries say."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextmanager
def _without_telemetry() -> Iterator[None]:
    """Keep the converter from reporting its use: it stays silent where it takes itself for CI."""
    before = os.environ.get("CI")
    os.environ["CI"] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ["CI"]
        else:
            os.environ["CI"] = before
