"""What a training run shows on the way."""

import io
from collections import Counter

import pytest
from rich.console import Console
from rich.progress import Progress

from concord.cli.train import _show_sources
from concord.cli.training_view import TrainingView
from concord.data.examples import DatasetReport
from concord.data.recipes import get_recipe


def test_a_validation_is_a_line_and_the_bar_follows_the_steps() -> None:
    training = pytest.importorskip("concord.training")
    stream = io.StringIO()
    bar = Progress(console=Console(file=stream, width=80), disable=True)
    view = TrainingView(bar)
    for step, metrics in ((41, None), (42, {"snli/accuracy": 0.5, "mean": 0.25})):
        view.show_step(
            training.StepReport(
                step=step, max_steps=50, loss=0.7, losses={}, learning_rate=1e-4,
                pairs=0, tokens=0, seconds=0.0, metrics=metrics,
            )
        )  # fmt: skip
    assert stream.getvalue() == "step 42: snli/accuracy 0.500, mean 0.250\n"
    assert (bar.tasks[0].completed, bar.tasks[0].total) == (42, 50)


def test_a_set_shows_how_many_pairs_its_epochs_have() -> None:
    pytest.importorskip("concord.training")
    card = pytest.importorskip("concord.workflows.model_card")
    stream = io.StringIO()
    bar = Progress(console=Console(file=stream, width=120), disable=True)
    report = DatasetReport(rows=2_000, examples=1_990, unlabelled=10, targets=Counter())
    _show_sources(
        bar,
        [card.SourceReport(get_recipe("snli"), report, drawn, 3) for drawn in ((5, 5), (9, 1_200))],
    )
    read = "snli: 1,990 pairs of 2,000 rows (10 unlabelled, 3 shortened), "
    assert stream.getvalue() == f"{read}5 an epoch\n{read}9 to 1,200 an epoch\n"
