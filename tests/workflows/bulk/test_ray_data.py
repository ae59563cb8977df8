"""Ray Data on this machine: the bundled model behind the call that frames take."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.length_scorer import LengthScorer

import concord
from concord.errors import ConfigError

ROWS = [
    {"context": "The bridge opened in 1932.", "claim": "The bridge opened in 1932."},
    {"context": "The bridge opened in 1932.", "claim": " "},
    {"context": "The bridge opened in 1932.", "claim": "The bridge opened in 1923."},
]


@pytest.fixture
def local_ray() -> Iterator[Any]:
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.data")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Ray's own
def test_a_ray_data_set_is_scored_by_workers_when_it_is_asked_for(local_ray: Any) -> None:
    scored = concord.score_rows(local_ray.data.from_items(ROWS), verdicts=True)
    rows = {row["claim"]: row for row in scored.take_all()}
    expected = concord.score_rows([ROWS[0], ROWS[2]], verdicts=True)
    for row in expected:
        found = rows[row["claim"]]
        assert found["score"] == pytest.approx(row["score"], abs=0.02)
        assert (found["verdict"], found["error"]) == (row["verdict"], None)
    assert rows[" "]["score"] is None
    assert "the claim (column 'claim') is empty" in rows[" "]["error"]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_rays_workers_are_given_a_models_name(local_ray: Any) -> None:
    with pytest.raises(ConfigError, match="an aligner cannot be sent to Ray's workers; give the"):
        concord.score_rows(local_ray.data.from_items(ROWS), LengthScorer())
