"""Explanations and evaluation reports as they look on a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from concord.cli.console import STYLES, label_symbol, printable
from concord.evaluation.board import Board
from concord.evaluation.metrics import Estimate
from concord.evaluation.results import TABLE_COLUMNS, EvaluationReport, table_row
from concord.scoring.details import UnsupportedDetail
from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence

if TYPE_CHECKING:
    from concord.workflows.compare_results import ResultsComparison

_EVIDENCE_CHARS = 220  # about three lines on a terminal of 80 columns


def render_explanation(explanation: Explanation, console: Console) -> RenderableType:
    """Return the verdict, then each sentence of the claim with its evidence."""
    verdict = explanation.verdict
    heading = Text.assemble(
        _label_text(verdict.label, console, bold=True), f"  score {verdict.score:.2f}"
    )
    sentences = [render_sentence(each, console) for each in explanation.sentences]
    return Group(heading, *sentences)


def render_sentence(sentence: SentenceEvidence, console: Console) -> RenderableType:
    """Return one sentence in its verdict's colour, and below it what decided on it."""
    style = STYLES[sentence.label.value]
    symbol = label_symbol(sentence.label.value, console)
    title = Text(f"{symbol} {printable(sentence.text.strip())}", style=style)
    lines = (*_evidence_lines(sentence), *_reading_lines(sentence))
    evidence = [Padding(line, (0, 0, 0, 4)) for line in lines]
    return Padding(Group(title, *evidence), (1, 0, 0, 2))


def render_report(report: EvaluationReport) -> Table:
    """Return a table with one line per data set, at most 80 columns wide."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for position, name in enumerate(TABLE_COLUMNS):
        table.add_column(name, justify="left" if position < 2 else "right", no_wrap=True)
    for result in report.results:
        table.add_row(*table_row(result))
    return table


def render_averages(board: Board) -> Table:
    """Return a table with a line for each system and a column for each suite's average."""
    suites = [suite for suite in board.suites if any(suite.sets)]
    found = {(each.system, each.suite): each.figure for each in board.averages}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("average")
    for suite in suites:
        table.add_column(suite.name, justify="right")
    for system in board.systems:
        figures = [found.get((system.name, suite.name)) for suite in suites]
        table.add_row(system.name, *("-" if each is None else _percent(each) for each in figures))
    return table


def render_findings(board: Board, most: int = 10) -> Table:
    """Return a table of the tests that the first system fails most often, the worst first."""
    first = board.systems[0].name
    own = sorted(
        (each for each in board.findings if each.system == first), key=lambda each: -each.rate.value
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"{first} fails most often", no_wrap=True, overflow="ellipsis", max_width=40)
    table.add_column("suite")
    for name in ("cases", "failures, %", "95 %"):
        table.add_column(name, justify="right")
    for each in own[:most]:
        low, high = (f"{end * 100:.0f}" for end in (each.rate.low, each.rate.high))
        table.add_row(
            each.name,
            each.suite,
            f"{each.cases:,}",
            f"{each.rate.value * 100:.0f}",
            f"{low} to {high}",
        )
    return table


def render_changes(comparison: "ResultsComparison") -> Table:
    """Return a table with a line for each set of two runs; figures times 100."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for position, name in enumerate(("set", "metric", "before", "after", "change", "p", "")):
        table.add_column(name, justify="left" if position in {0, 1, 6} else "right")
    for each in comparison.changes:
        change = each.difference
        table.add_row(
            each.set,
            each.metric,
            f"{each.before.value * 100:.1f}",
            f"{each.after.value * 100:.1f}",
            f"{change.value * 100:+.1f} ({change.low * 100:+.1f} to {change.high * 100:+.1f})",
            f"{each.corrected:.2g}",
            each.verdict.value,
        )
    return table


def _percent(figure: Estimate) -> str:
    return f"{figure.value * 100:.1f} ({figure.low * 100:.1f} to {figure.high * 100:.1f})"


def _label_text(label: Label, console: Console, *, bold: bool = False) -> Text:
    style = f"bold {STYLES[label.value]}" if bold else STYLES[label.value]
    return Text(f"{label_symbol(label.value, console)} {label.value}", style=style)


def _evidence_lines(sentence: SentenceEvidence) -> Iterator[Text]:
    """Yield the details in doubt, the side that decided with its text, the other's probability."""
    support, contradiction = sentence.support, sentence.contradiction
    yield from _details_lines(sentence.unsupported_details)
    if sentence.label is Label.CONTRADICTED:
        yield _evidence_text("contradicted by", contradiction)
        yield Text(f"support at best {support.probability:.2f}", style="dim")
        return
    relation = "supported by" if sentence.label is Label.SUPPORTED else "nearest support"
    yield _evidence_text(relation, support)
    yield Text(f"contradiction at most {contradiction.probability:.2f}", style="dim")


def _reading_lines(sentence: SentenceEvidence) -> Iterator[Text]:
    """Yield how much of the context was read, where that is not all of it."""
    if sentence.num_chunks_read < sentence.num_chunks:
        yield Text(f"{sentence.num_chunks_read} of {sentence.num_chunks} chunks read", style="dim")


def _details_lines(details: Sequence[UnsupportedDetail]) -> Iterator[Text]:
    """Yield what the context says nowhere, and what only another part of it says."""
    for is_elsewhere, words, style in (
        (False, "not borne out", "bold"),
        (True, "said only elsewhere in the context", "dim"),
    ):
        named = [
            f"{printable(each.text)} ({each.kind})"
            for each in details
            if each.is_elsewhere == is_elsewhere
        ]
        if named:
            yield Text(f"{words}: {', '.join(named)}", style=style)


def _evidence_text(relation: str, evidence: Evidence) -> Text:
    shown = printable(evidence.text.strip())
    if len(shown) > _EVIDENCE_CHARS:
        shown = shown[:_EVIDENCE_CHARS].rsplit(" ", 1)[0] + " ..."
    place = f"{relation} ({evidence.probability:.2f}, characters {evidence.start}-{evidence.end}) "
    return Text.assemble((place, "dim"), shown or "(empty context)")
