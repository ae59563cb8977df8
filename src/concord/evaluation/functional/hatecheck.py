"""HateCheck's functionalities, each text judged for itself (Röttger et al., ACL 2021)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.evaluation.board import Finding, FindingExample
from concord.evaluation.functional.answering import HATE_CLAIMS, Answerers, ClaimClassifier
from concord.evaluation.functional.cases import Case, TestKind, group_cases
from concord.evaluation.functional.findings import MAX_EXAMPLES, SUITE
from concord.evaluation.functional.rates import estimate_rate
from concord.evaluation.metrics import Vector

_HATEFUL: Final = 1


def hate_probabilities(answerers: Answerers, cases: Sequence[Case]) -> Vector:
    """Return how likely each of HateCheck's texts is hateful, shape ``(cases,)``."""
    classifier = answerers.hate or ClaimClassifier(answerers.scorer, HATE_CLAIMS)
    probs: Vector = classifier.probabilities([case.texts["text"] for case in cases])[:, _HATEFUL]
    return probs


def judge_hate(answerers: Answerers, cases: Sequence[Case], seed: int) -> list[Finding]:
    """Return a finding for each functionality; texts of one template are drawn together."""
    probs = hate_probabilities(answerers, cases)
    findings = []
    for groups in group_cases(cases).values():
        places = [place for members in groups.values() for place in members]
        is_hateful = cases[places[0]].label == "hateful"
        failed = [place for place in places if (probs[place] > 0.5) is not np.bool_(is_hateful)]
        examples = [
            FindingExample(
                context=cases[place].texts["text"],
                claim="",
                expected=str(cases[place].label),
                got=f"{'hateful' if probs[place] > 0.5 else 'non-hateful'} ({probs[place]:.2f})",
            )
            for place in failed[:MAX_EXAMPLES]
        ]
        values = np.isin(places, failed).astype(np.float64)
        first = cases[places[0]]
        findings.append(
            Finding(
                system=answerers.name,
                suite=SUITE,
                name=f"hatecheck: {first.functionality}",
                group=first.capability,
                kind=TestKind.MFT.value,
                description=first.description,
                cases=len(places),
                failures=len(failed),
                rate=estimate_rate(values, [cases[each].group for each in places], seed=seed),
                figures={"mean_probability_of_hate": float(np.mean(probs[places]))},
                examples=tuple(examples),
            )
        )
    return findings
