import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from concord.alignment import Head
from concord.artifact import CALIBRATION_FILE, WEIGHTS_FILE, sha256_of_file
from concord.errors import ArtifactError, ConfigError
from concord.scoring.aggregation import Aggregation
from concord.scoring.aligner import Aligner
from concord.scoring.calibration import (
    Calibration,
    DomainCalibration,
    IsotonicMap,
    LogisticMap,
    find_calibration,
)
from concord.scoring.score_rules import VERDICT_RULE, ScoreRule
from concord.scoring.verdicts import Label

STEPS = IsotonicMap(scores=(0.2, 0.6, 0.8), probs=(0.1, 0.1, 0.7))
POOLED = DomainCalibration(map=STEPS, threshold=0.7, rows=120, supported=40)
NEWS = DomainCalibration(map=LogisticMap(slope=0.5), threshold=0.98, rows=60, supported=30)
CALIBRATION = Calibration(
    rule=VERDICT_RULE,
    pooled=POOLED,
    domains={"news": NEWS},
    method="isotonic",
    want="balanced-accuracy",
    sources=("labelled.csv",),
)


def floats(*values: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return np.array(values, dtype=np.float32)


def test_an_isotonic_map_is_straight_between_its_points_and_flat_beyond() -> None:
    # 0.7 lies halfway between 0.6 and 0.8, so its probability is halfway from 0.1 to 0.7
    probs = STEPS.probabilities(floats(0, 0.3, 0.7, 1))
    assert probs == pytest.approx([0.1, 0.1, 0.4, 0.7])


def test_a_temperature_of_two_halves_the_logit() -> None:
    # 0.9 has odds of 9, half the logit is a third of that: odds of 3 are 0.75
    probs = LogisticMap(slope=0.5).probabilities(floats(0.9, 0.5, 0.1))
    assert probs == pytest.approx([0.75, 0.5, 0.25])


def test_a_shift_moves_what_a_score_of_a_half_means() -> None:
    # odds of 1 shifted by log 3 are odds of 3
    assert LogisticMap(slope=1, shift=np.log(3)).probabilities(floats(0.5)) == pytest.approx([0.75])


@pytest.mark.parametrize("fitted", [STEPS, LogisticMap(slope=2.5, shift=-1)])
def test_a_map_never_falls_and_stays_in_the_unit_interval(
    fitted: IsotonicMap | LogisticMap,
) -> None:
    probs = fitted.probabilities(np.linspace(0, 1, 101, dtype=np.float32))
    assert (np.diff(probs) >= 0).all()
    assert probs[0] >= 0
    assert probs[-1] <= 1


def test_a_calibration_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(CALIBRATION.to_json(), encoding="utf-8")
    assert Calibration.load(path) == CALIBRATION


def test_a_domain_has_its_own_figures_and_no_domain_those_of_all() -> None:
    assert CALIBRATION.fitted_on("news") is NEWS
    assert CALIBRATION.fitted_on(None) is POOLED
    with pytest.raises(ConfigError, match=r"no domain 'sport' \(known: news\)"):
        CALIBRATION.fitted_on("sport")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is no calibration"),
        ("[]", "is no calibration"),
        ('{"version": 1}', "is no calibration"),
        ('{"version": 99}', "written by a later concord"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(
    tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ArtifactError, match=problem):
        Calibration.load(path)


def test_points_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    content = json.loads(CALIBRATION.to_json())
    content["pooled"]["map"]["scores"] = [0.2, 0.2, 0.8]
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ArtifactError, match="must rise"):
        Calibration.load(path)


def test_a_calibration_lies_beside_its_model_or_where_it_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / WEIGHTS_FILE).write_bytes(b"weights")
    assert find_calibration(folder) is None
    elsewhere = tmp_path / "mine.json"
    fitted = replace(CALIBRATION, model_sha256=sha256_of_file(folder / WEIGHTS_FILE))
    elsewhere.write_text(fitted.to_json(), encoding="utf-8")
    assert find_calibration(folder, elsewhere) == fitted
    (folder / CALIBRATION_FILE).write_text(CALIBRATION.to_json(), encoding="utf-8")
    assert find_calibration(folder) == CALIBRATION
    (folder / WEIGHTS_FILE).write_bytes(b"others")
    with pytest.raises(ArtifactError, match="of another model than model"):
        find_calibration(folder, elsewhere)


