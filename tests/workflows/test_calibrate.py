"""Labelled rows to a calibration, with a scorer whose answers are in the claims."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.artifact import CALIBRATION_FILE, AlignmentSettings
from concord.data.writers import write_rows
from concord.errors import ConfigError, DataError, InputError
from concord.evaluation.calibration.operating_points import Want
from concord.evaluation.calibration.score_maps import Method
from concord.scoring.calibration import Calibration
from concord.scoring.score_rules import VERDICT_RULE
from concord.workflows.calibrate import CalibrateOptions, calibrate, save_calibration


class ReadingScorer:
    """Gives a claim the score that it states."""

    folder: Path | None = None
    settings = AlignmentSettings(thresholds={"three_way": 0.5, "binary": 0.5})

    def __init__(self) -> None:
        self.options: dict[str, object] = {}

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **options: object
    ) -> FloatArray:
        assert len(contexts) == len(claims)
        self.options = options
        return np.array([float(claim) for claim in claims], dtype=np.float32)


def labelled_rows(count: int = 200, *, supported: str = "yes", other: str = "no") -> list[dict]:  # type: ignore[type-arg]
    """Claims that hold from a score of 0.8 on, in two domains."""
    return [
        {
            "context": f"context {number}",
            "claim": str(number % 100 / 100),
            "label": supported if number % 100 >= 80 else other,
            "kind": "news" if number % 2 else "chat",
        }
        for number in range(count)
    ]


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "labelled.jsonl"
    write_rows(labelled_rows(), path)
    return str(path)


def test_a_sample_gives_a_threshold_where_it_parts(source: str) -> None:
    report = calibrate(source, CalibrateOptions(), ReadingScorer())
    (figures,) = report.figures
    assert (figures.rows, figures.supported) == (200, 0.2)
    assert figures.threshold == pytest.approx(0.795)  # between 0.79 and 0.80
    # at the model's 0.5, 30 of the 80 others (of each hundred) pass: recall 1 and 50 / 80
    assert figures.balanced_accuracy[0] == pytest.approx((1 + 0.625) / 2)
    assert figures.balanced_accuracy[1] > 0.98
    assert figures.ece[1] < figures.ece[0]
    assert figures.interval[0] <= figures.threshold <= figures.interval[1]


def test_the_calibration_says_what_it_is_for(source: str) -> None:
    scorer = ReadingScorer()
    options = CalibrateOptions(method=Method.ISOTONIC, want=Want(0.9), seed=3)
    calibration = calibrate(source, options, scorer).calibration
    assert calibration.rule == VERDICT_RULE
    assert (calibration.method, calibration.want) == ("isotonic", "precision=0.9")
    assert (calibration.sources, calibration.seed) == (("labelled.jsonl",), 3)
    assert (calibration.pooled.rows, calibration.pooled.supported) == (200, 40)
    assert scorer.options["aggregation"] == "min"


def test_domains_have_a_line_and_a_fit_each(source: str) -> None:
    options = CalibrateOptions(domain_column="kind")
    report = calibrate(source, options, ReadingScorer())
    assert [figures.domain for figures in report.figures] == [None, "chat", "news"]
    assert [figures.rows for figures in report.figures] == [200, 100, 100]
    assert set(report.calibration.domains) == {"chat", "news"}


@pytest.mark.parametrize(
    ("supported", "other"),
    [("1", "0"), ("True", "FALSE"), ("supported", "unsupported"), ("SUPPORTS", "REFUTES")],
)
def test_labels_can_be_written_in_many_ways(tmp_path: Path, supported: str, other: str) -> None:
    write_rows(labelled_rows(100, supported=supported, other=other), tmp_path / "rows.csv")
    report = calibrate(str(tmp_path / "rows.csv"), CalibrateOptions(), ReadingScorer())
    assert report.figures[0].supported == pytest.approx(0.2)


def test_an_unknown_label_is_named_with_its_row(tmp_path: Path) -> None:
    rows = labelled_rows(40)
    rows[6]["label"] = "maybe"
    write_rows(rows, tmp_path / "rows.jsonl")
    with pytest.raises(DataError, match=r"row 7: label 'maybe' says neither"):
        calibrate(str(tmp_path / "rows.jsonl"), CalibrateOptions(), ReadingScorer())


def test_a_sample_of_one_kind_is_refused_before_it_is_scored(tmp_path: Path) -> None:
    write_rows(labelled_rows(100, supported="no"), tmp_path / "rows.jsonl")
    scorer = ReadingScorer()
    with pytest.raises(InputError, match="100 labelled rows with 0 supported and 100 other"):
        calibrate(str(tmp_path / "rows.jsonl"), CalibrateOptions(), scorer)
    assert not scorer.options


def test_a_precision_that_the_sample_does_not_have_is_refused(tmp_path: Path) -> None:
    rows = labelled_rows(100)
    for row in rows[90:]:
        row["label"] = "no"  # the surest are wrong
    write_rows(rows, tmp_path / "rows.jsonl")
    options = CalibrateOptions(want=Want(0.99))
    with pytest.raises(InputError, match=r"a precision of 0.99 on this sample \(the highest is"):
        calibrate(str(tmp_path / "rows.jsonl"), options, ReadingScorer())


def test_a_calibration_is_kept_beside_the_model_or_where_asked(source: str, tmp_path: Path) -> None:
    calibration = calibrate(source, CalibrateOptions(), ReadingScorer()).calibration
    model = tmp_path / "model"
    model.mkdir()
    beside = save_calibration(calibration, None, model)
    assert beside == model / CALIBRATION_FILE
    assert Calibration.load(beside) == calibration
    assert save_calibration(calibration, tmp_path / "my.json", model) == tmp_path / "my.json"
    assert sorted(path.name for path in model.iterdir()) == [CALIBRATION_FILE]
    with pytest.raises(ConfigError, match="no folder to keep the calibration in"):
        save_calibration(calibration, None, None)
    with pytest.raises(ConfigError, match=r"cannot write .* give another --output"):
        save_calibration(calibration, tmp_path / "absent" / "my.json", None)
