"""How faithful the shipped CPU backend is: against torch in float32, on real pairs.

It compares probabilities on pairs of several data sets, and the accuracy on MNLI-matched.
Needs the `train` extra and a folder of data sets.
"""

import argparse
from itertools import islice
from pathlib import Path

from concord import Aligner, TextPair
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.evaluation.runner import evaluate_recipe
from concord.export import compare_backends

SOURCES = ("mnli", "snli", "vitaminc", "paws", "stsb")


def main() -> None:
    options = _parse_arguments()
    pairs = _read_pairs(options.data_dir, options.pairs)
    model = Aligner.from_pretrained(options.model).folder
    assert model is not None  # noqa: S101 - it was just loaded from one
    for head, parity in compare_backends(model, pairs, precision=options.precision).items():
        print(
            f"{head.value:10} largest difference {parity.max_difference:.4f}, "
            f"mean {parity.mean_difference:.5f}, same class {parity.agreement:.2%} "
            f"of {len(pairs):,} pairs"
        )
    for backend, precision in (("torch", "f32"), ("openvino", options.precision)):
        aligner = Aligner.from_pretrained(model, backend=backend, precision=precision)
        result = evaluate_recipe(
            aligner, get_recipe("mnli"), options.data_dir, max_rows=options.mnli_rows
        )
        print(
            f"MNLI-matched {result.figure.value:.2%} of {result.examples:,} with {aligner.backend}"
        )


def _read_pairs(data_dir: Path, count: int) -> list[TextPair]:
    share = -(-count // len(SOURCES))
    examples = [
        example
        for name in SOURCES
        for example in islice(read_examples(get_recipe(name), data_dir, Split.VALIDATION), share)
    ]
    return [TextPair(example.context, example.claim) for example in examples[:count]]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--mnli-rows", type=int, default=None, help="rows of MNLI; all by default")
    return parser.parse_args()


if __name__ == "__main__":
    main()
