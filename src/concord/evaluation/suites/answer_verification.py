"""Can a passage answer a question, and is this the answer?

A candidate is withheld if its probability of "no answer", 1 less the degree that the passage
supports question and candidate, is above a threshold (Zha et al., NeurIPS 2023).
"""

from typing import Final

from concord.data.recipe import Split
from concord.evaluation.suites.suite import Judging, Suite, TestSet

_QUESTION_ALONE: Final = (
    "adversarialqa_answerability",
    "doqa_answerability",
    "iirc_answerability",
    "multirc_answerability",
)

SUITE: Final = Suite(
    name="answer_verification",
    title="Answer verification",
    purpose="Does it give right answers and withhold one where the passage has none?",
    sets=(
        TestSet(
            recipe="squad_v2",
            judging=Judging.NO_ANSWER,
            note="candidates: the gold answer, or the plausible wrong one of a question without "
            "an answer",
        ),
        *(
            TestSet(
                recipe=name,
                judging=Judging.NO_ANSWER,
                splits=(Split.TEST, Split.VALIDATION, Split.TRAIN),
                note="the question alone is the claim; where only a training split is to be had, "
                "that is reported, and systems that learned it are left out",
            )
            for name in _QUESTION_ALONE
        ),
    ),
)
