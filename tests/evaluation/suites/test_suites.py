"""The suites cover every data set that there is a recipe for."""

import pytest

from concord.data.recipe import Split
from concord.data.recipes import get_recipe, recipe_names
from concord.errors import ConfigError
from concord.evaluation.suites import get_suite, suite_names
from concord.evaluation.suites.suite import Suite, TestSet

_LEFT_OUT = {
    "boolq_bounds": "made for training: whether a bound holds is arithmetic",
    "boolq_sentences": "made for training: who reads a passage finds its sentences in it",
    "fever_bounds": "as boolq_bounds",
    "llm_aggrefact": "the whole of the collection; its parts are reported one by one",
    "number_comparisons": "made for training: arithmetic, from templates",
    "number_lists": "made for training: arithmetic, from templates",
    "paranmt": "all its pairs are paraphrases, so any figure of one constant answer is 100",
    "squad_v1_bounds": "as boolq_bounds",
    "squad_v1_sentences": "as boolq_sentences",
    "vitaminc_bounds": "as boolq_bounds",
    "wikitext103": "made for training by back-translation; without a published split",
}


def test_every_recipe_is_in_a_suite_or_left_out_for_a_reason() -> None:
    covered = {each.recipe for name in suite_names() for each in get_suite(name).sets}
    assert covered | _LEFT_OUT.keys() == set(recipe_names())
    assert not covered & _LEFT_OUT.keys()


def test_sets_of_one_name_are_the_same_in_every_suite() -> None:
    by_title: dict[str, TestSet] = {}
    for name in suite_names():
        for each in get_suite(name).sets:
            assert by_title.setdefault(each.title, each) == each


def test_every_suite_has_its_own_name_and_says_what_it_is_for() -> None:
    for name in suite_names():
        suite = get_suite(name)
        assert suite.name == name
        assert suite.purpose.rstrip().endswith(("?", "."))
        for each in suite.sets:
            assert get_recipe(each.recipe).name == each.recipe


def test_the_training_split_is_reported_only_as_a_last_resort() -> None:
    for name in suite_names():
        for each in get_suite(name).sets:
            if Split.TRAIN in each.splits:
                assert each.splits[-1] is Split.TRAIN
                assert len(each.splits) == 3


def test_two_sets_of_one_name_are_refused() -> None:
    twice = (TestSet(recipe="snli"), TestSet(recipe="mnli", name="snli"))
    with pytest.raises(ConfigError, match="two sets named 'snli'"):
        Suite(name="s", title="S", purpose="?", sets=twice)
