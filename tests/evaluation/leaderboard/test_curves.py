import numpy as np
import pytest

from concord.evaluation.calibration.score_maps import expected_calibration_error
from concord.evaluation.leaderboard.curves import count_confusion, reliability_bins, roc_points


def test_a_bin_has_its_mean_score_and_its_share_aligned() -> None:
    degrees, is_aligned = np.array([0.05, 0.15, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    low, high = reliability_bins(degrees, is_aligned, bins=5)
    # [0, 0.2): 0.05 and 0.15, one aligned; [0.8, 1]: 0.95 and 1, both aligned
    assert (low.low, low.high, low.count) == (0.0, 0.2, 2)
    assert low.mean_score == pytest.approx(0.1)
    assert low.share_aligned == 0.5
    assert (high.count, high.share_aligned) == (2, 1.0)
    assert high.mean_score == pytest.approx(0.975)


def test_the_gaps_of_the_bins_weighted_by_count_are_the_calibration_error() -> None:
    rng = np.random.default_rng(0)
    degrees = rng.random(300)
    is_aligned = (rng.random(300) < degrees**2).astype(np.float64)
    bins = reliability_bins(degrees, is_aligned)
    gaps = sum(each.count * abs(each.mean_score - each.share_aligned) for each in bins)
    assert gaps / 300 == pytest.approx(expected_calibration_error(degrees, is_aligned))


def test_a_short_roc_curve_has_all_its_corners() -> None:
    points = roc_points(np.array([0.9, 0.6, 0.4, 0.1]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert points == ((0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1))


def test_a_long_roc_curve_is_thinned_but_begins_and_ends_as_it_did() -> None:
    rng = np.random.default_rng(0)
    points = roc_points(rng.random(5_000), (rng.random(5_000) < 0.5).astype(np.float64))
    assert 50 < len(points) <= 101
    assert (points[0], points[-1]) == ((0, 0), (1, 1))
    assert list(points) == sorted(points)


def test_one_class_has_no_roc_curve() -> None:
    assert roc_points(np.array([0.2, 0.8]), np.ones(2)) == ()


def test_confusion_has_gold_classes_in_rows() -> None:
    found = count_confusion(["no", "yes"], np.array([1.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    # gold no: once given no, once yes; gold yes: once given yes
    assert found.counts == ((1, 1), (0, 1))
