"""How closely one backend's answers follow another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concord.alignment import AlignmentScores, Head, TextPair
from concord.alignment.scores import FloatArray
from concord.errors import InputError
from concord.scoring.aligner import Aligner


@dataclass(frozen=True, slots=True)
class HeadParity:
    """How far the probabilities of one head lie apart.

    Attributes:
        max_difference: The largest difference of a probability.
        mean_difference: The mean difference over all pairs and classes.
        agreement: Share of the pairs for which both give the same class; regression rounds to
            the nearer of 0 and 1.
    """

    max_difference: float
    mean_difference: float
    agreement: float


def compare_backends(
    model: Path | str,
    pairs: Sequence[TextPair],
    *,
    backend: str = "openvino",
    precision: str = "auto",
    threads: int | None = None,
) -> dict[Head, HeadParity]:
    """Compare a backend with torch in float32 on the given pairs, without splitting.

    Args:
        model: An exported model folder.
        pairs: At least one.
        backend: The one to examine.
        precision: Its precision.
        threads: CPU threads to use; all cores unless given.

    Raises:
        InputError: If there are no pairs.
    """
    if not pairs:
        raise InputError("there are no pairs to compare the backends on; give at least one")
    contexts, claims = [pair.context for pair in pairs], [pair.claim for pair in pairs]
    examined = Aligner.from_pretrained(model, backend=backend, precision=precision, threads=threads)
    reference = Aligner.from_pretrained(model, backend="torch", precision="f32", threads=threads)
    return compare_scores(examined.predict(contexts, claims), reference.predict(contexts, claims))


def compare_scores(examined: AlignmentScores, reference: AlignmentScores) -> dict[Head, HeadParity]:
    """Compare two backends' scores of the same pairs, head by head."""
    return {
        Head.BINARY: _compare(_two_classes(examined.binary), _two_classes(reference.binary)),
        Head.THREE_WAY: _compare(examined.three_way, reference.three_way),
        Head.REGRESSION: _compare(
            _two_classes(examined.regression), _two_classes(reference.regression)
        ),
    }


def _two_classes(aligned: FloatArray) -> FloatArray:
    return np.stack([1 - aligned, aligned], axis=1)


def _compare(examined: FloatArray, reference: FloatArray) -> HeadParity:
    difference = np.abs(examined - reference)
    is_same = examined.argmax(axis=1) == reference.argmax(axis=1)
    return HeadParity(float(difference.max()), float(difference.mean()), float(is_same.mean()))
