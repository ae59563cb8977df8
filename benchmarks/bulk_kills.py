"""A job of `concord score` that is killed a hundred times, beside one that is left alone.

Kills (SIGKILL, which no process can catch) fall at random moments over the whole job: while the
model is opened, while rows are scored, while scores are put on the disk. In the end the output
must have every row exactly once, and be byte for byte that of the unbroken run.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final

from machine import describe_machine

from concord.data.examples import read_examples
from concord.data.readers import read_rows
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.data.writers import write_rows

SOURCES: Final = ("snli", "qqp")
_START_SHARE: Final = 0.2
"""The share of kills that fall while a job is still starting."""


def main() -> None:
    options = _parse_arguments()
    print(
        f"{describe_machine()}; {options.workers} workers; "
        f"checkpoints of {options.checkpoint_rows} rows"
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.jsonl"
        _write_source(source, options)
        alone, killed = (Path(folder) / f"{name}{options.ending}" for name in ("alone", "killed"))
        started = time.perf_counter()
        subprocess.run(_command(source, alone, options), check=True)  # noqa: S603
        alone_s = time.perf_counter() - started
        started = time.perf_counter()
        done_at_kill = _kill_again_and_again(_command(source, killed, options), killed, options)
        subprocess.run(_command(source, killed, options), check=True)  # noqa: S603
        killed_s = time.perf_counter() - started
        _report(alone, killed, done_at_kill, options)
        left = [path.name for path in Path(folder).iterdir() if path.name.startswith(".")]
        print(f"files left beside the output           {len(left)}")
    print(f"time, unbroken and killed              {alone_s:.0f} s and {killed_s:.0f} s")


def _kill_again_and_again(
    command: list[str], output: Path, options: argparse.Namespace
) -> list[int]:
    """Return how many rows were safe at each kill."""
    moments = random.Random(options.seed)  # noqa: S311 - nothing secret
    journal = output.with_name(f".{output.name}.journal")
    windows_each = options.rows / options.checkpoint_rows / options.kills
    safe: list[int] = []
    for _ in range(options.kills):
        before = _windows_in(journal)
        with subprocess.Popen(command) as process:  # noqa: S603
            if moments.random() < _START_SHARE:
                time.sleep(moments.uniform(0, options.start_s))
            else:
                wanted = before + int(moments.uniform(0, 2 * windows_each))
                while process.poll() is None and _windows_in(journal) < wanted:
                    time.sleep(0.005)
                time.sleep(moments.uniform(0, options.window_s))
            if process.poll() is not None:
                raise SystemExit(f"the job ended after {len(safe)} kills; take more rows")
            process.kill()
        safe.append(min(_windows_in(journal) * options.checkpoint_rows, options.rows))
    return safe


def _windows_in(journal: Path) -> int:
    try:
        return max(0, journal.read_bytes().count(b"\n") - 1)  # the first line is no window
    except FileNotFoundError:
        return 0


def _report(
    alone: Path, killed: Path, done_at_kill: list[int], options: argparse.Namespace
) -> None:
    times = Counter(int(str(row.value("id"))) for row in read_rows(killed))
    fruitless = sum(a == b for a, b in zip([0, *done_at_kill], done_at_kill, strict=False))
    print(f"rows                                   {options.rows:,}")
    print(f"kills                                  {len(done_at_kill)}")
    print(f"kills before a further checkpoint      {fruitless}")
    print(f"rows that were safe at the last kill   {done_at_kill[-1]:,}")
    print(f"rows in the output once                {sum(n == 1 for n in times.values()):,}")
    print(f"rows in the output more than once      {sum(n > 1 for n in times.values()):,}")
    print(f"rows missing                           {options.rows - len(times):,}")
    print(f"same bytes as the unbroken run         {alone.read_bytes() == killed.read_bytes()}")


def _command(source: Path, output: Path, options: argparse.Namespace) -> list[str]:
    given = {
        "--output": output,
        "--model": options.model,
        "--threads": options.threads,
        "--workers": options.workers,
        "--checkpoint-rows": options.checkpoint_rows,
    }
    words = [str(word) for pair in given.items() for word in pair]
    return [sys.executable, "-m", "concord.cli.main", "score", str(source), *words]


def _write_source(path: Path, options: argparse.Namespace) -> None:
    examples = (
        example
        for name in SOURCES
        for example in islice(
            read_examples(get_recipe(name), options.data_dir, Split.TRAIN),
            -(-options.rows // len(SOURCES)),
        )
    )
    rows = (
        {"id": number, "context": example.context, "claim": example.claim}
        for number, example in enumerate(islice(examples, options.rows))
    )
    write_rows(rows, path)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default="concord-mini")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--checkpoint-rows", type=int, default=250)
    parser.add_argument("--ending", default=".jsonl", help="of the output: .csv, .parquet, ...")
    parser.add_argument("--start-s", type=float, default=2.0, help="about what a start takes")
    parser.add_argument("--window-s", type=float, default=0.3, help="about what a window takes")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
