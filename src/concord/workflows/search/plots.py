"""Pictures of a search: how its trials went one after the other, and which keys mattered."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from concord.workflows.pictures import new_figure, save_figure
from concord.workflows.search.results import SearchResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HISTORY_FILE: Final = "history.svg"
IMPORTANCE_FILE: Final = "importance.svg"


def save_search_plots(result: SearchResult, folder: Path) -> tuple[Path, ...]:
    """Draw the trials' figures in their order and, where it is known, each key's importance.

    Args:
        result: What was found.
        folder: Made if absent.

    Returns:
        The files written.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    history = new_figure(7, 3.6)
    _draw_history(history, result)
    drawn = {folder / HISTORY_FILE: history}
    if result.importance:
        importance = new_figure(7, 0.34 * len(result.importance) + 1.0)
        _draw_importance(importance, result)
        drawn[folder / IMPORTANCE_FILE] = importance
    folder.mkdir(parents=True, exist_ok=True)
    for path, figure in drawn.items():
        save_figure(figure, path)
    return tuple(drawn)


def _draw_history(figure: "Figure", result: SearchResult) -> None:
    axis = figure.subplots()
    for state, mark, color in (("finished", "o", "C0"), ("pruned", "x", "C7")):
        numbers, values = _points(result, state)
        axis.plot(numbers, values, mark, color=color, markersize=5, label=state, linestyle="none")
    best = max if result.is_maximized else min
    numbers, values = _points(result, "finished")
    so_far = [best(values[: end + 1]) for end in range(len(values))]
    last = result.trials[-1].number
    axis.step(
        [*numbers, last],
        [*so_far, so_far[-1]],
        where="post",
        color="C2",
        linewidth=1,
        label="best so far",
    )
    axis.axhline(values[0], color="C3", linewidth=1, linestyle="--", label="default")
    axis.set_xlabel("trial")
    axis.set_ylabel(f"validation, {result.metric}")
    axis.legend(frameon=False, fontsize="small")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)


def _points(result: SearchResult, state: str) -> tuple[list[int], list[float]]:
    """Return the numbers and figures of the trials in a state."""
    found = {
        each.number: each.value
        for each in result.trials
        if each.state == state and each.value is not None
    }
    return list(found), list(found.values())


def _draw_importance(figure: "Figure", result: SearchResult) -> None:
    axis = figure.subplots()
    keys = list(result.importance)[::-1]
    axis.barh(range(len(keys)), [result.importance[key] for key in keys], color="C0", height=0.6)
    axis.set_yticks(range(len(keys)), keys)
    axis.set_xlabel("share in what tells the best trials from others (PED-ANOVA)")
    axis.grid(axis="x", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
