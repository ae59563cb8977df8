"""How an epoch's pairs are shared out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.data.sampling import SamplingOptions, Strategy, compute_quotas
from concord.errors import ConfigError

SIZES = {"big": 90, "middle": 16, "small": 4}


def test_a_large_set_counts_as_its_cap() -> None:
    options = SamplingOptions(strategy=Strategy.CAPPED_PROPORTIONAL, cap=20)
    assert compute_quotas(SIZES, options) == {"big": 20, "middle": 16, "small": 4}  # 40 in all


def test_capped_shares_are_scaled_to_the_samples_of_an_epoch() -> None:
    options = SamplingOptions(cap=20, samples_per_epoch=10)
    # 10 * 20/40, 10 * 16/40, 10 * 4/40
    assert compute_quotas(SIZES, options) == {"big": 5, "middle": 4, "small": 1}


def test_proportional_shares_know_no_cap() -> None:
    options = SamplingOptions(strategy=Strategy.PROPORTIONAL, cap=20)
    assert compute_quotas(SIZES, options) == SIZES
    options = SamplingOptions(strategy=Strategy.PROPORTIONAL, cap=20, samples_per_epoch=55)
    assert compute_quotas(SIZES, options) == {"big": 45, "middle": 8, "small": 2}  # half of each


def test_annealed_shares_begin_proportional_and_end_at_the_fifth_root() -> None:
    sizes = {"big": 243, "middle": 32, "small": 1}
    options = SamplingOptions(strategy=Strategy.ANNEALED)
    assert compute_quotas(sizes, options, epoch=0, epochs=9) == sizes  # exponent 1
    # exponent 1 - 0.8: fifth roots 3, 2 and 1 of 6, times 276 / 6 = 46
    wanted = {"big": 138, "middle": 92, "small": 46}
    assert compute_quotas(sizes, options, epoch=8, epochs=9) == wanted


def test_annealed_shares_fall_evenly_from_epoch_to_epoch() -> None:
    sizes = {"big": 81, "middle": 16, "small": 1}
    options = SamplingOptions(strategy=Strategy.ANNEALED, samples_per_epoch=28)
    # e = 6 of E = 9, counted from 1: exponent 1 - 0.8 * 5/8 = 0.5, so roots 9, 4 and 1 of 14
    assert compute_quotas(sizes, options, epoch=5, epochs=9) == {"big": 18, "middle": 8, "small": 2}


def test_the_only_epoch_of_an_annealed_run_is_proportional() -> None:
    options = SamplingOptions(strategy=Strategy.ANNEALED)
    assert compute_quotas(SIZES, options, epoch=0, epochs=1) == SIZES


def test_what_exceeds_the_repeats_goes_to_the_others() -> None:
    options = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=60, max_repeats=2)
    # 20 each; small may give 2 * 4 = 8, and its other 12 are shared by two
    assert compute_quotas(SIZES, options) == {"big": 26, "middle": 26, "small": 8}


def test_what_is_passed_on_may_fill_the_next_set_too() -> None:
    options = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=60, max_repeats=1.5)
    # small is full at 6, so the others would have 27, but middle is full at 24
    assert compute_quotas(SIZES, options) == {"big": 30, "middle": 24, "small": 6}


def test_an_epoch_that_no_set_can_fill_is_shorter() -> None:
    options = SamplingOptions(samples_per_epoch=300, max_repeats=2)
    assert compute_quotas(SIZES, options) == {"big": 180, "middle": 32, "small": 8}  # 220


def test_a_set_without_weight_takes_nothing_from_a_full_one() -> None:
    weights = {"big": 0.0, "middle": 1.0, "small": 1.0}
    options = SamplingOptions(
        strategy=Strategy.EXPLICIT, weights=weights, samples_per_epoch=60, max_repeats=2
    )
    assert compute_quotas(SIZES, options) == {"big": 0, "middle": 32, "small": 8}


@given(
    sizes=st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(any),
    strategy=st.sampled_from([each for each in Strategy if each != Strategy.EXPLICIT]),
    samples=st.integers(1, 300),
    max_repeats=st.sampled_from([None, 1.0, 2.5]),
    epoch=st.integers(0, 3),
)
def test_quotas_add_up_and_keep_to_their_limits(
    sizes: list[int],
    strategy: Strategy,
    samples: int,
    max_repeats: float | None,
    epoch: int,
) -> None:
    options = SamplingOptions(strategy=strategy, samples_per_epoch=samples, max_repeats=max_repeats)
    named = {str(number): size for number, size in enumerate(sizes)}
    quotas = compute_quotas(named, options, epoch=epoch, epochs=4)
    limits = {name: math.floor(size * (max_repeats or samples)) for name, size in named.items()}
    assert sum(quotas.values()) == min(samples, sum(limits.values()))
    assert all(0 <= quotas[name] <= limits[name] for name in named)


def test_temperature_two_shares_by_the_square_root_of_the_size() -> None:
    sizes = {"big": 81, "middle": 16, "small": 1}
    options = SamplingOptions(strategy=Strategy.TEMPERATURE, temperature=2.0, samples_per_epoch=28)
    # roots 9, 4 and 1 of 14
    assert compute_quotas(sizes, options) == {"big": 18, "middle": 8, "small": 2}


def test_temperature_one_is_proportional() -> None:
    options = SamplingOptions(strategy=Strategy.TEMPERATURE, temperature=1.0, samples_per_epoch=55)
    # half of 90, 16 and 4
    assert compute_quotas(SIZES, options) == {"big": 45, "middle": 8, "small": 2}


def test_uniform_shares_what_cannot_be_divided_by_name() -> None:
    options = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=11)
    # 3.67 each: 3 each, and the two left over go to the first names, the remainders being equal
    assert compute_quotas(SIZES, options) == {"big": 4, "middle": 4, "small": 3}


def test_the_largest_remainder_is_rounded_up() -> None:
    weights = {"big": 5.0, "middle": 3.0, "small": 2.0}
    options = SamplingOptions(strategy=Strategy.EXPLICIT, weights=weights, samples_per_epoch=7)
    # 3.5, 2.1 and 1.4: whole parts 3, 2, 1; the seventh goes to the remainder 0.5
    assert compute_quotas(SIZES, options) == {"big": 4, "middle": 2, "small": 1}


def test_an_explicit_weight_of_zero_leaves_a_set_out() -> None:
    weights = {"big": 1.0, "middle": 1.0, "small": 0.0}
    options = SamplingOptions(strategy=Strategy.EXPLICIT, weights=weights, samples_per_epoch=6)
    assert compute_quotas(SIZES, options) == {"big": 3, "middle": 3, "small": 0}


@pytest.mark.parametrize("strategy", list(Strategy))
def test_an_empty_set_gives_nothing(strategy: Strategy) -> None:
    weights = {"full": 1.0, "empty": 1.0}
    options = SamplingOptions(strategy=strategy, weights=weights, samples_per_epoch=5)
    assert compute_quotas({"full": 3, "empty": 0}, options) == {"full": 5, "empty": 0}


@pytest.mark.parametrize(
    "weights",
    [
        {"big": 1.0, "middle": 1.0},
        {"big": 1.0, "middle": 1.0, "small": 1.0, "other": 1.0},
        {"big": 1.0, "middle": 1.0, "small": -1.0},
        {"big": 1.0, "middle": 1.0, "small": math.nan},
        {"big": 1.0, "middle": 1.0, "small": math.inf},
    ],
    ids=["one missing", "one unknown", "one negative", "not a number", "infinite"],
)
def test_explicit_weights_name_each_set_once(weights: dict[str, float]) -> None:
    options = SamplingOptions(strategy=Strategy.EXPLICIT, weights=weights)
    with pytest.raises(ConfigError, match=r"must give each of \['big', 'middle', 'small'\]"):
        compute_quotas(SIZES, options)


@pytest.mark.parametrize("strategy", list(Strategy))
def test_a_mixture_without_sets_is_refused(strategy: Strategy) -> None:
    with pytest.raises(ConfigError, match="the mixture is empty"):
        compute_quotas({}, SamplingOptions(strategy=strategy))


def test_weights_that_are_all_zero_are_refused() -> None:
    options = SamplingOptions(strategy=Strategy.EXPLICIT, weights=dict.fromkeys(SIZES, 0.0))
    with pytest.raises(ConfigError, match="nothing to draw from"):
        compute_quotas(SIZES, options)


def test_repeats_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to draw from"):
        compute_quotas({"one": 1}, SamplingOptions(max_repeats=0.5))


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"sampling\.cap must be at least 1, got 0"):
        SamplingOptions(cap=0)
    with pytest.raises(ConfigError, match=r"sampling\.temperature must be above 0, got 0"):
        SamplingOptions(temperature=0)
    with pytest.raises(ConfigError, match=r"max_repeats must be above 0 and finite, got 0"):
        SamplingOptions(max_repeats=0)
    with pytest.raises(ConfigError, match=r"samples_per_epoch must be at least 1, got 0"):
        SamplingOptions(samples_per_epoch=0)
