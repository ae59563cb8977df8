"""The model card says what was learned, under which licences, and keeps its figures renewable."""

from collections import Counter

import pytest

from concord.data.examples import DatasetReport
from concord.data.recipes import get_recipe
from concord.errors import ConfigError
from concord.workflows.model_card import (
    CardOptions,
    RunSummary,
    SourceReport,
    build_card,
    insert_figures,
)

RUN = RunSummary(
    command="concord train mini.toml",
    config='{"seed": 7}',
    epochs=2,
    steps=10,
    pairs=1_500,
    tokens=30_000,
    seconds=90.0,
    max_tokens=256,
    thresholds={"three_way": 0.42},
    temperatures={"binary": 2.5},
)


def card_of(*names: str) -> str:
    report = DatasetReport(rows=1_000, examples=990, unlabelled=10, targets=Counter())
    sources = [SourceReport(get_recipe(name), report, (750, 750), 3) for name in names]
    return build_card(CardOptions(name="mini", base_model="org/base (MIT)"), sources, RUN)


def test_a_card_names_each_data_set_with_its_licence_and_the_pairs_drawn() -> None:
    card = card_of("snli")
    assert get_recipe("snli").licence in card
    assert "| 1,000 | 990 | 1,500 |" in card  # 750 an epoch, two epochs
    assert "10 unlabelled rows were left out. 3 examples were longer than 256 tokens" in card


def test_a_card_begins_with_what_machines_read() -> None:
    assert card_of("snli", "paws").startswith("---\nlanguage: en\nlicense: other\n")
    assert "base_model: org/base\ndatasets:\n- snli\n- paws\n" in card_of("snli", "paws")


def test_a_card_tells_how_long_training_took_and_the_thresholds() -> None:
    card = card_of("snli")
    assert "10 steps, 1,500 pairs and 30,000 tokens in 2 minutes" in card  # 90 s
    assert "three_way 0.42" in card


def test_figures_can_be_renewed_and_nothing_else_changes() -> None:
    card = card_of("snli")
    first = insert_figures(card, "| mnli | 70 |")
    second = insert_figures(first, "| mnli | 75 |")
    assert "| mnli | 70 |" not in second
    assert second == insert_figures(card, "| mnli | 75 |")
    assert "| mnli | 75 |" in second


def test_a_card_without_the_marks_is_refused() -> None:
    with pytest.raises(ConfigError, match="no place for figures"):
        insert_figures("# a card of another making", "| 70 |")
