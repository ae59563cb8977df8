"""Six pairs written for a first look: what the bundled model says of each, and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from concord.scoring.verdicts import Explanation
from concord.workflows.explain import Explainer

_PAIRS_FILE: Final = "demo_pairs.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPair:
    """A pair to look at.

    Attributes:
        title: What the texts are about.
        kind: "summary" or "answer".
        context: The article or passage.
        claim: The summary, or a question with its answer.
        note: What is planted in the claim.
    """

    title: str
    kind: str
    context: str
    claim: str
    note: str


def load_demo_pairs() -> tuple[DemoPair, ...]:
    """Read the pairs that come with the package."""
    text = files("concord.workflows").joinpath(_PAIRS_FILE).read_text(encoding="utf-8")
    return tuple(DemoPair(**json.loads(line)) for line in text.splitlines() if line)


def run_demo(aligner: Explainer) -> Iterator[tuple[DemoPair, Explanation]]:
    """Yield each pair with its explanation, as soon as it is scored."""
    for pair in load_demo_pairs():
        yield pair, aligner.explain(pair.context, pair.claim)
