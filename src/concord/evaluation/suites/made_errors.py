"""Reference summaries beside versions of them with an error that was put in by rule."""

from typing import Final

from concord.data.recipe import Split
from concord.evaluation.suites.suite import Suite, TestSet

_RECIPES: Final = (
    "aeslc",
    "bbc_news",
    "dialogsum",
    "peerread_titles",
    "qmsum",
    "reddit_tifu",
    "samsum",
    "scitldr",
    "squality",
    "wikihow",
    "xsum",
)

SUITE: Final = Suite(
    name="made_errors",
    title="Summaries with made errors",
    purpose="Does it tell a reference summary from the same with a swapped name or number, a "
    "negation or a foreign sentence? Real errors are harder: see factual consistency.",
    sets=tuple(
        TestSet(recipe=name, splits=(Split.TEST, Split.VALIDATION, Split.TRAIN))
        for name in _RECIPES
    ),
)
