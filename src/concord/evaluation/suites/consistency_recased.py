"""The consistency sets with cleaned claims, for a comparison with published figures."""

from typing import Final

from concord.evaluation.suites.suite import Suite, TestSet

_RECIPES: Final = (
    "qags_cnndm",
    "qags_xsum",
    "cliff",
    "frank",
    "summeval",
    "summac_cogensumm",
    "summac_xsumfaith",
    "summac_polytope",
    "summac_factcc",
    "summac_summeval",
    "summac_frank",
)

SUITE: Final = Suite(
    name="consistency_recased",
    title="Factual consistency, claims cleaned",
    purpose="The same with the case of claims restored and quotes made plain, as published "
    "figures have it.",
    sets=tuple(TestSet(recipe=name, name=f"{name}_recased", is_recased=True) for name in _RECIPES),
)
