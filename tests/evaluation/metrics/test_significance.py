import numpy as np
import pytest

from concord.errors import InputError
from concord.evaluation.metrics import estimate_mean
from concord.evaluation.metrics.significance import (
    Resampled,
    average,
    compare,
    draw_counts,
    holm,
    resample,
)
from concord.evaluation.metrics.weighted import mean_figure


def test_each_resample_holds_as_many_rows_as_there_are() -> None:
    tables = list(draw_counts(7, name="a set", num_resamples=50))
    counts = np.concatenate(tables)
    assert counts.shape == (50, 7)
    assert (counts.sum(axis=1) == 7).all()


def test_sets_are_drawn_independently_and_runs_alike() -> None:
    first, again, other = (
        next(draw_counts(9, name=name, num_resamples=20)) for name in ("a", "a", "b")
    )
    assert (first == again).all()
    assert (first != other).any()


def test_many_rows_are_drawn_some_resamples_at_a_time() -> None:
    tables = list(draw_counts(400_000, name="a", num_resamples=5))
    assert [len(table) for table in tables] == [2, 2, 1]


def test_an_interval_of_accuracies_is_that_of_the_multinomial_bootstrap() -> None:
    credits = np.array([1.0] * 70 + [0.0] * 30)
    (found,) = resample([mean_figure(credits)], name="a")
    estimate, reference = found.estimate(), estimate_mean(credits)
    assert estimate.value == pytest.approx(0.7)
    # two bootstraps with different draws: their ends differ by little
    assert estimate.low == pytest.approx(reference.low, abs=0.02)
    assert estimate.high == pytest.approx(reference.high, abs=0.02)


def test_equal_systems_differ_by_nothing() -> None:
    credits = np.array([1.0, 0.0, 1.0, 1.0])
    one, other = resample([mean_figure(credits), mean_figure(credits)], name="a")
    difference = compare(one, other)
    assert difference.estimate.value == difference.estimate.low == difference.estimate.high == 0
    assert difference.p_value == 1.0


def test_rows_are_drawn_in_pairs() -> None:
    # the first is right wherever the other is, and on five rows of the hundred more; so hardly a
    # draw has it behind, while its own interval is wide
    other = np.array([1.0, 0.0] * 50)
    one = other.copy()
    one[1::20] = 1.0
    found = resample([mean_figure(one), mean_figure(other)], name="a")
    difference = compare(*found)
    assert difference.estimate.value == pytest.approx(0.05)
    assert difference.estimate.low > 0
    assert found[0].estimate().low < found[1].estimate().high


def test_the_p_value_is_twice_the_share_of_draws_on_the_other_side() -> None:
    draws = np.array([0.1] * 96 + [-0.1] * 3)
    difference = compare(Resampled(0.1, draws), Resampled(0.0, np.zeros(99)))
    # 3 of 99 at or below 0, one more counted: 2 * 4 / 100
    assert difference.p_value == pytest.approx(0.08)


def test_an_average_is_over_sets_and_an_undefined_figure_counts_as_nothing() -> None:
    sets = [
        Resampled(0.6, np.array([0.5, 0.7])),
        Resampled(float("nan"), np.array([np.nan, np.nan])),
    ]
    found = average(sets)
    assert found.value == pytest.approx(0.3)
    assert found.draws == pytest.approx([0.25, 0.35])


def test_holm_corrects_the_smallest_by_all_and_never_lets_a_larger_one_pass_a_smaller() -> None:
    # sorted 0.01 * 4, 0.02 * 3, 0.03 * 2 -> 0.06 as the one before, 0.5 * 1
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_figures_of_other_rows_cannot_be_paired() -> None:
    with pytest.raises(InputError, match="the same rows"):
        resample([mean_figure(np.ones(2)), mean_figure(np.ones(3))], name="a")
