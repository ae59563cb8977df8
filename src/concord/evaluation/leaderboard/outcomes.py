"""All systems on one set: their results, and the draws that averages and comparisons need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from concord.evaluation.board import Comparison, SetResult, SuiteAverage
from concord.evaluation.leaderboard.predictions import Predictions
from concord.evaluation.leaderboard.set_judging import Cut, figure_of, judge
from concord.evaluation.leaderboard.set_reading import AskedSet
from concord.evaluation.metrics.significance import Resampled, average, compare, resample


@dataclass(frozen=True, slots=True)
class SystemAnswers:
    """A system's answers to a set, with what decides and where they are kept."""

    answers: Predictions
    cut: Cut | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOutcome:
    """What systems achieve on one set.

    Attributes:
        suite: The suite's name.
        set: The set's name.
        results: One for each system that answered.
        draws: By system, its figure on resamples of the rows that it answered.
        pairs: By each system but the main one, the main system's figure and its own, on the same
            resamples of the rows that both answered.
    """

    suite: str
    set: str
    results: tuple[SetResult, ...]
    draws: Mapping[str, Resampled]
    pairs: Mapping[str, tuple[Resampled, Resampled]]


def judge_systems(
    asked: AskedSet, suite: str, answered: Mapping[str, SystemAnswers], *, main: str, seed: int
) -> SetOutcome:
    """Return what systems achieve on a set of pairs.

    Args:
        asked: The set, with its texts.
        suite: The suite's name.
        answered: By system.
        main: The system that the others are held against.
        seed: Of the bootstrap.
    """
    name = asked.declared.title
    draws: dict[str, Resampled] = {}
    pairs: dict[str, tuple[Resampled, Resampled]] = {}
    for rows in dict.fromkeys(each.answers.rows for each in answered.values()):
        # a system that answered some rows only is held against the main one on those
        members = [each for each in answered if answered[each].answers.rows == rows]
        figures = [figure_of(asked, answered[each].answers, answered[each].cut) for each in members]
        beside = main in answered and main not in members
        if beside:
            known = answered[main]
            figures.append(figure_of(asked, known.answers.of_rows(frozenset(rows)), known.cut))
        found = resample(figures, name=name, seed=seed)
        draws |= dict(zip(members, found, strict=False))
        if main in answered:
            own = found[-1] if beside else draws[main]
            pairs |= {each: (own, draws[each]) for each in members if each != main}
    results = tuple(
        judge(
            asked,
            each.answers,
            each.cut,
            system=system,
            suite=suite,
            figure=draws[system].estimate(),
            path=each.path,
        )
        for system, each in answered.items()
    )
    return SetOutcome(suite=suite, set=name, results=results, draws=draws, pairs=pairs)


def average_suites(
    outcomes: Iterable[SetOutcome], suites: Sequence[str], systems: Sequence[str]
) -> tuple[SuiteAverage, ...]:
    """Return each system's mean over the sets of each suite that it answered."""
    kept = list(outcomes)
    found = []
    for suite in suites:
        for system in systems:
            sets = [
                each.draws[system] for each in kept if each.suite == suite and system in each.draws
            ]
            if sets:
                figure = average(sets).estimate()
                found.append(
                    SuiteAverage(system=system, suite=suite, figure=figure, sets=len(sets))
                )
    return tuple(found)


def compare_systems(
    outcomes: Iterable[SetOutcome], suites: Sequence[str], systems: Sequence[str], *, main: str
) -> tuple[Comparison, ...]:
    """Return the main system against each other one, per set and over the sets both answered."""
    kept = list(outcomes)
    found = []
    for other in systems:
        for suite in suites:
            pairs = {
                each.set: each.pairs[other]
                for each in kept
                if each.suite == suite and other in each.pairs
            }
            if not pairs:
                continue
            whole = tuple(average([pair[side] for pair in pairs.values()]) for side in (0, 1))
            for name, (one, its) in {**pairs, "": (whole[0], whole[1])}.items():
                difference = compare(one, its)
                found.append(
                    Comparison(
                        system=main,
                        other=other,
                        suite=suite,
                        set=name,
                        difference=difference.estimate,
                        p_value=difference.p_value,
                    )
                )
    return tuple(found)
