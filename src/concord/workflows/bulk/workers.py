"""Windows of rows to their scores, in several processes that each hold a model."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from concord.alignment import TextPair
from concord.errors import ConcordError
from concord.workflows.bulk.options import Answers, RowOptions
from concord.workflows.bulk.scoring import OpenScorer, RowsDone
from concord.workflows.bulk.windows import Window


def score_in_workers(
    windows: Iterable[Window],
    open_scorer: OpenScorer,
    options: RowOptions,
    report: RowsDone | None = None,
    *,
    workers: int,
) -> Iterator[tuple[Window, Answers]]:
    """Yield each window with its answers in the windows' order, whichever is done first.

    Processes are started for the first windows, anew rather than forked, since an inference
    engine does not survive a fork. They end with this generator, or with this process.

    Args:
        windows: Taken one by one; of those not yet yielded, two for each worker are held.
        open_scorer: Opens a model in each worker; it can be pickled.
        options: What is asked of the model; it can be pickled too.
        report: Called as pairs are done.
        workers: The number of processes.

    Raises:
        ConcordError: If a process ends, or refuses what it is given.
    """
    with _started(workers, open_scorer, options) as crew:
        yield from _Dispatcher(crew, report).score(iter(windows))


def threads_each(threads: int | None, *, workers: int) -> int | None:
    """Share threads, or else the cores that this process may use, among workers.

    One worker has what it was given: None, with which the engine decides.
    """
    if workers == 1:
        return threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (threads or cores or 1) // workers)


@dataclass(slots=True)
class _Task:
    """A window under way, how many of its rows are done, and its answers in the end."""

    window: Window
    rows_done: int = 0
    answers: Answers | None = None


@dataclass(slots=True)
class _Worker:
    """A process that scores, the pipe to it, and what it is at."""

    number: int
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    task: _Task | None = None

    def start(self, task: _Task) -> None:
        self.task = task
        try:
            self.pipe.send(task.window.pairs)
        except OSError:
            raise self._lost() from None

    def receive(self) -> Any:
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            raise self._lost() from None

    def end(self) -> None:
        self.process.terminate()  # it holds nothing that would be lost
        self.process.join()
        self.pipe.close()

    def _lost(self) -> ConcordError:
        self.process.join(timeout=5)
        code = self.process.exitcode
        how = f"was killed by signal {-code}" if code and code < 0 else f"ended with code {code}"
        rows = self.task and f"{self.task.window.start + 1:,} to {self.task.window.stop:,}"
        return ConcordError(
            f"worker {self.number} (process {self.process.pid}) {how} at rows {rows}; run the "
            "same command again to go on, with fewer --workers if memory ran out"
        )


class _Dispatcher:
    """Hands windows to idle workers and collects their answers in order."""

    def __init__(self, crew: Sequence[_Worker], report: RowsDone | None) -> None:
        self._crew = crew
        self._report = report
        self._under_way: deque[_Task] = deque()

    def score(self, windows: Iterator[Window]) -> Iterator[tuple[Window, Answers]]:
        while self._hand_out(windows) or self._under_way:
            self._collect()
            while self._under_way and self._under_way[0].answers is not None:
                task = self._under_way.popleft()
                yield task.window, task.answers  # type: ignore[misc]  # checked just above

    def _hand_out(self, windows: Iterator[Window]) -> bool:
        """Give each idle worker a window, as long as there are some and few wait their turn."""
        for worker in self._crew:
            if worker.task is None and len(self._under_way) < 2 * len(self._crew):
                window = next(windows, None)
                if window is None:
                    return False
                task = _Task(window)
                self._under_way.append(task)
                worker.start(task)
        return True

    def _collect(self) -> None:
        busy = {worker.pipe: worker for worker in self._crew if worker.task is not None}
        for pipe in connection.wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]  # `wait` returns what it was given
            if worker.task is not None:
                self._take(worker, worker.task, worker.receive())
        if self._report is not None:
            first = self._under_way[0].window.start
            self._report(first + sum(task.rows_done for task in self._under_way))

    def _take(self, worker: _Worker, task: _Task, message: Any) -> None:
        if isinstance(message, Exception):
            raise message
        if isinstance(message, float):
            task.rows_done = int(len(task.window) * message)
        else:
            task.rows_done, task.answers, worker.task = len(task.window), message, None


@contextmanager
def _started(count: int, open_scorer: OpenScorer, options: RowOptions) -> Iterator[list[_Worker]]:
    with ExitStack() as stack:
        with _interrupts_held_back():
            crew = [_start(number, open_scorer, options, stack) for number in range(1, count + 1)]
        yield crew


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let new processes begin with Ctrl-C blocked: this one hears it, and ends them."""
    resource_tracker.ensure_running()  # its own start, with the first process, would unblock it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(number: int, open_scorer: OpenScorer, options: RowOptions, stack: ExitStack) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve, args=(theirs, open_scorer, options), name=f"worker {number}", daemon=True
    )
    process.start()
    theirs.close()  # so that the worker's end is the only one, and ends with it
    worker = _Worker(number, process, ours)
    stack.callback(worker.end)
    return worker


def _serve(pipe: "Connection[Any, Any]", open_scorer: OpenScorer, options: RowOptions) -> None:
    """Score windows as they come: fractions done, then the answers; or the error."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        scorer = open_scorer()
        progress = partial(_send_fraction, pipe)
        while True:
            pairs: list[TextPair] = pipe.recv()
            pipe.send(options.answers(pairs, scorer, progress))
    except EOFError:
        return
    except Exception as error:  # whatever it is, the parent tells it
        pipe.send(error)


def _send_fraction(pipe: "Connection[Any, Any]", done: int, total: int) -> None:
    pipe.send(done / max(total, 1))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
