"""The questions that alignment models are trained on: the sets of Zha et al. (NeurIPS 2023)."""

from typing import Final

from concord.evaluation.suites.suite import Suite, TestSet

_RECIPES: Final = (
    "snli",
    "mnli",
    "mnli_mm",
    "anli_r1",
    "anli_r2",
    "anli_r3",
    "docnli",
    "nli_fever",
    "fever",
    "vitaminc",
    "qqp",
    "paws",
    "paws_qqp",
    "paws_unlabelled",
    "stsb",
    "sick",
    "race",
    "adversarial_qa",
    "drop",
    "quoref",
    "hotpotqa_distractor",
    "hotpotqa_fullwiki",
    "ropes",
    "newsqa",
    "boolq",
    "strategyqa",
    "multirc",
    "quail",
    "sciq",
    "gap",
    "ms_marco",
)

SUITE: Final = Suite(
    name="alignment",
    title="Alignment, in-domain",
    purpose="How well does it answer the kinds of questions that alignment models are trained on?",
    sets=tuple(TestSet(recipe=name) for name in _RECIPES),
)
