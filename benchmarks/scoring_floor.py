"""How near scoring comes to what the processor's matrix products allow, and where the rest goes.

The floor is the multiply-adds that the answer needs, at the real numbers of tokens, without
padding, over the rate that this machine reaches in products at the encoder's own shapes. Needed are
all layers but what the last one computes for other tokens than the first, beside their keys and
values. In int8 attention is still computed in bf16, and so counted at that rate. Each round
measures products and scoring in turn, so that what else the machine does falls on both. Needs the
`train` extra, for the products, and a folder of data sets.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import torch
from machine import describe_machine
from numpy.typing import NDArray

from concord import Aligner
from concord.artifact import find_model
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.scoring.backends.backend import Backend, Precision
from concord.scoring.backends.openvino import OpenVinoBackend
from concord.text import PairTokenizer, TokenBatch

WORKLOADS: Final = {"short pairs": ("snli", False), "long documents": ("wice", True)}
"""By name, a recipe and whether its texts are split."""
_TYPES: Final = {"f32": torch.float32, "bf16": torch.bfloat16, "int8": torch.int8}
_ROWS_OF_PRODUCT: Final = 2048  # tokens in a batch


class Stopwatch:
    """Adds up the seconds spent in some calls, and what they were given."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget what was measured."""
        self.seconds = 0.0
        self.tokens = 0
        self.padded_tokens = 0
        self.multiply_adds = np.zeros(2)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time a block."""
        started = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - started


class TimedBackend:
    """A backend that notes how long it took, and for how many tokens."""

    def __init__(self, backend: Backend, sizes: dict[str, Any], watch: Stopwatch) -> None:
        self._backend = backend
        self._sizes = sizes
        self._watch = watch

    @property
    def num_streams(self) -> int:
        """As many as the backend has."""
        return self._backend.num_streams

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[Any]:
        """Yield the backend's logits."""
        with self._watch.running():
            yield from self._backend.logits(map(self._count, batches))

    def _count(self, batch: TokenBatch) -> TokenBatch:
        lengths = batch.attention_mask.sum(axis=1)
        self._watch.tokens += int(lengths.sum())
        self._watch.padded_tokens += batch.input_ids.size
        for length in lengths.tolist():
            self._watch.multiply_adds += count_multiply_adds(self._sizes, length)
        return batch


class TimedTokenizer(PairTokenizer):
    """A tokenizer that notes how long it took."""

    watch = Stopwatch()

    def token_ids(self, texts: Sequence[str]) -> Any:
        """Return the ids of each text."""
        with self.watch.running():
            return super().token_ids(texts)

    def tokenize(self, texts: Sequence[str]) -> Any:
        """Return ids and offsets of each text."""
        with self.watch.running():
            return super().tokenize(texts)


def count_multiply_adds(sizes: dict[str, Any], tokens: int) -> NDArray[np.float64]:
    """Return the multiply-adds that one pair's answer needs: of the products, and of attention."""
    hidden, inner, layers = (
        sizes[name] for name in ("hidden_size", "intermediate_size", "num_hidden_layers")
    )
    rest_of_layer = 2 * hidden * hidden + 2 * hidden * inner  # queries, output, the two inner ones
    keys_and_values = 2 * hidden * hidden
    products = layers * tokens * keys_and_values + ((layers - 1) * tokens + 1) * rest_of_layer
    attention = ((layers - 1) * tokens + 1) * 2 * tokens * hidden  # scores, and their weighted sum
    return np.array([products, attention], dtype=np.float64)


def main() -> None:
    options = _parse_arguments()
    torch.set_num_threads(options.threads)
    folder = find_model(options.model)
    sizes = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    print(f"{describe_machine()}, {options.threads} threads, {options.precision}")
    for name, (recipe, is_split) in WORKLOADS.items():
        contexts, claims = _read(recipe, options)
        rounds = [
            _round(folder, sizes, contexts, claims, is_split=is_split, options=options)
            for _ in range(options.rounds)
        ]
        _report(name, len(claims), rounds)


