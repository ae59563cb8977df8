"""How long one pair, and one page against one sentence, take: cold and warm.

Cold is a process of its own for each run, from its start to the first answer. Warm is one process
and pairs that it has not seen; with `warm_up`, and without, where the first pair of a new width
waits for what is prepared for it. Needs a folder of data sets.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from machine import describe_machine

from concord import Aligner
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe

PAGE_WORDS: Final = 500
_COLD: Final = """
import sys, time
from concord import Aligner
imported = time.perf_counter()
model, precision, threads = sys.argv[1:]
aligner = Aligner.from_pretrained(model or None, precision=precision, threads=int(threads))
loaded = time.perf_counter()
aligner.score(["The ferry leaves at nine and arrives at noon."], ["The ferry arrives at noon."])
print(loaded - imported, time.perf_counter() - loaded)
"""


def main() -> None:
    options = _parse_arguments()
    print(f"{describe_machine()}, {options.threads} threads")
    for precision in options.precisions:
        _report_cold(precision, options)
        for is_warmed in (False, True):
            _report_warm(precision, options, is_warmed=is_warmed)


def _report_cold(precision: str, options: argparse.Namespace) -> None:
    command = [
        sys.executable, "-c", _COLD, options.model or "", precision, str(options.threads)
    ]  # fmt: skip
    seconds = []
    for _ in range(options.starts):
        started = time.perf_counter()
        finished = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        total = time.perf_counter() - started
        load, first = map(float, finished.stdout.split())
        seconds.append((total, load, first))
    total, load, first = np.median(seconds, axis=0)
    print(
        f"{precision:5} cold: {total:.2f} s for the whole process; of it {load:.2f} s to load and "
        f"{1000 * first:.0f} ms for the first pair (medians of {options.starts})"
    )


def _report_warm(precision: str, options: argparse.Namespace, *, is_warmed: bool) -> None:
    aligner = Aligner.from_pretrained(options.model, precision=precision, threads=options.threads)
    if is_warmed:
        started = time.perf_counter()
        aligner.warm_up()
        print(f"{precision:5} warm_up: {time.perf_counter() - started:.2f} s")
    name = "warmed up" if is_warmed else "as loaded"
    pairs = _read("snli", options)
    _print_line(precision, name, "one pair", _latencies(aligner, pairs))
    _print_line(precision, name, "one page", _latencies(aligner, _read_pages(options)))


def _latencies(aligner: Aligner, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return the milliseconds of each pair alone."""
    latencies = []
    for context, claim in pairs:
        started = time.perf_counter()
        aligner.score([context], [claim])
        latencies.append(1000 * (time.perf_counter() - started))
    return latencies


def _print_line(precision: str, state: str, what: str, latencies: Sequence[float]) -> None:
    middle, high = np.percentile(latencies, [50, 95])
    print(
        f"{precision:5} {state}: {what} p50 {middle:.1f} ms, p95 {high:.1f} ms, "
        f"first {latencies[0]:.1f} ms ({len(latencies)} runs)"
    )


def _read(recipe: str, options: argparse.Namespace) -> list[tuple[str, str]]:
    examples = read_examples(get_recipe(recipe), options.data_dir, Split.VALIDATION)
    return [(each.context, each.claim) for each in islice(examples, options.pairs)]


def _read_pages(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Return the first words of long articles, each with a sentence about it."""
    pages = [
        (" ".join(context.split()[:PAGE_WORDS]), claim)
        for context, claim in _read("wice", options)
        if len(context.split()) >= PAGE_WORDS
    ]
    return pages[: options.pages]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--precisions", nargs="+", default=["auto", "fast"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--starts", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
