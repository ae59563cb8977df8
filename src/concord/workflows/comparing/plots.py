"""A picture of a comparison: how good each way to train is against how much of it learns."""

from pathlib import Path

from concord.errors import MissingExtraError
from concord.workflows.comparing.results import Comparison


def save_comparison_plot(comparison: Comparison, path: Path) -> None:
    """Draw each method's mean against the parameters that learned, on a logarithmic axis.

    A bar is the 95 % interval of one seed; of several seeds each is a dot.

    Args:
        comparison: What was found.
        path: An image file; its ending tells the format (.svg, .png, .pdf).

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError.needing("drawing", str(error.name), "plot") from error
    ranked = comparison.ranked()
    figure = Figure(figsize=(8, 0.36 * len(ranked) + 1.6), layout="constrained")
    listed, spread = figure.subplots(1, 2, sharey=False, width_ratios=(3, 2))
    for place, method in enumerate(reversed(ranked)):
        color = f"C{place % 10}"
        for run in method.runs:
            mean = run.mean
            value = mean.value * 100
            if len(method.runs) == 1:
                ends = [[value - mean.low * 100], [mean.high * 100 - value]]
                listed.errorbar(value, place, xerr=ends, fmt="none", color=color, linewidth=1)
            listed.plot(value, place, "o", color=color, markersize=4)
        learned = method.runs[-1].summary.learned_parameters
        spread.plot(learned, method.mean * 100, "o", color=color, markersize=5)
    listed.set_yticks(range(len(ranked)), [each.title for each in reversed(ranked)])
    listed.set_xlabel("mean over tasks, times 100")
    listed.grid(axis="x", alpha=0.3)
    spread.set_xscale("log")
    spread.set_xlabel("parameters that learn")
    spread.set_ylabel("mean over tasks, times 100")
    spread.grid(alpha=0.3)
    for axis in (listed, spread):
        axis.spines[["top", "right"]].set_visible(False)
    temporary = path.with_name(f".{path.stem}.partial{path.suffix}")
    figure.savefig(temporary)
    temporary.rename(path)
