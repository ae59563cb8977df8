"""Calibrates a model on a labelled sample: probabilities that hold, and a threshold that fits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from concord.artifact import CALIBRATION_FILE, WEIGHTS_FILE, AlignmentSettings, sha256_of_file
from concord.data.readers import FileFormat, Row, read_rows
from concord.errors import ConfigError
from concord.evaluation.calibration.fitting import (
    Fitted,
    HeldOut,
    LabelledScores,
    fit_domains,
    hold_out,
    is_of,
    threshold_interval,
)
from concord.evaluation.calibration.operating_points import Want
from concord.evaluation.calibration.score_maps import (
    Method,
    expected_calibration_error,
)
from concord.evaluation.metrics import Vector, balanced_accuracy
from concord.evaluation.results import write_text_atomically
from concord.scoring.calibration import Calibration
from concord.scoring.score_rules import VERDICT_RULE, ScoreRule
from concord.scoring.scorer import Scorer

LABELS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("1", "true", "yes", "supported", "supports", "aligned", "entailment"), 1.0),
    **dict.fromkeys(("consistent", "faithful"), 1.0),
    **dict.fromkeys(("0", "false", "no", "unsupported", "not supported", "contradicted"), 0.0),
    **dict.fromkeys(("refutes", "not enough info", "not_aligned", "not_entailment"), 0.0),
    **dict.fromkeys(("neutral", "contradiction", "inconsistent", "hallucinated"), 0.0),
}
"""What labels mean, in lower case: 1 where the context supports the claim."""


class SampleScorer(Scorer, Protocol):
    """What calibrating needs of an aligner."""

    @property
    def settings(self) -> AlignmentSettings:
        """The model's own thresholds."""
        ...

    @property
    def folder(self) -> Path | None:
        """Where the model lies."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateOptions:
    """What to learn from which columns.

    Attributes:
        context_column: The column that holds the contexts.
        claim_column: The column that holds the claims.
        label_column: The column that says whether the claim is supported.
        domain_column: The column that names a row's domain, if there are several.
        rule: How scores are made; the calibration holds for such scores alone.
        method: How scores are mapped to probabilities.
        want: What thresholds are chosen for.
        seed: Decides which rows are held out together, and what the bootstrap draws.
        limit: Read only so many rows.
        input_format: Layout of the input, by its ending unless given.
    """

    context_column: str = "context"
    claim_column: str = "claim"
    label_column: str = "label"
    domain_column: str | None = None
    rule: ScoreRule = VERDICT_RULE
    method: Method = Method.PLATT
    want: Want = field(default_factory=Want)
    seed: int = 0
    limit: int | None = None
    input_format: FileFormat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFigures:
    """What calibrating was worth on a domain, or on all rows; shares lie in [0, 1].

    "After" and what the threshold gives are measured on rows that were held out of the fit, by
    five-fold cross-validation.

    Attributes:
        domain: The domain; None for all rows.
        rows: Labelled rows.
        supported: The share of them that is supported.
        ece: Expected calibration error before and after.
        balanced_accuracy: At the model's own threshold, and at the one chosen.
        threshold: The one that is kept, chosen on all rows.
        interval: Its 95 % bootstrap interval.
        precision: The share of claims called supported that are; NaN where none was.
        recall: The share of supported claims that were called so.
    """

    domain: str | None
    rows: int
    supported: float
    ece: tuple[float, float]
    balanced_accuracy: tuple[float, float]
    threshold: float
    interval: tuple[float, float]
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """A calibration and what it was worth: on all rows first, then domain by domain."""

    calibration: Calibration
    figures: tuple[CalibrationFigures, ...]


def calibrate(
    source: str,
    options: CalibrateOptions,
    aligner: SampleScorer,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> CalibrationReport:
    """Score a labelled sample and fit a calibration to it.

    Args:
        source: What `read_rows` reads: a file, a glob, an hf:// address, or "-".
        options: Columns, and what to fit.
        aligner: The model.
        progress: Called with the number of pairs done and of all.

    Raises:
        DataError: If a row has no context, claim or known label.
        InputError: If the sample is too small, or the wanted precision is not reached on it.
    """
    sample = _score_sample(source, options, aligner, progress)
    fitted = fit_domains(sample, options.method, options.want)
    calibration = Calibration(
        rule=options.rule,
        pooled=fitted.pooled,
        domains=fitted.domains,
        method=options.method.value,
        want=str(options.want),
        sources=(Path(source).name or source,),
        seed=options.seed,
        model_sha256=_digest_of(aligner),
    )
    return CalibrationReport(calibration, _measure(sample, fitted, options, aligner))


def save_calibration(calibration: Calibration, output: Path | None, folder: Path | None) -> Path:
    """Write a calibration to a file, or beside its model, and return where it lies.

    Args:
        calibration: What to write.
        output: A file, or a folder that gets a `calibration.json`; the model's unless given.
        folder: The model's folder.

    Raises:
        ConfigError: If neither is given, or it cannot be written there.
    """
    target = output or folder
    if target is None:
        raise ConfigError("the model has no folder to keep the calibration in; give an output")
    path = target / CALIBRATION_FILE if target.is_dir() else target
    try:
        write_text_atomically(path, calibration.to_json())
    except OSError as error:
        raise ConfigError(
            f"cannot write {path} ({error.strerror}); give another --output, and name it as the "
            "model's calibration when you use it"
        ) from error
    return path


def _score_sample(
    source: str,
    options: CalibrateOptions,
    aligner: SampleScorer,
    progress: Callable[[int, int], None] | None,
) -> LabelledScores:
    rows = list(islice(read_rows(source, file_format=options.input_format), options.limit))
    targets = np.array([_target_of(row, options.label_column) for row in rows])
    domain = options.domain_column
    domains = np.array([str(row.value(domain)) if domain else "" for row in rows])
    contexts = [row.text(options.context_column) for row in rows]
    sample = LabelledScores(
        scores=np.zeros(len(rows)),
        targets=targets,
        domains=domains,
        groups=np.unique(np.array(contexts), return_inverse=True)[1],
    )
    sample.check_size()  # before the work of scoring
    rule = options.rule
    scores = aligner.score(
        contexts,
        [row.text(options.claim_column) for row in rows],
        head=rule.head.value,
        split=rule.split.value,
        aggregation=rule.aggregation.value,
        top_chunks=rule.top_chunks,
        count_contradictions=rule.count_contradictions,
        progress=progress,
    )
    return replace(sample, scores=scores.astype(np.float64))


def _target_of(row: Row, column: str) -> float:
    label = row.value(column)
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    target = LABELS.get(str(label).strip().lower())
    if target is None:
        raise row.error(
            f"label {label!r} says neither supported nor unsupported; write 1 or 0, true or "
            "false, yes or no, supported or unsupported"
        )
    return target


def _digest_of(aligner: SampleScorer) -> str:
    weights = None if aligner.folder is None else aligner.folder / WEIGHTS_FILE
    return sha256_of_file(weights) if weights is not None and weights.is_file() else ""


def _measure(
    sample: LabelledScores, fitted: Fitted, options: CalibrateOptions, aligner: SampleScorer
) -> tuple[CalibrationFigures, ...]:
    held_out = hold_out(sample, options.method, options.want, seed=options.seed)
    own_threshold = aligner.settings.thresholds[options.rule.head]
    names = (None, *sample.domain_names)
    return tuple(
        _figures_of(name, sample, fitted, held_out, options, own_threshold) for name in names
    )


def _figures_of(
    name: str | None,
    sample: LabelledScores,
    fitted: Fitted,
    held_out: HeldOut,
    options: CalibrateOptions,
    own_threshold: float,
) -> CalibrationFigures:
    is_own = is_of(sample, name)
    own, decisions = sample.rows(is_own), held_out.decisions[is_own]
    before: Vector = (own.scores >= own_threshold).astype(np.float64)
    return CalibrationFigures(
        domain=name,
        rows=len(own),
        supported=float(own.targets.mean()),
        ece=(
            expected_calibration_error(own.scores, own.targets),
            expected_calibration_error(held_out.probs[is_own], own.targets),
        ),
        balanced_accuracy=(
            balanced_accuracy(before, own.targets),
            balanced_accuracy(decisions, own.targets),
        ),
        threshold=fitted.on(name or "").threshold,
        interval=threshold_interval(sample, options.want, name, seed=options.seed),
        precision=_share(own.targets[decisions == 1]),
        recall=_share(decisions[own.targets == 1]),
    )


def _share(values: Vector) -> float:
    return float(values.mean()) if len(values) else float("nan")
