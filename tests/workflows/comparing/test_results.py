"""What is made of finished runs: means, intervals, the table."""

from pathlib import Path

import pytest

from concord.errors import ArtifactError
from concord.evaluation.metrics import Estimate
from concord.workflows.comparing.plots import save_comparison_plot
from concord.workflows.comparing.results import (
    Comparison,
    MethodResult,
    MethodRun,
    TaskFigure,
    comparison_markdown,
    load_run,
    save_run,
)
from concord.workflows.run_summary import RunSummary


def _run(seed: int, mood: float, same: float, *, tokens: int = 1_000) -> MethodRun:
    return MethodRun(
        seed=seed,
        figures={
            "mood": TaskFigure("accuracy", Estimate(mood, mood - 0.03, mood + 0.06)),
            "same": TaskFigure("pearson", Estimate(same, same - 0.04, same + 0.08)),
        },
        summary=RunSummary(
            steps=10,
            examples=100,
            tokens=tokens,
            seconds=10.0,
            processor_seconds=5.0,
            learned_parameters=1_234,
            parameters=9_999,
            peak_memory_mb=512.4,
            final_loss=0.5,
            best_value=0.6,
        ),
        saved_mb=3.25,
    )


def _comparison() -> Comparison:
    return Comparison(
        title="Two ways",
        methods=(
            MethodResult(name="few", title="Few", overrides=("a=1",), runs=(_run(0, 0.5, 0.6),)),
            MethodResult(
                name="all",
                title="All",
                overrides=(),
                runs=(_run(0, 0.7, 0.8), _run(1, 0.5, 0.8, tokens=3_000)),
            ),
            MethodResult(name="none", title="None", overrides=(), runs=(), problem="no such chip"),
        ),
    )


def test_the_mean_over_tasks_has_the_interval_of_independent_errors() -> None:
    mean = _run(0, 0.5, 0.6).mean
    assert mean.value == pytest.approx(0.55)
    assert mean.low == pytest.approx(0.55 - 0.05 / 2)  # the root of 0.03^2 + 0.04^2 is 0.05
    assert mean.high == pytest.approx(0.55 + 0.10 / 2)


def test_methods_are_ranked_by_their_mean_over_tasks_and_seeds() -> None:
    first, second = _comparison().ranked()
    assert (first.name, second.name) == ("all", "few")
    assert first.mean == pytest.approx((0.75 + 0.65) / 2)
    assert first.tokens_per_second() == 300  # of the faster run
    assert first.tokens_per_processor_second() == 600


def test_one_seed_shows_its_interval_and_several_show_their_range() -> None:
    page = comparison_markdown(_comparison())
    table = page.partition("## What differs")[0].splitlines()
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in table}
    assert "| 50.0 (47.0 to 56.0) |" in rows["Few"]
    assert "| 60.0 (50.0 to 70.0) | 80.0 (80.0 to 80.0) |" in rows["All"]
    assert rows["All"].endswith("| 1,234 | 300 | 600 | 512 | 3.2 | 0, 1 |")
    assert "- None: no such chip" in page
    assert "| Few | `a=1` |" in page


def test_a_run_is_kept_as_it_was(tmp_path: Path) -> None:
    run = _run(3, 0.5, 0.6)
    assert load_run(tmp_path) is None
    save_run(run, tmp_path)
    assert load_run(tmp_path) == run


def test_a_damaged_run_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text("{", encoding="utf-8")
    with pytest.raises(ArtifactError, match="delete it, it is made anew"):
        load_run(tmp_path)


def test_the_plot_is_written(tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    save_comparison_plot(_comparison(), path)
    assert "<svg" in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]
