"""What a training run shows on the way."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from concord.cli.train import _TrainingView


def test_a_validation_is_a_line_and_the_bar_follows_the_steps() -> None:
    training = pytest.importorskip("concord.training")
    stream = io.StringIO()
    bar = Progress(console=Console(file=stream, width=80), disable=True)
    view = _TrainingView(bar)
    for step, metrics in ((41, None), (42, {"snli/accuracy": 0.5, "mean": 0.25})):
        view.show_step(
            training.StepReport(
                step=step, max_steps=50, loss=0.7, losses={}, learning_rate=1e-4,
                pairs=0, tokens=0, seconds=0.0, metrics=metrics,
            )
        )  # fmt: skip
    assert stream.getvalue() == "step 42: snli/accuracy 0.500, mean 0.250\n"
    assert (bar.tasks[0].completed, bar.tasks[0].total) == (42, 50)