@pytest.fixture
def calibrated(aligner: Aligner) -> Aligner:
    aligner.calibration = CALIBRATION
    return aligner


YES_SCORE = 0.9647  # what a context that says "yes" gets: exp(4) / (exp(4) + 2)


def test_scores_are_calibrated_only_on_request(calibrated: Aligner) -> None:
    assert calibrated.score(["yes"], ["a"]) == pytest.approx([YES_SCORE], abs=1e-4)
    assert calibrated.score(["yes", "a"], ["a", "a"], calibrated=True) == pytest.approx(
        [0.7, 0.1]  # above 0.8 and below 0.2
    )
    # odds of exp(4) / 2 = 27.3; their root is 5.225, which is 0.8394
    news = calibrated.score(["yes"], ["a"], calibrated=True, domain="news")
    assert news == pytest.approx([0.8394], abs=1e-4)


def test_a_verdict_takes_the_calibrations_threshold(calibrated: Aligner) -> None:
    assert calibrated.verify(["yes"], ["a"])[0].label is Label.SUPPORTED
    (verdict,) = calibrated.verify(["yes"], ["a"], domain="news", calibrated=True)
    assert verdict.label is Label.UNSUPPORTED  # 0.965 is below the 0.98 of news
    assert verdict.score == pytest.approx(0.8394, abs=1e-4)
    assert calibrated.explain("yes", "a").verdict.label is Label.SUPPORTED


def test_a_threshold_that_is_given_goes_first(calibrated: Aligner) -> None:
    (verdict,) = calibrated.verify(["yes"], ["a"], threshold=0.99)
    assert verdict.label is Label.UNSUPPORTED


def test_scores_made_in_another_way_keep_the_models_threshold(calibrated: Aligner) -> None:
    calibrated.calibration = replace(CALIBRATION, pooled=replace(POOLED, threshold=0.99))
    assert calibrated.verify(["yes"], ["a"])[0].label is Label.UNSUPPORTED
    by_mean = calibrated.verify(["yes"], ["a"], aggregation="mean")
    assert by_mean[0].label is Label.SUPPORTED  # 0.5 is the model's


def test_what_it_was_fitted_for_is_how_scores_are_joined(calibrated: Aligner) -> None:
    rule = ScoreRule(aggregation=Aggregation.MEAN)
    calibrated.calibration = replace(
        CALIBRATION, rule=rule, pooled=replace(POOLED, threshold=0.4), domains={}
    )
    half = calibrated.verify(["yes", "a"], ["a", "a"])
    assert [verdict.label for verdict in half] == [Label.SUPPORTED, Label.UNSUPPORTED]
    with pytest.raises(ConfigError, match="aggregation 'mean', not 'min'"):
        calibrated.score(["yes"], ["a"], aggregation="min", calibrated=True)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"head": "binary", "calibrated": True}, "with head 'three_way', not 'binary'"),
        ({"split": "original", "calibrated": True}, "with split 'packed', not 'original'"),
        ({"top_chunks": 2, "calibrated": True}, "with top_chunks 1, not 2"),
        ({"domain": "news"}, "only matters to calibrated scores"),
    ],
)
def test_scores_it_was_not_fitted_on_are_refused(
    calibrated: Aligner, options: dict[str, object], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        calibrated.score(["yes"], ["a"], **options)  # type: ignore[arg-type]


def test_calibrated_scores_need_a_calibration(aligner: Aligner) -> None:
    with pytest.raises(ConfigError, match="has no calibration; fit one with `concord calibrate`"):
        aligner.score(["yes"], ["a"], calibrated=True)
    with pytest.raises(ConfigError, match="has no calibration"):
        aligner.verify(["yes"], ["a"], domain="news")


def test_only_the_three_way_head_counts_contradictions(aligner: Aligner) -> None:
    # "no" has 0.0177 aligned and 0.9647 contradicted: 0.0177 * (1 - 0.9647)
    scores = aligner.score(["no"], ["a"], count_contradictions=True)
    assert scores == pytest.approx([0.000624], abs=1e-5)
    with pytest.raises(ConfigError, match="only the three_way head tells contradictions"):
        aligner.score(["no"], ["a"], head=Head.BINARY, count_contradictions=True)
    with pytest.raises(ConfigError, match="top_chunks must be at least 1, got 0"):
        aligner.score(["no"], ["a"], top_chunks=0)
