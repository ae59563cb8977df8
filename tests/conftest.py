"""Settings and options that every test shares."""

import os
from pathlib import Path

import pytest

# Before anything imports torch: idle threads sleep, and nothing asks the network for a model.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"


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
