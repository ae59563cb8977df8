"""The behaviour suite: HateCheck and CheckList, failure rates per functionality.

Without a head of its own for it, a model classifies by the claim that a text supports best,
finds duplicates by the binary head in both directions, and verifies answers.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from concord.evaluation.board import Finding
from concord.evaluation.functional.answering import Answerers
from concord.evaluation.functional.cases import (
    CHECKLIST_QQP,
    CHECKLIST_SENTIMENT,
    CHECKLIST_SQUAD,
    FUNCTIONAL_DATA,
    HATECHECK,
    Case,
    find_cases,
    read_cases,
)
from concord.evaluation.functional.checklist import judge_duplicates, judge_sentiment
from concord.evaluation.functional.checklist_answers import judge_answers
from concord.evaluation.functional.hatecheck import judge_hate
from concord.evaluation.functional.sampling import sample_cases

Judge: TypeAlias = Callable[[Answerers, Sequence[Case], int], list[Finding]]

_JUDGES: Final[Mapping[str, Judge]] = {
    HATECHECK.name: judge_hate,
    CHECKLIST_SENTIMENT.name: judge_sentiment,
    CHECKLIST_QQP.name: judge_duplicates,
    CHECKLIST_SQUAD.name: judge_answers,
}


def behaviour_findings(
    answerers: Answerers,
    data_dir: Path,
    *,
    max_rows: int | None = None,
    seed: int = 0,
) -> list[Finding]:
    """Return a finding for each functionality of the tests that a data directory holds.

    Args:
        answerers: The system.
        data_dir: Where the data sets' folders lie.
        max_rows: About how many cases of each data set to try; all unless given.
        seed: Decides which, and the bootstrap.
    """
    findings = []
    for data in FUNCTIONAL_DATA:
        if find_cases(data, data_dir) is not None:
            cases = sample_cases(list(read_cases(data, data_dir)), max_rows, seed=seed)
            findings += _JUDGES[data.name](answerers, cases, seed)
    return findings
