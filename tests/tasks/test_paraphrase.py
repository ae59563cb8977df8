"""Paraphrases: rows to classes, logits to classes."""

import math

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.paraphrase import PairLabel, Paraphrase

NOTHING = Encoding(())


def test_the_positive_label_is_marked() -> None:
    task = Paraphrase(positive="yes")
    assert task.read_gold({"label": "yes"}) == PairLabel("yes", "positive")
    assert task.read_gold({"label": "no"}) == PairLabel("no")
    assert task.read_gold({"label": ""}) is None


def test_labels_are_learned_and_their_places_are_targets() -> None:
    task = Paraphrase().learned([PairLabel("1"), PairLabel("0"), PairLabel("1")])
    assert task.labels == ("0", "1")
    assert task.target(NOTHING, PairLabel("1")).tolist() == [1]
    assert task.learned([]) is task


def test_the_most_probable_class_is_the_answer() -> None:
    task = Paraphrase(labels=("0", "1"))
    answer = task.decode(NOTHING, [np.array([0.0, math.log(3)], dtype=np.float32)])
    assert answer.probs["1"] == pytest.approx(0.75)  # 3 / (1 + 3)
    assert task.prediction(answer) == PairLabel("1", "positive")
    assert task.error(PairLabel("0"), answer) == 1


def test_the_trivial_answer_is_the_most_frequent_class() -> None:
    golds = [PairLabel("0"), PairLabel("1", "positive"), PairLabel("0")]
    assert Paraphrase().trivial(golds) == PairLabel("0")


def test_what_cannot_work_is_told() -> None:
    with pytest.raises(ConfigError, match="positive is '1', not one of the labels no, yes; name"):
        Paraphrase().learned([PairLabel("yes"), PairLabel("no")])
    with pytest.raises(ConfigError, match="labels must be 2 or more that differ, got 1, 1"):
        Paraphrase(labels=("1", "1"))
    with pytest.raises(ConfigError, match="column 'label' of the training data has only '1'"):
        Paraphrase().learned([PairLabel("1")])
    with pytest.raises(InputError, match="column 'label' holds '2', not one of 0, 1; correct it"):
        Paraphrase(labels=("0", "1")).read_gold({"label": 2})
