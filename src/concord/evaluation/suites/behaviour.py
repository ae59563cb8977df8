"""The behaviour suite: HateCheck and CheckList, failure rates per functionality.

Without a head of its own for it, a model classifies by the claim that a text supports best,
finds duplicates by the binary head in both directions, and verifies answers.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from concord.evaluation.board import Finding
from concord.evaluation.functional.answering import Answerers, HasTasks, answerers_of
from concord.evaluation.functional.cases import (
    CHECKLIST_QQP,
    CHECKLIST_SENTIMENT,
    CHECKLIST_SQUAD,
    HATECHECK,
    Case,
    FunctionalData,
    read_cases,
)
from concord.evaluation.functional.checklist import judge_duplicates, judge_sentiment
from concord.evaluation.functional.checklist_answers import judge_answers
from concord.evaluation.functional.hatecheck import judge_hate
from concord.evaluation.functional.sampling import sample_cases
from concord.evaluation.suites.suite import FindingContext, FindingSource, Suite
from concord.evaluation.systems.system import System

Judge: TypeAlias = Callable[[Answerers, Sequence[Case], int], list[Finding]]


def _source(data: FunctionalData, judge: Judge, head: str) -> FindingSource:
    def run(system: System, data_dir: Path, context: FindingContext) -> Iterable[Finding]:
        answerers = answerers_of(system.name, system)
        if isinstance(system, HasTasks) and getattr(answerers, head, None) is None:
            return []  # a model of tasks scores no pairs
        every = list(read_cases(data, data_dir))
        cases = sample_cases(every, context.max_rows, seed=context.seed)
        return judge(answerers, cases, context.seed)

    return FindingSource(
        name=data.name, folders=(data.name,), run=run, licence_class=data.licence_class
    )


SUITE: Final = Suite(
    name="behaviour",
    title="Behaviour",
    purpose="Which abilities does it lack, as small cases written to show one each tell?",
    findings=(
        _source(HATECHECK, judge_hate, "hate"),
        _source(CHECKLIST_SENTIMENT, judge_sentiment, "sentiment"),
        _source(CHECKLIST_QQP, judge_duplicates, ""),
        _source(CHECKLIST_SQUAD, judge_answers, "questions"),
    ),
)
