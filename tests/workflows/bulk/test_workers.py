"""Windows through several processes."""

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest
from tests.length_scorer import LengthScorer

from concord.data.readers import read_records
from concord.errors import ArtifactError, ConcordError, InputError
from concord.scoring.scorer import VerdictScorer
from concord.workflows.bulk.options import ScoreOptions
from concord.workflows.bulk.windows import Window, read_windows
from concord.workflows.bulk.workers import score_in_workers, threads_each


def open_nothing() -> VerdictScorer:
    raise ArtifactError("there is no such model")


def _windows(*claims: str) -> Iterator[Window]:
    rows = ({"context": "c", "claim": claim} for claim in claims)
    return read_windows(read_records(rows), ScoreOptions(), max_rows=1)


def test_answers_come_in_the_order_of_their_windows_whichever_is_done_first() -> None:
    seen: list[int] = []
    claims = ["wait", "x", "xx", "xxx", "x", "xx", "xxx"]
    scored = score_in_workers(
        _windows(*claims), LengthScorer, ScoreOptions(), seen.append, workers=2
    )
    answers = [(window.start, found["score"]) for window, found in scored]
    assert answers == [(n, [len(claim) / 100]) for n, claim in enumerate(claims)]
    assert seen[-1] == 7
    assert seen == sorted(seen)


def test_a_worker_that_is_killed_is_named_in_one_sentence() -> None:
    scored = score_in_workers(_windows("x", "die"), LengthScorer, ScoreOptions(), workers=1)
    with pytest.raises(
        ConcordError, match=r"^worker 1 \(process \d+\) was killed by signal 9 at rows 2 to 2; run"
    ):
        list(scored)


def test_workers_leave_an_interrupt_to_the_process_that_started_them() -> None:
    scored = score_in_workers(
        _windows("x", "xx", "wait", "x"), LengthScorer, ScoreOptions(), workers=2
    )
    next(scored)
    workers = multiprocessing.active_children()
    assert len(workers) == 2
    for worker in workers:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGINT)  # as Ctrl-C does to the whole group
    assert [found["score"] for _, found in scored] == [[0.02], [0.04], [0.01]]


def test_what_a_worker_refuses_is_refused_here() -> None:
    with pytest.raises(InputError, match="this claim is refused"):
        list(score_in_workers(_windows("refuse"), LengthScorer, ScoreOptions(), workers=1))
    with pytest.raises(ArtifactError, match="there is no such model"):
        list(score_in_workers(_windows("x"), open_nothing, ScoreOptions(), workers=1))


def test_workers_share_the_threads() -> None:
    assert threads_each(None, workers=1) is None
    assert threads_each(5, workers=2) == 2
    assert threads_each(2, workers=4) == 1
