"""Do summaries, dialogue turns and other written texts keep to their sources?"""

from typing import Final

from concord.evaluation.suites.suite import Suite, TestSet

_RECIPES: Final = (
    "qags_cnndm",
    "qags_xsum",
    "summedits",
    "cliff",
    "q2",
    "begin",
    "dialsummeval",
    "storysumm",
    "wice",
    "longsciverify",
    "factcg",
    "faithdial_audit",
    "frank",
    "summeval",
    "summac_cogensumm",
    "summac_xsumfaith",
    "summac_polytope",
    "summac_factcc",
    "summac_summeval",
    "summac_frank",
    "true_frank",
    "true_summeval",
    "true_mnbm",
    "true_qags_cnndm",
    "true_qags_xsum",
    "true_begin",
    "true_q2",
    "true_dialfact",
    "true_fever",
    "true_vitaminc",
    "true_paws",
    "llm_aggrefact_cnn",
    "llm_aggrefact_xsum",
    "llm_aggrefact_mediasum",
    "llm_aggrefact_meetingbank",
    "llm_aggrefact_wice",
    "llm_aggrefact_reveal",
    "llm_aggrefact_claimverify",
    "llm_aggrefact_factcheck",
    "llm_aggrefact_expertqa",
    "llm_aggrefact_lfqa",
    "llm_aggrefact_ragtruth",
)

SUITE: Final = Suite(
    name="consistency",
    title="Factual consistency",
    purpose="Does it tell written texts that keep to their sources from those that do not?",
    sets=tuple(TestSet(recipe=name) for name in _RECIPES),
)
