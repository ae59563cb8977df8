"""The process of one trial: it trains, and asks after each validation whether to go on.

Called by `concord.workflows.search.trials`, which reads a line `[validation, value]` from its
output and answers "go" or "stop" on its input. Whatever is printed goes to standard error.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

from concord.errors import ConcordError
from concord.training import StepReport, TrainerOptions
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

GO: Final = "go"
STOP: Final = "stop"


class TrialEndedError(Exception):
    """The trial is to train no further; its last checkpoint stays as it is."""


def each_validation(
    options: TrainerOptions, report: Callable[[int, float], None]
) -> Callable[[StepReport], None]:
    """Return what calls `report` with a validation's number, from 1, and its figure.

    The number follows from the step, so that a run that goes on from a checkpoint counts on.

    Args:
        options: Of the run.
        report: May raise to end the run.
    """

    def on_step(step: StepReport) -> None:
        if step.metrics is not None:
            number = step.step * options.validations // step.max_steps
            report(number, step.metrics[options.best_metric])

    return on_step


def train_trial(
    base: Path,
    overrides: Sequence[str],
    *,
    may_go_on: Callable[[int, float], bool],
    is_orphan: Callable[[], bool] = lambda: False,
) -> None:
    """Train in this process, or go on from the latest checkpoint.

    Args:
        base: A config of `concord finetune`.
        overrides: All of the trial's.
        may_go_on: Told the number of each validation, from 1, and its figure.
        is_orphan: Asked after each step whether the search is gone.

    Raises:
        ConcordError: If it cannot be trained.
        TrialEndedError: If it may not go on.
    """
    config, tasks = load_finetune_config(base, overrides)

    def report(number: int, value: float) -> None:
        if not may_go_on(number, value):
            raise TrialEndedError("others do better")

    on_validation = each_validation(config.trainer, report)

    def on_step(step: StepReport) -> None:
        on_validation(step)
        if is_orphan():
            raise TrialEndedError("the search is gone")

    run_finetuning(config, tasks, on_step=on_step)


def main(arguments: Sequence[str]) -> int:
    """Run a trial for the process that started this one.

    Args:
        arguments: The base config, then all overrides.

    Returns:
        The exit code: 0 where the trial is finished or was told to stop, else 2.
    """
    base, *overrides = arguments
    parent = os.getppid()
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as reports:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            train_trial(
                Path(base),
                overrides,
                may_go_on=lambda *report: _ask(report, reports),
                is_orphan=lambda: os.getppid() != parent,
            )
        except TrialEndedError as error:
            sys.stderr.write(f"ended: {error}\n")
        except ConcordError as error:
            sys.stderr.write(f"concord: {error}\n")
            return 2
    return 0


def _ask(report: tuple[int, float], reports: TextIO) -> bool:
    """Report a validation and wait for the answer; no answer is a search that is gone."""
    try:
        reports.write(json.dumps(report) + "\n")
        reports.flush()
    except BrokenPipeError:
        raise TrialEndedError("the search is gone") from None
    answer = sys.stdin.readline().strip()
    if answer not in {GO, STOP}:
        raise TrialEndedError("the search is gone")
    return answer == GO


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
