"""A config as experiment trackers take it."""

from concord.training.tracking import flatten_config


def test_a_nested_config_gets_dotted_keys_and_plain_values() -> None:
    config = {"seed": 0, "data": {"recipes": ["snli"], "max_rows": None, "sampling": {"cap": 5}}}
    assert flatten_config(config) == {
        "seed": 0,
        "data.recipes": "['snli']",
        "data.max_rows": "None",
        "data.sampling.cap": 5,
    }
