"""Training options that cannot work are refused where they are made."""

from typing import Any

import pytest

from concord.errors import ConfigError
from concord.training import TrainerOptions


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"epochs": 0}, r"trainer\.epochs must be at least 1, got 0"),
        ({"accumulation_steps": 0}, r"trainer\.accumulation_steps must be at least 1"),
        ({"checkpoint_steps": 0}, r"trainer\.checkpoint_steps must be at least 1"),
        ({"keep_checkpoints": 0}, r"trainer\.keep_checkpoints must be at least 1"),
        ({"patience": 0}, r"trainer\.patience must be at least 1, got 0"),
        ({"validations": -1}, r"trainer\.validations must be at least 0, got -1"),
        ({"num_workers": -1}, r"trainer\.num_workers must be at least 0, got -1"),
    ],
)
def test_a_number_out_of_range_is_named(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        TrainerOptions(**options)
