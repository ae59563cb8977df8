"""Similarity: rows to degrees."""

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.similarity import Similarity

NOTHING = Encoding(())


def test_a_degree_is_target_and_answer_as_it_is() -> None:
    task = Similarity()
    assert task.target(NOTHING, 3.5).tolist() == [3.5]
    assert task.decode(NOTHING, [np.array([3.5], dtype=np.float32)]) == 3.5
    assert task.error(3.5, 3.0) == 0.5


def test_degrees_go_from_nought_to_the_scale() -> None:
    assert Similarity().read_gold({"label": "5"}) == 5
    assert Similarity().read_gold({"label": None}) is None
    with pytest.raises(InputError, match="column 'label' holds 5, not a degree from 0 to 1"):
        Similarity(scale=1.0).read_gold({"label": 5})
    with pytest.raises(InputError, match="holds -1, not a degree"):
        Similarity().read_gold({"label": -1})


def test_what_cannot_work_is_told() -> None:
    with pytest.raises(ConfigError, match="scale must be above 0, got -1"):
        Similarity(scale=-1)
    with pytest.raises(ConfigError, match="projection_size must be at least 0, got -2"):
        _ = Similarity(projection_size=-2).head
    with pytest.raises(InputError, match="the task reads a pair of texts, found 'one'"):
        Similarity().parse_input("one")
    with pytest.raises(InputError, match="there is no column 'text_pair'; the row has text"):
        Similarity().read_input({"text": "one"})
