"""How an epoch's pairs are shared out."""

import math

import pytest

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


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"sampling\.cap must be at least 1, got 0"):
        SamplingOptions(cap=0)
    with pytest.raises(ConfigError, match=r"sampling\.temperature must be above 0, got 0"):
        SamplingOptions(temperature=0)
    with pytest.raises(ConfigError, match=r"samples_per_epoch must be at least 1, got 0"):
        SamplingOptions(samples_per_epoch=0)
