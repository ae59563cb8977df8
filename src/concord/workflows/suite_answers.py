"""One system's turn in a run: it answers every set, and what that took is added up."""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from concord.evaluation.board import Cost, Finding, SystemCard
from concord.evaluation.leaderboard.asking import Opened
from concord.evaluation.leaderboard.finding_files import findings_path, hash_folders, kept_or_found
from concord.evaluation.leaderboard.predictions import Header
from concord.evaluation.suites.suite import FindingContext, FindingSource, Suite
from concord.workflows.leaderboard_options import LeaderboardOptions, Watch
from concord.workflows.planned_set import Kept, Planned

logger = logging.getLogger(__name__)
_SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class AnsweredSystem:
    """What a run keeps of a system after it was closed.

    Attributes:
        card: What results say of it.
        kept: Its answers to each planned set; None where it has none.
        findings: What tests of behaviour found.
    """

    card: SystemCard
    kept: tuple[Kept | None, ...]
    findings: tuple[Finding, ...]


def answer_suites(
    opened: Opened, planned: Sequence[Planned], options: LeaderboardOptions, watch: Watch | None
) -> AnsweredSystem:
    """Let a system answer all that it has not yet, and return where its answers are."""
    kept = tuple(
        each.answer(opened, options, watch(f"{opened.name}: {each.card.name}") if watch else None)
        for each in planned
    )
    findings = tuple(_findings(opened, options, watch))
    headers = {each.path: each.headers for each in kept if each is not None}
    return AnsweredSystem(
        card=_card(opened, [header for each in headers.values() for header in each]),
        kept=kept,
        findings=findings,
    )


def _findings(
    opened: Opened, options: LeaderboardOptions, watch: Watch | None
) -> Iterator[Finding]:
    for suite in options.suites:
        for source in suite.findings:
            yield from _findings_of(source, suite, opened, options, watch)


def _findings_of(
    source: FindingSource,
    suite: Suite,
    opened: Opened,
    options: LeaderboardOptions,
    watch: Watch | None,
) -> Iterator[Finding]:
    data_hash = hash_folders(source, options.data_dir)
    if data_hash is None:
        logger.warning("%s has no data for %s", options.data_dir, source.name)
        return
    header = {
        "model": opened.system.fingerprint,
        "data_hash": data_hash,
        "seed": options.seed,
        "max_rows": options.max_rows,
    }
    context = FindingContext(
        suite=suite.name,
        seed=options.seed,
        max_rows=options.max_rows,
        progress=watch(f"{opened.name}: {source.name}") if watch else None,
    )
    found = kept_or_found(
        findings_path(options.output, opened.name, suite.name, source.name),
        header,
        lambda: source.run(opened.system, options.data_dir, context),
    )
    is_quoted = source.licence_class in options.quoted
    for finding in found:
        examples = finding.examples if is_quoted else ()
        yield replace(finding, system=opened.name, suite=suite.name, examples=examples)


def _card(opened: Opened, headers: Sequence[Header]) -> SystemCard:
    system = opened.system
    return SystemCard(
        name=opened.name,
        kind=system.kind,
        description=system.description,
        fingerprint=system.fingerprint,
        parameters=system.parameters,
        size_mb=system.size_mb,
        seen=tuple(system.seen),
        cost=_cost(headers),
    )


def _cost(headers: Sequence[Header]) -> Cost | None:
    """Add up what answering took, in this run and in those that it goes on from."""
    if not headers:
        return None
    seconds = sum(each.seconds for each in headers)
    counted = [each for each in headers if each.tokens]
    return Cost(
        load_seconds=headers[0].load_seconds,
        pairs_per_second=_rate(sum(each.examples for each in headers), seconds),
        tokens_per_second=_rate(
            sum(each.tokens for each in counted), sum(each.seconds for each in counted)
        ),
        peak_memory_mb=max(each.peak_memory_mb for each in headers),
        core_hours=sum(each.cpu_seconds for each in headers) / _SECONDS_PER_HOUR,
        threads=headers[0].threads,
    )


def _rate(count: float, seconds: float) -> float:
    return count / seconds if seconds > 0 else math.nan
