"""An explanation to hand around."""

import pytest

from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence, Verdict


@pytest.fixture
def explanation() -> Explanation:
    """The verdict on a claim of one sentence that its context contradicts."""
    context = "The bridge reopened on Monday."
    end = len(context)
    evidence = Evidence(0, end, context, probability=0.05, chunk_start=0, chunk_end=end)
    against = Evidence(0, end, context, probability=0.93, chunk_start=0, chunk_end=end)
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
