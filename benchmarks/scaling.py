"""Time and memory as the work grows: rows of a file, and words of one document.

Real pairs are scored from a file to a file, and a document of real meetings and stories against
one sentence. Each size runs in a process of its own, so that its peak memory is its own: what the
process ever held, and how much more that is than it held once the model had done some work of the
same kind. That work is the same for all sizes (5,000 pairs, or twelve documents of 10,000 words):
an inference engine keeps memory for the shapes it has met, which has nothing to do with the size
of what comes. Where cost is linear, the time of a unit stays the same and the exponent of the
fitted power law is 1.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from machine import describe_machine

from concord import Aligner
from concord.data.examples import read_examples
from concord.data.readers import read_rows
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.data.writers import write_rows
from concord.workflows.score import ScoreOptions, score_file

PAIR_SOURCES: Final = ("snli", "qqp", "mnli", "vitaminc")
TEXT_SOURCES: Final = ("qmsum", "squality")
PAIRS: Final = (1_000, 5_000, 20_000, 50_000, 200_000)
WORDS: Final = (500, 2_000, 10_000, 50_000, 200_000)
WARM_PAIRS: Final = 5_000
WARM_DOCUMENTS: Final = 12
WARM_WORDS: Final = 10_000


def main() -> None:
    options = _parse_arguments()
    if options.measure:
        print(json.dumps(_measure(options.measure, options.file, options)))
        return
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.jsonl"
        if options.pairs:
            pairs = list(islice(_distinct_pairs(options.data_dir), max(options.pairs)))
            write_rows(pairs[-WARM_PAIRS:], path.with_name("warm.jsonl"))
            runs = [(size, pairs[:size]) for size in options.pairs]
            _show("pairs", "pair", runs, path, options)
        if options.words:
            words = list(islice(_words(options.data_dir), max(options.words)))
            starts = range(0, WARM_DOCUMENTS * WARM_WORDS, WARM_WORDS)
            warm = [_document((words * 2)[start : start + WARM_WORDS]) for start in starts]
            write_rows(warm, path.with_name("warm.jsonl"))
            runs = [(size, [_document(words[:size])]) for size in options.words]
            _show("words", "word", runs, path, options)


def _show(
    kind: str,
    unit: str,
    runs: Sequence[tuple[int, list[dict[str, str]]]],
    path: Path,
    options: argparse.Namespace,
) -> None:
    print(f"\n{kind:>9} {'seconds':>9} {'ms/' + unit:>9} {'peak MB':>9} {'beyond warm':>13}")
    seconds = []
    for size, rows in runs:
        write_rows(rows, path)
        found = [_run_alone(kind, path, options) for _ in range(options.rounds)]
        best = min(found, key=lambda one: float(one["seconds"]))
        seconds.append(best["seconds"])
        peak = max(one["peak_mb"] for one in found)
        beyond = max(one["peak_mb"] - one["warm_mb"] for one in found)
        print(
            f"{size:9,} {best['seconds']:9.2f} {1000 * best['seconds'] / size:9.4f} "
            f"{peak:9.0f} {beyond:13.0f}",
            flush=True,
        )
    if len(runs) > 1:
        sizes = [size for size, _ in runs]
        exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        print(f"time grows as {kind} to the power {exponent:.2f}; {found[0]['scorer']}")


def _run_alone(kind: str, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", kind, "--file", str(path)]
    command += ["--model", options.model, "--precision", options.precision]
    command += ["--threads", str(options.threads), "--data-dir", str(options.data_dir)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measure(kind: str, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    aligner = Aligner.from_pretrained(
        options.model, precision=options.precision, threads=options.threads
    )
    score = _score_pairs if kind == "pairs" else _score_documents
    score(aligner, path.with_name("warm.jsonl"))
    warm_mb = _peak_mb()
    started = time.perf_counter()
    score(aligner, path)
    seconds = time.perf_counter() - started
    found = {"seconds": seconds, "peak_mb": _peak_mb(), "warm_mb": warm_mb}
    return found | {"scorer": repr(aligner)}


def _score_pairs(aligner: Aligner, path: Path) -> None:
    output = path.with_name("output.jsonl")
    score_file(str(path), str(output), ScoreOptions(), lambda: aligner)


def _score_documents(aligner: Aligner, path: Path) -> None:
    for row in read_rows(path):
        aligner.score([row.text("context")], [row.text("claim")])


def _peak_mb() -> float:
    """Return the most that this process ever held; unlike ru_maxrss, nothing of its parent's."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("this system does not tell a process's peak memory in /proc/self/status")


def _distinct_pairs(data_dir: Path) -> Iterator[dict[str, str]]:
    """Yield real pairs in random order, so that each part of a file is like every other."""
    examples = [
        example
        for name in PAIR_SOURCES
        for example in read_examples(get_recipe(name), data_dir, Split.TRAIN)
    ]
    random.Random(0).shuffle(examples)  # noqa: S311 - the order decides nothing secret
    for shift in range(len(examples)):  # once used up, contexts with another pair's claim
        for number, example in enumerate(examples):
            claim = examples[(number + shift) % len(examples)].claim
            yield {"context": example.context, "claim": claim}


def _words(data_dir: Path) -> Iterator[str]:
    """Yield the words of distinct documents, one after the other."""
    contexts = chain.from_iterable(
        (example.context for example in read_examples(get_recipe(name), data_dir, split))
        for name in TEXT_SOURCES
        for split in (Split.TRAIN, Split.VALIDATION)
    )
    seen: set[int] = set()
    for context in contexts:
        if hash(context) not in seen:
            seen.add(hash(context))
            yield from context.split()


def _document(words: Sequence[str]) -> dict[str, str]:
    return {"context": " ".join(words), "claim": "The committee agreed to meet again in spring."}


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default="concord-mini")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=1, help="the best time of so many is shown")
    parser.add_argument("--pairs", type=int, nargs="*", default=PAIRS)
    parser.add_argument("--words", type=int, nargs="*", default=WORDS)
    parser.add_argument("--measure", choices=("pairs", "words"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
