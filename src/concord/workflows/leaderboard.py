"""Runs suites over systems, so that a run that was cut off goes on where it was, and writes it up.

First each system answers every set, one system after the other, and its answers are kept; then all
figures are made of what was kept. So a run with all answers there only computes figures, and what
is lost with a run that is cut off is the set that it was at.
"""

import gc
import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from concord.errors import ConfigError
from concord.evaluation.board import Board, Overlap, SetResult, SuiteCard
from concord.evaluation.leaderboard.asking import Opened
from concord.evaluation.leaderboard.outcomes import SetOutcome, average_suites, compare_systems
from concord.evaluation.leaderboard.quoting import unquoted
from concord.evaluation.results import installed_versions
from concord.evaluation.suites.suite import Suite
from concord.process import describe_machine
from concord.workflows.board_files import write_board
from concord.workflows.kept_overlaps import kept_overlaps
from concord.workflows.leaderboard_options import LeaderboardOptions, SystemSource, Watch
from concord.workflows.planned_pairs import plan_pairs
from concord.workflows.planned_set import Planned
from concord.workflows.planned_task import plan_task
from concord.workflows.suite_answers import AnsweredSystem, answer_suites


def run_leaderboard(
    sources: Sequence[SystemSource], options: LeaderboardOptions, *, watch: Watch | None = None
) -> Board:
    """Run suites over systems, keep the answers, and write results, table and page.

    Args:
        sources: The main system first; the others are compared with it.
        options: What is run.
        watch: Told of what goes on.

    Raises:
        ConfigError: If there is no system, or no set whose files are there.
        DataError: If a row of a set cannot be read.
    """
    if not sources:
        raise ConfigError("there is no system to evaluate; name a model")
    options.output.mkdir(parents=True, exist_ok=True)
    planned = _planned(options, watch)
    answered = [
        answer_suites(opened, planned, options, watch) for opened in _opened(sources, options)
    ]
    outcomes = list(_judged(planned, answered, options, watch))
    overlaps = kept_overlaps(planned, options)
    board = _board(planned, answered, outcomes, overlaps, options)
    write_board(board, options.output)
    return board


def _planned(options: LeaderboardOptions, watch: Watch | None) -> list[Planned]:
    """Return the sets of all suites whose files are there."""
    report = watch("reading") if watch is not None else None
    planned: list[Planned] = []
    for place, suite in enumerate(options.suites):
        pairs = (plan_pairs(suite.name, each, options) for each in suite.sets)
        tasks = (plan_task(suite.name, each, options) for each in suite.task_sets)
        found: list[Planned | None] = [*pairs, *tasks]
        planned += [each for each in found if each is not None]
        if report is not None:
            report(place + 1, len(options.suites))
    if not planned and not any(suite.findings for suite in options.suites):
        names = ", ".join(suite.name for suite in options.suites)
        raise ConfigError(f"{options.data_dir} holds no data of the suites {names}")
    return planned


def _opened(sources: Sequence[SystemSource], options: LeaderboardOptions) -> Iterator[Opened]:
    """Open one system after the other, each under a name of its own."""
    names: list[str] = []
    for source in sources:
        started = time.perf_counter()
        system = source.open()
        seconds = round(time.perf_counter() - started, 3)
        name = _unlike(system.name, source.written, names)
        names.append(name)
        yield Opened(
            system=system,
            name=name,
            load_seconds=seconds,
            threads=options.threads or os.cpu_count() or 1,
        )
        del system
        gc.collect()  # what a model held is free before the next one is opened


def _unlike(name: str, written: str, names: Sequence[str]) -> str:
    """Return the system's name, or more of what the user wrote where it is taken."""
    if name not in names:
        return name
    longer = f"{name} ({written})"
    number = 2
    while longer in names:
        longer, number = f"{name} ({written}, {number})", number + 1
    return longer


def _judged(
    planned: Sequence[Planned],
    answered: Sequence[AnsweredSystem],
    options: LeaderboardOptions,
    watch: Watch | None,
) -> Iterator[SetOutcome]:
    report = watch("figures") if watch is not None else None
    for place, each in enumerate(planned):
        if report is not None:
            report(place, len(planned))
        kept = {system.card.name: system.kept[place] for system in answered}
        there = {name: found for name, found in kept.items() if found is not None}
        if there:
            yield each.judge(there, answered[0].card.name, options)
    if report is not None:
        report(len(planned), len(planned))


def _board(
    planned: Sequence[Planned],
    answered: Sequence[AnsweredSystem],
    outcomes: Sequence[SetOutcome],
    overlaps: tuple[Overlap, ...],
    options: LeaderboardOptions,
) -> Board:
    systems = [each.card.name for each in answered]
    suites = [suite.name for suite in options.suites]
    return Board(
        command=options.command,
        seed=options.seed,
        created=datetime.now(UTC).date().isoformat(),
        versions=installed_versions(),
        machine=describe_machine(options.threads),
        systems=tuple(each.card for each in answered),
        suites=tuple(_suite_card(suite, planned) for suite in options.suites),
        results=tuple(_results(planned, outcomes, options)),
        averages=average_suites(outcomes, suites, systems),
        comparisons=compare_systems(outcomes, suites, systems[1:], main=systems[0]),
        findings=tuple(finding for each in answered for finding in each.findings),
        contamination=overlaps,
        published=options.published,
    )


def _results(
    planned: Sequence[Planned], outcomes: Sequence[SetOutcome], options: LeaderboardOptions
) -> Iterator[SetResult]:
    licences = {(each.suite, each.card.name): each.card.licence_class for each in planned}
    for outcome in outcomes:
        for result in outcome.results:
            yield unquoted(result, licences[result.suite, result.set], options.quoted)


def _suite_card(suite: Suite, planned: Sequence[Planned]) -> SuiteCard:
    return SuiteCard(
        name=suite.name,
        title=suite.title,
        purpose=suite.purpose,
        sets=tuple(each.card for each in planned if each.suite == suite.name),
    )
