"""Opens a backend in the precision that suits the model and the processor, and says why."""

import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from concord.alignment import TextPair, compute_scores
from concord.alignment.scores import FloatArray
from concord.artifact import Int8Gate
from concord.scoring.backends import Backend, BackendName, Precision, open_backend
from concord.scoring.backends.processor import int8_instructions
from concord.scoring.backends.selection import choose_backend
from concord.text import PairTokenizer, build_token_batch

_logger = logging.getLogger(__name__)
_REASONS: Final = {Precision.AUTO: "the fastest that follows float32 closely here"}

PROBES: Final = (
    TextPair("The ferry leaves at nine and arrives at noon.", "The ferry arrives at noon."),
    TextPair("The ferry leaves at nine and arrives at noon.", "The ferry arrives at nine."),
    TextPair("Nobody in the village had heard of the plan.", "The village knew the plan well."),
    TextPair("The mayor, Petra Tolland, opened the new library.", "A library was opened."),
    TextPair("Rain is expected in the north tomorrow.", "The harvest was poor last year."),
    TextPair("", "An empty context supports nothing."),
)
"""Pairs on which int8 is compared with what it said where it was found to be good enough."""
PROBE_TOLERANCE: Final = 0.05
"""How far a probability may lie from what int8 said on another processor."""


@dataclass(frozen=True, slots=True)
class OpenedBackend:
    """A backend, and in a few words why it computes in the precision that it does."""

    backend: Backend
    reason: str


def open_suitable(
    folder: Path,
    name: BackendName,
    tokenizer: PairTokenizer,
    gate: Int8Gate | None,
    *,
    precision: Precision = Precision.AUTO,
    device: str = "cpu",
    threads: int | None = None,
) -> OpenedBackend:
    """Open a model; with "fast" in int8, if that was found good enough and is so here.

    Args:
        folder: The model.
        name: Which engine.
        tokenizer: The model's.
        gate: What int8 costs this model, if it was measured.
        precision: The number format to compute in.
        device: "cpu", or a torch device such as "cuda".
        threads: CPU threads to use; all cores unless given.
    """
    if name is BackendName.AUTO:
        name = choose_backend(folder, device)
    group = None if gate is None else gate.group
    open_in = partial(open_backend, folder, name, device=device, threads=threads, int8_group=group)
    if precision is not Precision.FAST:
        return OpenedBackend(open_in(precision=precision), _REASONS.get(precision, "as asked"))
    if name is BackendName.TORCH:
        return OpenedBackend(open_in(), "int8 needs the openvino backend")
    precision, reason = choose_precision(gate, int8_instructions())
    backend = open_in(precision=precision)
    if precision is not Precision.INT8 or gate is None:
        return OpenedBackend(backend, reason)
    strayed = _probe_difference(backend, tokenizer, gate)
    if strayed <= PROBE_TOLERANCE:
        return OpenedBackend(backend, reason)
    reason = f"int8 is off by {strayed:.2f} on this processor"
    _logger.warning("%s, so it is not used", reason)
    return OpenedBackend(open_in(), reason)


def choose_precision(gate: Int8Gate | None, instructions: frozenset[str]) -> tuple[Precision, str]:
    """Return what "fast" stands for with the openvino backend, and why.

    Args:
        gate: What int8 costs the model, if it was measured.
        instructions: The processor's instruction sets for int8 products.
    """
    if gate is None:
        return Precision.AUTO, "int8 was not measured for this model"
    if not gate.is_passed:
        return Precision.AUTO, f"{gate.summary}, more than {gate.bound}"
    if not instructions:
        return Precision.AUTO, "the processor has no fast int8 products"
    return (
        Precision.INT8,
        f"{gate.summary}, and the processor has {', '.join(sorted(instructions))}",
    )


def ask_probes(backend: Backend, tokenizer: PairTokenizer) -> FloatArray:
    """Return every head's probabilities of the probes, shape ``(probes, 5)``."""
    contexts = tokenizer.token_ids([probe.context for probe in PROBES])
    claims = tokenizer.token_ids([probe.claim for probe in PROBES])
    pairs = list(zip(contexts, claims, strict=True))
    batch = build_token_batch(pairs, tokenizer.template, tokenizer.pad_id)
    (logits,) = backend.logits([batch])
    scores = compute_scores(logits)
    columns = [scores.regression[:, np.newaxis], scores.binary[:, np.newaxis], scores.three_way]
    return np.concatenate(columns, axis=1)


def _probe_difference(backend: Backend, tokenizer: PairTokenizer, gate: Int8Gate) -> float:
    found, expected = ask_probes(backend, tokenizer), np.array(gate.probes, dtype=np.float32)
    return float(np.abs(found - expected).max()) if expected.shape == found.shape else np.inf
