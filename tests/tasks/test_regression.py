"""Regression: rows to standardised targets, outputs to numbers."""

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.regression import Regression

NOTHING = Encoding(())


def test_center_and_scale_are_those_of_the_training_data() -> None:
    task = Regression().learned([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])
    assert task.center == pytest.approx(5.0)
    assert task.scale == pytest.approx(2.0)
    assert task.learned([1.0, 2.0]) is task


def test_a_target_counts_standard_deviations_and_decoding_undoes_it() -> None:
    task = Regression(center=5.0, scale=2.0)
    assert task.target(NOTHING, 9.0).tolist() == [2.0]  # (9 - 5) / 2
    assert task.decode(NOTHING, [np.array([2.0], dtype=np.float32)]) == 9.0


def test_answers_stay_within_the_bounds() -> None:
    task = Regression(center=0.0, scale=1.0, low=0.0, high=1.0)
    outputs = [np.array([value], dtype=np.float32) for value in (-3.0, 0.5, 7.0)]
    assert [task.decode(NOTHING, [each]) for each in outputs] == [0.0, 0.5, 1.0]


def test_an_error_is_a_distance_and_the_trivial_answer_the_mean() -> None:
    assert Regression().error(2.0, 0.5) == 1.5
    assert Regression().trivial([1.0, 2.0, 6.0]) == 3.0


def test_numbers_are_read_as_they_stand_in_files() -> None:
    golds = [Regression().read_gold({"label": value}) for value in (3, "2.5", "", None)]
    assert golds == [3.0, 2.5, None, None]


@pytest.mark.parametrize("value", ["many", "nan", [1], float("inf")])
def test_what_is_no_number_is_told(value: object) -> None:
    with pytest.raises(InputError, match=r"column 'label' holds .* where a number should be"):
        Regression().read_gold({"label": value})


def test_options_that_cannot_work_are_told() -> None:
    with pytest.raises(ConfigError, match="holds no two different numbers"):
        Regression().learned([3.0, 3.0])
    with pytest.raises(ConfigError, match="low must lie below high, got 2 and 1"):
        Regression(low=2.0, high=1.0)
    with pytest.raises(ConfigError, match="scale must be above 0, got 0"):
        Regression(scale=0.0)
