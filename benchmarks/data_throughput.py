"""How fast, and in how much memory, a million rows become training batches.

Real rows are repeated, each with a text of its own, until there are enough of them. Then each
stage is run and timed: readers and recipes, the tokenizer with its cache, and the mixture with
its collator, read by no, one and two workers. Needs the `train` extra and a folder of data sets.
"""

import argparse
import gzip
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread

from torch.utils.data import DataLoader

from concord.alignment import AlignmentExample
from concord.artifact import TOKENIZER_FILE, find_model
from concord.data.augmentation import AugmentationOptions
from concord.data.cache import load_or_tokenize
from concord.data.examples import read_examples
from concord.data.mixture import Mixture, Source
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.data.sampling import SamplingOptions
from concord.text import PairTokenizer
from concord.training.batches.collate import Collator, EpochDataset, MaskingOptions, TrainingBatch

RECIPES = ("snli", "mnli", "vitaminc", "paws", "qqp", "stsb", "boolq", "squad_v2")


def main() -> None:
    options = _parse_arguments()
    tokenizer = PairTokenizer.load(find_model() / TOKENIZER_FILE)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        share = -(-options.rows // len(RECIPES))
        writer = get_context("spawn").Process(
            target=_write_rows, args=(options.data_dir, data_dir, share)
        )  # in a process of its own, whose memory does not count
        writer.start()
        writer.join()
        rows = share * len(RECIPES)
        print(
            f"{rows:,} rows of {len(RECIPES)} data sets; memory {_memory_mb():.0f} MB", flush=True
        )
        with _measured("readers and recipes", rows, "rows"):
            examples = sum(1 for name in RECIPES for _ in _examples(name, data_dir))
        with _measured("reading, tokenizing, caching", examples, "examples"):
            sources = [_source(name, data_dir, tokenizer, Path(folder)) for name in RECIPES]
        mixture = Mixture(
            sources,
            tokenizer,
            sampling=SamplingOptions(),
            augmentation=AugmentationOptions(self_pair=0.05, swap=0.05),
            max_tokens=256,
            max_batch_tokens=2048,
            seed=0,
        )
        digests = {_read_epoch(mixture, tokenizer, workers) for workers in (0, 1, 2)}
    print("the same batches in the same order" if len(digests) == 1 else "THE BATCHES DIFFER")


def _write_rows(source: Path, target: Path, count: int) -> None:
    """Write as many rows of each recipe, with the round they were repeated in as a word."""
    for name in RECIPES:
        folder = get_recipe(name).folder
        (target / folder).mkdir(parents=True)
        with gzip.open(source / folder / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        with (target / folder / "train.jsonl").open("w", encoding="utf-8") as file:
            for number, row in enumerate(islice(cycle(rows), count)):
                text = "text_a" if "text_a" in row else "context"
                repeated = {**row, text: f"{row[text]} {number // len(rows)}", "id": str(number)}
                file.write(json.dumps(repeated) + "\n")


def _examples(name: str, data_dir: Path) -> Iterator[AlignmentExample]:
    return read_examples(get_recipe(name), data_dir, Split.TRAIN)


def _source(name: str, data_dir: Path, tokenizer: PairTokenizer, folder: Path) -> Source:
    examples = load_or_tokenize(name, lambda: _examples(name, data_dir), tokenizer, folder)
    return Source(examples, get_recipe(name).family)


def _read_epoch(mixture: Mixture, tokenizer: PairTokenizer, workers: int) -> str:
    """Read one epoch and return what identifies its batches and their order."""
    epoch = mixture.epoch(0)
    dataset = EpochDataset(epoch, 0, Collator(tokenizer, MaskingOptions(), seed=0))
    loader = DataLoader(dataset, batch_size=None, shuffle=False, num_workers=workers)
    digest = hashlib.sha256()
    batch: TrainingBatch
    with _measured(f"mixture, {workers} workers", epoch.num_pairs, "pairs"):
        for batch in loader:
            for tensor in (batch["input_ids"], batch["target"]):
                digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()


@contextmanager
def _measured(stage: str, count: int, unit: str) -> Iterator[None]:
    """Time a stage, and print its rate and the most memory it took, after each quarter second."""
    readings_mb, done, started = [_memory_mb()], Event(), time.perf_counter()

    def watch() -> None:
        while not done.wait(0.25):
            readings_mb.append(_memory_mb())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    seconds = time.perf_counter() - started
    quarters = [readings_mb[len(readings_mb) * part // 4] for part in range(1, 4)]
    shown = ", ".join(f"{reading:.0f}" for reading in quarters)
    print(
        f"{stage:30} {count:,} {unit} in {seconds:.0f} s, {count / seconds:,.0f} {unit}/s; memory "
        f"after each quarter {shown} MB, at most {max(readings_mb):.0f} MB",
        flush=True,
    )


def _memory_mb() -> float:
    """Return this process's own memory; pages mapped from the cache's files are the system's."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("this benchmark reads /proc, so it needs Linux")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
