"""A model of our own as a system."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.artifact import find_model, model_digest
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.model_facts import (
    count_parameters,
    declared_datasets,
    folder_name,
    weights_size_mb,
)
from concord.scoring import Aligner


class ConcordSystem:
    """An aligner with what tables say of it.

    Args:
        aligner: Loaded from a folder.
        folder: Where its files are.
        name: What to call it; its folder's name unless given.
    """

    kind = "model"

    def __init__(self, aligner: Aligner, *, folder: Path, name: str | None = None) -> None:
        self.aligner = aligner
        self.name = name or folder_name(folder)
        self.description = "A concord model; each claim sentence takes its best chunk."
        self.parameters = count_parameters(folder)
        self.size_mb = weights_size_mb(folder)
        self.seen = declared_datasets(folder)
        precision = getattr(aligner.backend, "precision", "")
        self.fingerprint = fingerprint_of(
            "concord", model_digest(folder), type(aligner.backend).__name__, precision
        )

    @classmethod
    def open(cls, model: str | Path | None, *, threads: int | None = None) -> Self:
        """Open the bundled model, a model folder, or one from the hub."""
        folder = find_model(model)
        is_found_by_name = model is None or Path(model).expanduser().is_dir()
        name = folder_name(folder) if is_found_by_name else str(model)
        aligner = Aligner.from_pretrained(folder, threads=threads)
        return cls(aligner, folder=folder, name=name)

    def __repr__(self) -> str:
        return repr(self.aligner)

    @property
    def num_truncated(self) -> int:
        """Pairs of the last call that lost their end."""
        return self.aligner.num_truncated

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Score each pair as it is, without splitting."""
        return self.aligner.predict(contexts, claims, progress=progress)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Score each claim in [0, 1], long texts split."""
        return self.aligner.score(contexts, claims, head=head, progress=progress)
