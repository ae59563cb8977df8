"""An explanation to hand around."""

import pytest

from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence, Verdict


@pytest.fixture
def explanation() -> Explanation:
    """The verdict on a claim of one sentence that its context contradicts."""
    context = "The bridge reopened on Monday."
    evidence = Evidence(start=0, end=len(context), text=context, probability=0.05)
    against = Evidence(start=0, end=len(context), text=context, probability=0.93)
    claim = "The bridge is closed."
    sentence = SentenceEvidence(
        claim_start=0,
        claim_end=len(claim),
        text=claim,
        label=Label.CONTRADICTED,
        score=0.05,
        support=evidence,
        contradiction=against,
    )
    return Explanation(verdict=Verdict(Label.CONTRADICTED, 0.05), sentences=(sentence,))
