"""Pairs a second beside sentence-transformers' CrossEncoder with the same weights.

Each round runs all of them in turn on the same pairs, and the ratios are taken round by round, so
that what else the machine does falls on all. The CrossEncoder's own ONNX and OpenVINO backends need
Optimum, which does not work with transformers 5; its fastest here is bf16 in torch. Needs the
development environment and a folder of data sets.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import torch
from machine import describe_machine
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from concord import Aligner, Head
from concord.alignment import AlignmentExample
from concord.artifact import find_model
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.export import export_classifier

SOURCES: Final = ("snli", "qqp")
Predict = Callable[[], NDArray[np.float32]]


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    examples = _read_examples(options.data_dir, options.pairs)
    contexts, claims = [each.context for each in examples], [each.claim for each in examples]
    with tempfile.TemporaryDirectory() as scratch:
        runs = _build_runs(Path(scratch), contexts, claims, options)
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        answers = {name: predict() for name, predict in runs.items()}  # and warm up
        for _ in range(options.rounds):
            for name, predict in runs.items():
                started = time.perf_counter()
                predict()
                seconds[name].append(time.perf_counter() - started)
    reference, *_ = runs
    print(f"{describe_machine()}, {options.threads} threads")
    print(f"{len(claims):,} pairs of {' and '.join(SOURCES)}; accuracy on those of {SOURCES[0]}")
    judged = len(claims) // len(SOURCES)
    targets = np.array([each.target for each in examples[:judged]])
    for name in runs:
        ratios = [base / own for base, own in zip(seconds[reference], seconds[name], strict=True)]
        difference = np.abs(answers[name] - answers[reference]).max()
        accuracy = np.mean(answers[name][:judged].argmax(axis=1) == targets)
        print(
            f"{name:18} {len(claims) / median(seconds[name]):6.0f} pairs/s, {median(ratios):.2f} "
            f"times {reference} ({min(ratios):.2f} to {max(ratios):.2f}), accuracy {accuracy:.2%}, "
            f"probabilities within {difference:.3f}"
        )


def _build_runs(
    scratch: Path, contexts: Sequence[str], claims: Sequence[str], options: argparse.Namespace
) -> dict[str, Predict]:
    folder = find_model(options.model)
    export_classifier(folder, scratch / "plain", head=Head.THREE_WAY, dtype=torch.float32)
    pairs = list(zip(contexts, claims, strict=True))
    runs: dict[str, Predict] = {}
    for name, dtype in (("CrossEncoder f32", torch.float32), ("CrossEncoder bf16", torch.bfloat16)):
        encoder = CrossEncoder(str(scratch / "plain"), device="cpu", model_kwargs={"dtype": dtype})
        predict: Callable[..., Any] = encoder.predict
        runs[name] = partial(predict, pairs, apply_softmax=True, show_progress_bar=False)
    for precision in ("f32", "bf16", "fast"):
        aligner = Aligner.from_pretrained(folder, precision=precision, threads=options.threads)
        runs[f"concord {precision}"] = partial(_predict, aligner, contexts, claims)
    return runs


def _predict(
    aligner: Aligner, contexts: Sequence[str], claims: Sequence[str]
) -> NDArray[np.float32]:
    return aligner.predict(contexts, claims).three_way


def _read_examples(data_dir: Path, count: int) -> list[AlignmentExample]:
    share = count // len(SOURCES)
    return [
        example
        for name in SOURCES
        for example in islice(read_examples(get_recipe(name), data_dir, Split.VALIDATION), share)
    ]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
