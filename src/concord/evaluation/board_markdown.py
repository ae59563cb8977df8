"""A run's results as Markdown: a table for each suite, and what is better than what."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from concord.evaluation.board import Board, Comparison, SuiteCard
from concord.evaluation.metrics import Estimate

_NONE: Final = "-"
_CERTAIN: Final = 0.05


def board_markdown(board: Board) -> str:
    """Return the results as a page of Markdown; shares in percent, correlations times 100."""
    return "\n".join(_lines(board)) + "\n"


def _lines(board: Board) -> Iterator[str]:
    yield "# Results"
    yield ""
    if board.command:
        yield f"`{board.command}`"
        yield ""
    yield (
        f"{board.created}, seed {board.seed}, {board.machine}. Figures times 100 with their 95 % "
        "bootstrap intervals; n is the number of pairs."
    )
    yield ""
    yield from _systems(board)
    for suite in board.suites:
        if any(result.suite == suite.name for result in board.results):
            yield from _suite(board, suite)
    yield from _findings(board)


def _systems(board: Board) -> Iterator[str]:
    yield from _head(
        ("system", "kind", "parameters", "MB", "pairs/s", "tokens/s", "peak MB", "core-hours"),
        texts=2,
    )
    for system in board.systems:
        cost = system.cost
        costs = (
            ("", "", "", "")
            if cost is None
            else (
                _number(cost.pairs_per_second, 1),
                _number(cost.tokens_per_second, 0),
                _number(cost.peak_memory_mb, 0),
                _number(cost.core_hours, 3),
            )
        )
        parameters = _NONE if system.parameters is None else f"{system.parameters:,}"
        size = _NONE if system.size_mb is None else _number(system.size_mb, 1)
        yield _row(system.name, system.kind, parameters, size, *costs)
    yield ""


def _suite(board: Board, suite: SuiteCard) -> Iterator[str]:
    names = [system.name for system in board.systems]
    figures = {
        (result.system, result.set): result.figure
        for result in board.results
        if result.suite == suite.name
    }
    averages = {each.system: each for each in board.averages if each.suite == suite.name}
    asked = [name for name in names if name in averages]
    yield f"## {suite.title}"
    yield ""
    yield suite.purpose
    yield ""
    yield from _head(("set", "metric", "n", *asked), texts=2)
    for card in suite.sets:
        cells = [_shown(figures.get((name, card.name))) for name in asked]
        if any(cell != _NONE for cell in cells):
            marked = f"{card.name} ({card.split})"
            yield _row(marked, card.metric, f"{card.examples:,}", *cells)
    yield _row(
        "**average**",
        "",
        "",
        *(f"{_shown(averages[name].figure)}, {averages[name].sets} sets" for name in asked),
    )
    yield ""
    notes = [f"- {card.name}: {card.note}" for card in suite.sets if card.note]
    yield from [*notes, ""] if notes else []
    wholes = [each for each in board.comparisons if each.suite == suite.name and not each.set]
    yield from [*(f"- {_in_words(each)}" for each in wholes), ""] if wholes else []


def _findings(board: Board) -> Iterator[str]:
    if not board.findings:
        return
    yield "## Findings"
    yield ""
    yield from _head(("system", "suite", "test", "kind", "cases", "failures", "rate"), texts=4)
    for each in board.findings:
        yield _row(
            each.system,
            each.suite,
            each.name,
            each.kind,
            f"{each.cases:,}",
            f"{each.failures:,}",
            _shown(each.rate),
        )
    yield ""


def _in_words(comparison: Comparison) -> str:
    verdict = "is better than" if comparison.difference.value > 0 else "is worse than"
    if not comparison.p_value < _CERTAIN:
        verdict = "cannot be told from"
    return (
        f"On average {comparison.system} {verdict} {comparison.other}: difference "
        f"{_shown(comparison.difference, signed=True)}, p = {comparison.p_value:.3g}."
    )


def _shown(estimate: Estimate | None, *, signed: bool = False) -> str:
    if estimate is None or not math.isfinite(estimate.value):
        return _NONE
    sign = "+" if signed else ""
    value = f"{estimate.value * 100:{sign}.1f}"
    if not math.isfinite(estimate.low):
        return value
    return f"{value} ({estimate.low * 100:{sign}.1f} to {estimate.high * 100:{sign}.1f})"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if math.isfinite(value) and value > 0 else _NONE


def _head(columns: Sequence[str], *, texts: int) -> Iterator[str]:
    yield _row(*columns)
    yield "|" + "---|" * texts + "--:|" * (len(columns) - texts)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
