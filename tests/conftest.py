"""Settings and options that every test shares."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from concord.scoring.details import UnsupportedDetail
from concord.scoring.verdicts import Evidence, Explanation, Label, SentenceEvidence, Verdict
from concord.text.details import DetailKind

# Before anything imports torch: idle threads sleep, and nothing asks the network for a model.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"

# Processors that others use too stop for longer than any deadline.
settings.register_profile("shared_cores", deadline=None)
settings.load_profile("shared_cores")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("concord")
    group.addoption(
        "--data-dir", type=Path, default=None, help="folder of data sets for -m real_data"
    )


@pytest.fixture(scope="session")
def data_dir(pytestconfig: pytest.Config) -> Path:
    """The folder of real data sets; only tests marked real_data ask for it."""
    folder: Path | None = pytestconfig.getoption("--data-dir")
    if folder is None:
        pytest.skip("reads real data: give --data-dir")
    return folder


@pytest.fixture
def explanation() -> Explanation:
    """The verdict on a claim of one sentence that its context contradicts."""
    context = "The bridge reopened on Monday."
    end = len(context)
    evidence = Evidence(0, end, context, probability=0.05, chunk_start=0, chunk_end=end)
    against = Evidence(0, end, context, probability=0.93, chunk_start=0, chunk_end=end)
    claim = "The bridge is closed until May 2019."
    unsaid = UnsupportedDetail(DetailKind.DATE, "May 2019", 27, 35, is_elsewhere=False)
    sentence = SentenceEvidence(
        claim_start=0,
        claim_end=len(claim),
        text=claim,
        label=Label.CONTRADICTED,
        score=0.05,
        support=evidence,
        contradiction=against,
        unsupported_details=(unsaid,),
    )
    return Explanation(verdict=Verdict(Label.CONTRADICTED, 0.05), sentences=(sentence,))
