"""Average accuracy, backward transfer and forgetting, by hand."""

import pytest

from concord.errors import InputError
from concord.evaluation.metrics.continual import AccuracyMatrix

#           a     b     c
MATRIX = AccuracyMatrix(
    (
        {"a": 0.80},
        {"a": 0.85, "b": 0.70},
        {"a": 0.60, "b": 0.75, "c": 0.90},
    ),
    {"a": 0, "b": 1, "c": 2},
)


def test_average_accuracy_is_the_mean_of_the_last_row() -> None:
    assert MATRIX.average_accuracy() == pytest.approx(0.75)  # (0.60 + 0.75 + 0.90) / 3


def test_backward_transfer_is_measured_against_the_stage_of_the_task() -> None:
    assert MATRIX.followed == ("a", "b")  # c came last
    assert MATRIX.backward_transfer("a") == pytest.approx(-0.20)  # 0.60 - 0.80
    assert MATRIX.backward_transfer("b") == pytest.approx(0.05)  # 0.75 - 0.70
    assert MATRIX.mean_backward_transfer() == pytest.approx(-0.075)  # (-0.20 + 0.05) / 2


def test_forgetting_is_measured_against_the_best_before_the_end() -> None:
    assert MATRIX.forgetting("a") == pytest.approx(0.25)  # max(0.80, 0.85) - 0.60
    assert MATRIX.forgetting("b") == pytest.approx(-0.05)  # 0.70 - 0.75
    assert MATRIX.mean_forgetting() == pytest.approx(0.10)  # (0.25 - 0.05) / 2


def test_what_was_known_before_its_own_stage_counts_for_forgetting_alone() -> None:
    matrix = AccuracyMatrix(({"a": 0.9, "b": 0.5}, {"a": 0.7, "b": 0.6}, {"a": 0.8, "b": 0.4}),
                            {"a": 1, "b": 0})  # fmt: skip
    assert matrix.backward_transfer("a") == pytest.approx(0.1)  # 0.8 - 0.7
    assert matrix.forgetting("a") == pytest.approx(0.1)  # max(0.9, 0.7) - 0.8
    assert matrix.forgetting("b") == pytest.approx(0.2)  # max(0.5, 0.6) - 0.4


def test_tasks_that_nothing_followed_are_not_forgotten() -> None:
    apart = AccuracyMatrix(({"a": 0.9}, {"b": 0.5}), {"a": 0, "b": 1})  # a model for each
    assert apart.average_accuracy() == pytest.approx(0.7)
    assert apart.followed == ()
    assert apart.mean_forgetting() is None
    assert apart.mean_backward_transfer() is None
    with pytest.raises(InputError, match="no stage followed that of task 'b'"):
        apart.forgetting("b")


def test_a_task_without_a_figure_of_its_own_stage_is_refused() -> None:
    with pytest.raises(InputError, match="task 'b' has no figure after stage 1"):
        AccuracyMatrix(({"a": 0.9}, {"a": 0.5}), {"a": 0, "b": 1})