def _round(
    folder: Path,
    sizes: dict[str, Any],
    contexts: list[str],
    claims: list[str],
    *,
    is_split: bool,
    options: argparse.Namespace,
) -> dict[str, float]:
    dtype = _TYPES[options.precision]
    rate, square = measure_product_rate(sizes, dtype), measure_square_rate(dtype)
    is_int8 = dtype == torch.int8
    attention_rate = measure_product_rate(sizes, torch.bfloat16) if is_int8 else rate
    watch, TimedTokenizer.watch = Stopwatch(), Stopwatch()
    loaded = Aligner.from_pretrained(folder, precision=options.precision, threads=options.threads)
    precision = Precision(options.precision)
    backend = OpenVinoBackend(folder, precision=precision, threads=options.threads)
    aligner = Aligner(
        TimedBackend(backend, sizes, watch),
        TimedTokenizer.load(folder / "tokenizer.json"),
        loaded.settings,
    )
    score: Callable[..., Any] = (
        partial(aligner.score, relevance="none") if is_split else aligner.predict
    )
    score(contexts[:8], claims[:8])  # the first batches pay for compiling
    watch.restart()
    TimedTokenizer.watch.restart()
    started = time.perf_counter()
    score(contexts, claims)
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "floor": float(watch.multiply_adds @ [1 / rate, 1 / attention_rate]),
        "square": square,
        "rate": rate,
        "inference": watch.seconds,
        "tokenizer": TimedTokenizer.watch.seconds,
        "padding": watch.padded_tokens / watch.tokens - 1,
        "tokens": watch.tokens,
    }


def measure_product_rate(sizes: dict[str, Any], dtype: torch.dtype) -> float:
    """Return multiply-adds a second over one layer's products, in the order it needs them."""
    hidden, inner = sizes["hidden_size"], sizes["intermediate_size"]
    shapes = [(hidden, hidden)] * 4 + [(hidden, inner), (inner, hidden)]
    return _rate([_factors(_ROWS_OF_PRODUCT, rows, columns, dtype) for rows, columns in shapes])


def measure_square_rate(dtype: torch.dtype, size: int = 2048) -> float:
    """Return multiply-adds a second of one large square product."""
    return _rate([_factors(size, size, size, dtype)])


def _factors(
    rows: int, inner: int, columns: int, dtype: torch.dtype
) -> tuple[torch.Tensor, torch.Tensor]:
    return _random(rows, inner, dtype), _random(columns, inner, dtype)


def _random(rows: int, columns: int, dtype: torch.dtype) -> torch.Tensor:
    if dtype == torch.int8:
        return torch.randint(-127, 127, (rows, columns), dtype=dtype)
    return torch.randn(rows, columns).to(dtype)


def _multiply(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    if left.dtype == torch.int8:
        return torch._int_mm(left, right.T)
    return torch.nn.functional.linear(left, right)


def _rate(products: Sequence[tuple[torch.Tensor, torch.Tensor]], seconds: float = 1.0) -> float:
    work = sum(float(left.shape[0]) * right.shape[0] * right.shape[1] for left, right in products)
    with torch.inference_mode():
        for left, right in products:
            _multiply(left, right)
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            for left, right in products:
                _multiply(left, right)
            done += 1
        return done * work / (time.perf_counter() - started)


def _report(name: str, pairs: int, rounds: Sequence[dict[str, float]]) -> None:
    def middle(key: str) -> float:
        return median(each[key] for each in rounds)

    share = median(each["floor"] / each["seconds"] for each in rounds)
    print(
        f"{name}: {pairs:,} pairs, {middle('tokens') / pairs:.0f} tokens each, "
        f"{middle('padding'):.1%} padding"
    )
    print(
        f"  products {middle('rate') / 1e9:.0f} G multiply-adds/s at the encoder's shapes, "
        f"{middle('square') / 1e9:.0f} G square"
    )
    print(
        f"  {middle('seconds'):.2f} s, {pairs / middle('seconds'):.0f} pairs/s; floor "
        f"{middle('floor'):.2f} s: {share:.0%} of what the products allow"
    )
    rest = middle("seconds") - middle("inference") - middle("tokenizer")
    parts = {"inference": middle("inference"), "tokenizer": middle("tokenizer"), "the rest": rest}
    shown = ", ".join(f"{part} {each / middle('seconds'):.0%}" for part, each in parts.items())
    print(f"  of the time: {shown}", flush=True)


def _read(recipe: str, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    examples = read_examples(get_recipe(recipe), options.data_dir, Split.VALIDATION)
    count = options.pairs if recipe == "snli" else options.documents
    kept = list(islice(examples, count))
    return [each.context for each in kept], [each.claim for each in kept]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--precision", choices=sorted(_TYPES), default="bf16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
