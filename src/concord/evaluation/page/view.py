"""A board as the page shows it: rows in reading order, the best of each marked, counts kept low.

The main system, the first of the board, is what the page is about: it comes first where order is
free, and everything is compared with it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from concord.evaluation.board import (
    Board,
    Comparison,
    Finding,
    Overlap,
    PublishedFigure,
    SetCard,
    SetResult,
    SuiteAverage,
    SuiteCard,
    SystemCard,
)
from concord.evaluation.metrics import Estimate
from concord.evaluation.page import wording
from concord.evaluation.page.charts import Curve, Mark, Spot, Strip, reliability_points
from concord.evaluation.page.wording import Verdict

_UNKNOWN: Final = Estimate(math.nan, math.nan, math.nan)
_MANY_RESULTS: Final = 400
"""From so many results on, errors and confusions are shown for the main system alone."""
_CURVES: Final = 4  # as many lines as dashes and colours tell apart
_MAIN_ERRORS, _OTHER_ERRORS = 5, 2
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A system in a table of one suite or set.

    Attributes:
        system: Its card.
        figure: Its figure; NaN where it has none.
        result: Its result, where the table is of one set.
        comparison: The main system against it, where there is one.
        is_main: Whether it is the main system.
        is_best: Whether no other whole one is higher; False where it is the only one.
        part: What part of the suite or set the figure is of, where it is not all.
    """

    system: SystemCard
    figure: Estimate
    result: SetResult | None
    comparison: Comparison | None
    is_main: bool
    is_best: bool = False
    part: str = ""

    @property
    def difference(self) -> Estimate | None:
        """The main system's figure less this one's."""
        return None if self.comparison is None else self.comparison.difference

    @property
    def verdict(self) -> Verdict:
        """What the difference says of the main system."""
        return wording.verdict(self.difference)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineRow:
    """A system in the headline table: its averages in the suites' order."""

    system: SystemCard
    cells: tuple[Row, ...]
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One test of behaviour, by system."""

    name: str
    description: str
    kind: str
    by_system: Mapping[str, Finding]
    main: Finding | None

    @property
    def first(self) -> Finding:
        """The main system's, or any."""
        return self.main or next(iter(self.by_system.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """A board with what the page looks up in it."""

    board: Board
    results: Mapping[tuple[str, str, str], SetResult] = field(repr=False)
    averages: Mapping[tuple[str, str], SuiteAverage] = field(repr=False)
    comparisons: Mapping[tuple[str, str, str], Comparison] = field(repr=False)
    overlaps: Mapping[str, Sequence[Overlap]] = field(repr=False)

    @classmethod
    def of(cls, board: Board) -> "BoardView":
        """Index a board."""
        overlaps: dict[str, list[Overlap]] = {}
        for overlap in board.contamination:
            overlaps.setdefault(overlap.set, []).append(overlap)
        return cls(
            board=board,
            results={(each.suite, each.set, each.system): each for each in board.results},
            averages={(each.suite, each.system): each for each in board.averages},
            comparisons={(each.suite, each.set, each.other): each for each in board.comparisons},
            overlaps=overlaps,
        )

    @property
    def main(self) -> str:
        """The main system's name; empty on an empty board."""
        return self.board.systems[0].name if self.board.systems else ""

    @property
    def is_large(self) -> bool:
        """Whether details of all systems would make the page too long to load and read."""
        return len(self.board.results) > _MANY_RESULTS

    @property
    def suites(self) -> list[SuiteCard]:
        """Suites of test sets, with any result."""
        return [suite for suite in self.board.suites if suite.sets]

    @property
    def finding_suites(self) -> list[SuiteCard]:
        """Suites with findings, also those that no card describes."""
        cards = {suite.name: suite for suite in self.board.suites}
        names = dict.fromkeys(finding.suite for finding in self.board.findings)
        return [
            cards.get(name, SuiteCard(name=name, title=name.capitalize(), purpose="", sets=()))
            for name in names
        ]

    def headline(self) -> list[HeadlineRow]:
        """Return the systems, the one with the best mean of the suites' averages first."""
        columns = {suite.name: self.average_rows(suite) for suite in self.suites}
        rows = []
        for system in self.board.systems:
            cells = tuple(
                next(row for row in rows_of_suite if row.system is system)
                for rows_of_suite in columns.values()
            )
            whole = [
                cell
                for cell, name in zip(cells, columns, strict=True)
                if name in self.whole_suites()
            ]
            rows.append(HeadlineRow(system=system, cells=cells, mean=_mean(whole)))
        return sorted(rows, key=lambda row: _falling(row.mean))

    def whole_suites(self) -> tuple[str, ...]:
        """Return the suites that means are over: those of which the main system has every set."""
        counts = {suite.name: len(suite.sets) for suite in self.suites}
        found = {name: self.averages.get((name, self.main)) for name in counts}
        return tuple(
            name for name, each in found.items() if each is not None and each.sets == counts[name]
        )

    def average_rows(self, suite: SuiteCard) -> list[Row]:
        """Return the systems by their average on a suite, the best first.

        An average over some of the sets alone is marked, and cannot be the best.
        """
        rows = []
        for system in self.board.systems:
            average = self.averages.get((suite.name, system.name))
            part = ""
            if average is not None and average.sets < len(suite.sets):
                part = f"{average.sets} of {len(suite.sets)} sets"
            rows.append(
                Row(
                    system=system,
                    figure=_UNKNOWN if average is None else average.figure,
                    result=None,
                    comparison=self.comparisons.get((suite.name, "", system.name)),
                    is_main=system.name == self.main,
                    part=part,
                )
            )
        return _ordered(rows)

    def set_rows(self, suite: SuiteCard, card: SetCard) -> list[Row]:
        """Return the systems that answered a set, the best first."""
        rows = []
        for system in self.board.systems:
            result = self.results.get((suite.name, card.name, system.name))
            if result is None:
                continue
            is_whole = result.examples >= card.examples
            rows.append(
                Row(
                    system=system,
                    figure=result.figure,
                    result=result,
                    comparison=self.comparisons.get((suite.name, card.name, system.name)),
                    is_main=system.name == self.main,
                    part="" if is_whole else f"{result.examples:,} of {card.examples:,} pairs",
                )
            )
        return _ordered(rows)

    def by_system(self, rows: Sequence[Row]) -> list[Row | None]:
        """Return rows in the board's order of systems, None for those without one."""
        found = {row.system.name: row for row in rows}
        return [found.get(system.name) for system in self.board.systems]

    def told(self, rows: Sequence[Row], verdict: Verdict) -> list[Row]:
        """Return the rows of which the main system's comparison says so."""
        return [row for row in rows if not row.is_main and row.verdict is verdict]

    def main_row(self, rows: Sequence[Row]) -> Row | None:
        """Return the main system's row, if it has one with a figure."""
        known = (row for row in rows if row.is_main and wording.is_known(row.figure.value))
        return next(known, None)

    def best_row(self, rows: Sequence[Row]) -> Row | None:
        """Return the row with the highest figure."""
        return next((row for row in rows if row.is_best), None)

    def strips(self, suite: SuiteCard) -> list[Strip]:
        """Return where each system stands on each set of a suite."""
        strips = []
        for card in suite.sets:
            marks = [
                Mark(
                    label=row.system.name,
                    kind=row.system.kind,
                    estimate=row.figure,
                    is_main=row.is_main,
                )
                for row in self.set_rows(suite, card)
            ]
            strips.append(Strip(label=card.title, marks=marks))
        return strips

    def spots(self, suite: SuiteCard | None = None) -> list[Spot]:
        """Return speed against accuracy: of a suite, or the mean over the whole suites.

        The mean is of systems that have an average on each of these.
        """
        spots = []
        for row in self.headline():
            if row.system.cost is None:
                continue
            cells = [c for c, s in zip(row.cells, self.suites, strict=True) if suite in (None, s)]
            figure = cells[0].figure if suite else Estimate(row.mean, math.nan, math.nan)
            if not wording.is_known(figure.value):
                continue
            spots.append(
                Spot(
                    label=row.system.name,
                    kind=row.system.kind,
                    x=row.system.cost.pairs_per_second,
                    y=figure,
                    is_main=row.system.name == self.main,
                )
            )
        return spots

    def roc_curves(self, rows: Sequence[Row]) -> list[Curve]:
        """Return the main system's curve and those of the best others."""
        curves = [
            Curve(label=row.system.name, points=row.result.roc)
            for row in _main_first(rows)
            if row.result is not None and row.result.roc
        ]
        return curves[:_CURVES]

    def reliability_curves(self, rows: Sequence[Row]) -> list[Curve]:
        """Return the main system's curve and those of the best others."""
        curves = [
            Curve(label=row.system.name, points=points)
            for row in _main_first(rows)
            if row.result is not None and (points := reliability_points(row.result.reliability))
        ]
        return curves[:_CURVES]

    def detailed(self, rows: Sequence[Row]) -> list[SetResult]:
        """Return the results whose errors and confusions are shown, the main system's first.

        What baselines do wrong teaches nothing about them, unless the page is about one.
        """
        results = [
            row.result
            for row in _main_first(rows)
            if row.result is not None and (row.is_main or row.system.kind != "baseline")
        ]
        return results[: 1 if self.is_large else _CURVES]

    def errors(self, result: SetResult) -> int:
        """Return how many of a result's errors are shown."""
        return _MAIN_ERRORS if result.system == self.main or self.is_large else _OTHER_ERRORS

    def published(self, card: SetCard) -> list[PublishedFigure]:
        """Return the figures that others report for a set."""
        return [each for each in self.board.published if each.set == card.name]

    def finding_groups(self, suite: SuiteCard) -> list[tuple[str, list[FindingRow]]]:
        """Return a suite's findings by group, in the board's order."""
        own = [finding for finding in self.board.findings if finding.suite == suite.name]
        by_test: dict[tuple[str, str], dict[str, Finding]] = {}
        for finding in own:
            by_test.setdefault((finding.group, finding.name), {})[finding.system] = finding
        rows = [(group, self._finding_row(name, each)) for (group, name), each in by_test.items()]
        order = list(dict.fromkeys(group for group, _ in rows))
        rows.sort(key=lambda row: order.index(row[0]))
        return [
            (group, [row for _, row in members])
            for group, members in groupby(rows, key=lambda row: row[0])
        ]

    def finding_systems(self, suite: SuiteCard) -> list[str]:
        """Return the systems that a suite's findings are of, the main one first."""
        tested = {finding.system for finding in self.board.findings if finding.suite == suite.name}
        return [system.name for system in self.board.systems if system.name in tested]

    def has_changes(self, suite: SuiteCard) -> bool:
        """Tell whether the main system has a change to show in a suite's findings."""
        return any(
            finding.change is not None
            for finding in self.board.findings
            if (finding.suite, finding.system) == (suite.name, self.main)
        )

    def weakest(self, suite: SuiteCard) -> list[Finding]:
        """Return the main system's three highest failure rates of a suite."""
        own = [
            finding
            for finding in self.board.findings
            if finding.suite == suite.name
            and finding.system == self.main
            and wording.is_known(finding.rate.value)
        ]
        return sorted(own, key=lambda finding: -finding.rate.value)[:3]

    def examples(self, row: FindingRow) -> list[tuple[Finding, int]]:
        """Return the findings of a test whose examples are shown, and how many of each."""
        chosen = [row.first] if self.is_large else list(row.by_system.values())
        return [(finding, _EXAMPLES) for finding in chosen if finding.examples]

    def _finding_row(self, name: str, by_system: Mapping[str, Finding]) -> FindingRow:
        first = next(iter(by_system.values()))
        return FindingRow(
            name=name,
            description=first.description,
            kind=first.kind,
            by_system=by_system,
            main=by_system.get(self.main),
        )


def anchor(*names: str) -> str:
    """Return names as an id for links: letters, digits and hyphens."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in names)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """Return rows by figure, with the best of those that are of everything marked."""
    known = [
        row.figure.value for row in rows if wording.is_known(row.figure.value) and not row.part
    ]
    best = max(known) if len(known) > 1 else math.nan
    marked = [replace(row, is_best=not row.part and row.figure.value == best) for row in rows]
    return sorted(marked, key=lambda row: _falling(row.figure.value))


def _main_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: not row.is_main)


def _mean(cells: Sequence[Row]) -> float:
    """Return the mean of a system's averages; NaN unless each is there and whole."""
    values = [math.nan if cell.part else cell.figure.value for cell in cells]
    return sum(values) / len(values) if values else math.nan


def _falling(value: float) -> float:
    return -value if wording.is_known(value) else math.inf
