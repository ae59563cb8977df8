"""From verdicts on the cases of a functionality to a finding."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np

from concord.evaluation.board import Finding, FindingExample
from concord.evaluation.functional.cases import Case, FunctionalData
from concord.evaluation.functional.rates import estimate_rate
from concord.evaluation.functional.rules import GroupVerdict

SUITE: Final = "behaviour"
MAX_EXAMPLES: Final = 5


def build_finding(
    system: str,
    data: FunctionalData,
    cases: Sequence[Case],
    judged: Sequence[GroupVerdict],
    answers: Sequence[str],
    expected: Mapping[int, str],
    seed: int,
    figures: Mapping[str, float] | None = None,
) -> Finding:
    """Return what became of one functionality; a group that fails anywhere has failed.

    Args:
        system: The system's name.
        data: Which tests.
        cases: All cases.
        judged: The functionality's groups, one at least.
        answers: What was answered to each case, to read.
        expected: What was expected of the judged cases, to read.
        seed: Seed of the bootstrap.
        figures: Other figures by name.
    """
    first = cases[judged[0].places[0]]
    failed = np.array([each.has_failed for each in judged], dtype=np.float64)
    verdicts = [verdict for each in judged for verdict in each.verdicts if verdict is not None]
    wrong = [each.places[each.verdicts.index(False)] for each in judged if each.has_failed]
    return Finding(
        system=system,
        suite=SUITE,
        name=f"{data.name}: {first.functionality}",
        group=first.capability,
        kind=first.kind.value,
        description=first.description or first.functionality,
        cases=len(judged),
        failures=int(failed.sum()),
        rate=estimate_rate(failed, [str(row) for row in range(len(judged))], seed=seed),
        figures={"inputs_failed": float(np.mean(np.logical_not(verdicts))), **(figures or {})},
        examples=tuple(
            FindingExample(
                context=next(iter(cases[place].texts.values())),
                claim=" ".join(islice(cases[place].texts.values(), 1, None)),
                expected=expected[place],
                got=answers[place],
            )
            for place in wrong[:MAX_EXAMPLES]
        ),
    )
