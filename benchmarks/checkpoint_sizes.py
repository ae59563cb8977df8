"""What small windows cost: tokens computed, padding included, for each true token.

Rows between two checkpoints are scored together, sorted by length; fewer rows make batches whose
pairs differ more. The figure is counted and not timed, so it is the same on any machine.
"""

import argparse
import random
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from concord.artifact import TOKENIZER_FILE, find_model
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.text import token_budget_batches

SOURCES: Final = ("snli", "qqp", "mnli", "vitaminc")
ROWS: Final = (256, 1024, 4096, 8192, 16384, 32768)


def main() -> None:
    options = _parse_arguments()
    lengths = _token_lengths(options.data_dir, options.model)
    print(f"{len(lengths):,} short pairs of {', '.join(SOURCES)}; {lengths.mean():.1f} tokens each")
    for rows in ROWS:
        windows = (lengths[start : start + rows] for start in range(0, len(lengths), rows))
        padded = sum(_padded_tokens(window, options.max_batch_tokens) for window in windows)
        print(f"{rows:7,} rows a window: {padded / lengths.sum():.3f} tokens computed for each")


def _token_lengths(data_dir: Path, model: str) -> NDArray[np.int64]:
    pairs = [
        (example.context, example.claim)
        for name in SOURCES
        for example in islice(read_examples(get_recipe(name), data_dir, Split.TRAIN), 8192)
    ]
    random.Random(0).shuffle(pairs)  # noqa: S311 - the order decides nothing secret
    tokenizer = Tokenizer.from_file(str(find_model(model) / TOKENIZER_FILE))
    return np.array([len(found.ids) for found in tokenizer.encode_batch(pairs)], dtype=np.int64)


def _padded_tokens(lengths: NDArray[np.int64], max_batch_tokens: int) -> int:
    longest_first = np.argsort(-lengths, kind="stable")
    batches = token_budget_batches(lengths, longest_first, max_batch_tokens=max_batch_tokens)
    return sum(len(batch) * int(lengths[batch].max()) for batch in batches)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default="concord-mini")
    parser.add_argument("--max-batch-tokens", type=int, default=2048)
    return parser.parse_args()


if __name__ == "__main__":
    main()
