"""A picture of what tasks receive."""

from pathlib import Path

from concord.data.task_mixture import Drawn
from concord.tasks.classification import Classification
from concord.workflows.mixture_plot import save_mixture_plot
from concord.workflows.task_card import TaskReport


def test_each_task_is_a_bar_in_each_epoch(tmp_path: Path) -> None:
    reports = [
        TaskReport(
            name, Classification(), 100, 0, 100, 0, (Drawn(first, 1.0, 900), Drawn(50, 0.5, 450))
        )
        for name, first in (("mood", 100), ("topic", 30))
    ]
    path = tmp_path / "mixture.svg"
    save_mixture_plot(reports, path)
    picture = path.read_text(encoding="utf-8")
    assert picture.count("<!-- mood -->") == picture.count("<!-- topic -->") == 1  # the legend
    assert picture.count("<!-- examples -->") == picture.count("<!-- tokens -->") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["mixture.svg"]
