"""Whether the first steps of a training run come out again as they were logged, to the last bit.

    python benchmarks/first_steps.py keep runs/concord-mini/log.jsonl losses.jsonl
    python benchmarks/first_steps.py rerun configs/concord-mini.toml losses.jsonl data.folder=DATA

The first keeps the losses of a log's first steps, the second trains from the config until as many
steps are done and compares each. Sums of floating-point numbers depend on the processor and on the
number of threads, so it takes the same kind of machine; the config fixes the threads.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from machine import describe_machine
from rich.progress import Progress

from concord.training import StepReport
from concord.workflows.train import train


class _EnoughSteps(Exception):  # noqa: N818 - nothing went wrong
    """Ends a run that has done what is compared."""


def main() -> None:
    options = _parse_arguments()
    if options.command == "keep":
        keep(options.log, options.kept, options.steps)
        return
    print(describe_machine())
    wrong = rerun(options.config, options.kept, options.overrides)
    sys.exit(f"differs from step {wrong} on" if wrong else 0)


def keep(log: Path, kept: Path, steps: int) -> None:
    """Write the losses of a log's first steps, one line each."""
    with log.open(encoding="utf-8") as lines:
        found = [_losses(json.loads(line)) for line in islice(lines, steps)]
    kept.write_text("".join(f"{json.dumps(each)}\n" for each in found), encoding="utf-8")
    print(f"kept {len(found):,} steps in {kept}")


def rerun(config: Path, kept: Path, overrides: Sequence[str]) -> int | None:
    """Train until as many steps are done as are kept; return the first one that differs."""
    expected = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    different: list[int] = []
    with tempfile.TemporaryDirectory() as folder, Progress() as bar:
        steps = bar.add_task("steps", total=len(expected))

        def compare(report: StepReport) -> None:
            found = _losses({"step": report.step, "loss": report.loss, "losses": report.losses})
            if found != expected[report.step - 1]:
                different.append(report.step)
            bar.advance(steps)
            if report.step == len(expected):
                raise _EnoughSteps

        with contextlib.suppress(_EnoughSteps):
            train(config, [*overrides, f"output={folder}/run"], on_step=compare)
    print(f"{len(expected) - len(different):,} of {len(expected):,} steps have the losses kept")
    return min(different, default=None)


def _losses(step: dict[str, Any]) -> dict[str, Any]:
    return {"step": step["step"], "loss": step["loss"], "losses": dict(step["losses"])}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    keeping = commands.add_parser("keep", help="keep the losses of a log's first steps")
    keeping.add_argument("log", type=Path, help="log.jsonl of a run")
    keeping.add_argument("kept", type=Path, help="the file to write")
    keeping.add_argument("--steps", type=int, default=1000)
    again = commands.add_parser("rerun", help="train these steps again and compare")
    again.add_argument("config", type=Path, help="what the run was started from")
    again.add_argument("kept", type=Path, help="the losses kept")
    again.add_argument("overrides", nargs="*", help="such as data.folder=DATA")
    return parser.parse_args()


if __name__ == "__main__":
    main()
