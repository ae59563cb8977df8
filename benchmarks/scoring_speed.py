"""How fast `Aligner` scores on this machine, and what memory it takes.

The pairs are made up with the lengths of real ones (log-normal, median 40 tokens), so the figures
say something of speed and nothing of accuracy. Run it with `make bench`.
"""

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from concord import Aligner

VOCABULARY = (
    "the a of to and in it was on that bridge river council opened closed repaired yearly light "
    "traffic water people city engineer report number lanes steel morning summer workers price"
)


def main() -> None:
    options = _parse_arguments()
    aligner = Aligner.from_pretrained(
        options.model,
        backend=options.backend,
        precision=options.precision,
        threads=options.threads,
    )
    contexts, claims = _make_pairs(options.pairs)
    aligner.predict(contexts[:32], claims[:32])  # the first batches pay for compiling

    elapsed_s = _time(partial(aligner.predict, contexts, claims))
    print(f"predict        {options.pairs / elapsed_s:8.1f} pairs/s")
    document = ". ".join(contexts) + "."
    summary = ". ".join(claims[:5]) + "."
    elapsed_s = _time(partial(aligner.score, [document], [summary]))
    print(f"score          {elapsed_s:8.2f} s for {len(document.split()):,} words, 5 sentences")
    latencies_ms = [
        1000 * _time(partial(aligner.predict, [context], [claim]))
        for context, claim in zip(contexts[:100], claims[:100], strict=True)
    ]
    median, high = np.percentile(latencies_ms, [50, 95])
    print(f"one pair       {median:8.1f} ms (median), {high:.1f} ms (95th percentile)")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory    {peak_mb:8.0f} MB")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=None)
    return parser.parse_args()


def _make_pairs(count: int) -> tuple[list[str], list[str]]:
    generator = np.random.default_rng(0)
    lengths = np.clip(generator.lognormal(3.4, 0.6, count), 5, 200).astype(int)
    words = VOCABULARY.split()
    contexts = [" ".join(generator.choice(words, length)) for length in lengths]
    claims = [" ".join(generator.choice(words, 10)) for _ in range(count)]
    return contexts, claims


def _time(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
