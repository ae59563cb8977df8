"""How rightly `explain` names numbers, names and dates that the evidence does not bear out.

Three figures for each data set: how many supported claims have a detail named, which is a false
alarm or a label that is wrong; how many claims in which one number, date or name was swapped for
another have that one named; and whether lowering the score of a claim with a detail that the
context says nowhere tells supported claims from others better (AUC). What another part of the
context says is counted apart, and so is a swap for what the evidence says too, which cannot be
found.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final

import numpy as np

from concord import Aligner
from concord.alignment import ALIGNED, AlignmentExample, Head, TextPair
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.data.synthetic.change import SyntheticFamily
from concord.data.synthetic.making import MakingOptions, Source, make_examples
from concord.evaluation.metrics import auc
from concord.scoring.verdicts import Explanation
from concord.text import Span
from concord.text.details import find_details
from concord.text.mentions import Mentions

SOURCES: Final = (
    ("vitaminc", Split.VALIDATION),
    ("fever", Split.VALIDATION),
    ("wice", Split.VALIDATION),
    ("qags_cnndm", Split.TEST),
    ("qags_xsum", Split.TEST),
    ("factcg", Split.TRAIN),
    ("summedits", Split.TEST),
)
_FAMILIES: Final = (
    SyntheticFamily.NUMBER_SWAP,
    SyntheticFamily.DATE_SWAP,
    SyntheticFamily.NAME_SWAP,
)
_LOWERED: Final = 0.5  # times the score


def main() -> None:
    options = _parse_arguments()
    aligner = Aligner.from_pretrained(options.model, threads=options.threads)
    print(f"{aligner!r}, up to {options.rows} rows of each class and {options.rows} of each swap")
    for name, split in SOURCES:
        if options.only and name not in options.only:
            continue
        started = time.perf_counter()
        examples = list(read_examples(get_recipe(name), options.data_dir, split))
        order = np.random.default_rng(options.seed).permutation(len(examples))
        supported, others = _by_class([examples[index] for index in order])
        print(f"\n{name} {split}")
        _report_classes(supported[: options.rows], others[: options.rows], aligner)
        _report_swaps(supported, aligner, options.rows)
        print(f"  ({time.perf_counter() - started:.0f} s)", flush=True)


def _report_classes(
    supported: Sequence[AlignmentExample], others: Sequence[AlignmentExample], aligner: Aligner
) -> None:
    """Print how many claims of each class have a detail named, and what that says of the class."""
    explained = [aligner.explain(each.context, each.claim) for each in (*supported, *others)]
    is_named = np.array([False in _named_places(each) for each in explained])
    is_moved = np.array([_named_places(each) == {True} for each in explained])
    is_supported = np.arange(len(explained)) < len(supported)
    classes = is_supported.astype(np.float64)
    kinds = Counter(kind for each in explained[: len(supported)] for kind in _named_kinds(each))
    for words, rows in (("supported", is_supported), ("other", ~is_supported)):
        if rows.any():
            nowhere = _share(int(is_named[rows].sum()), int(rows.sum()))
            print(f"  {words}: {nowhere} named; {is_moved[rows].sum()} more as said elsewhere")
    print(f"  supported, by kind: {dict(kinds)}")
    scores = np.array([each.verdict.score for each in explained])
    if others:
        lowered = scores * np.where(is_named, _LOWERED, 1.0)
        print(f"  AUC {auc(scores, classes):.4f}, lowered {auc(lowered, classes):.4f}")


def _report_swaps(supported: Sequence[AlignmentExample], aligner: Aligner, most: int) -> None:
    """Print how many swapped details are named, by family and by whether the evidence has them."""
    sources = [Source(TextPair(each.context, each.claim)) for each in supported]
    swapped: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for source, made in zip(
        sources, make_examples(sources, MakingOptions(families=_FAMILIES)), strict=True
    ):
        for each in made:
            for example in each.examples:
                if swapped[each.family] >= most:
                    continue
                swapped[each.family] += 1
                change = _changed(source.pair.claim, example.claim)
                explanation = aligner.explain(example.context, example.claim)
                place = "stated" if _is_stated(change, example, explanation) else "not stated"
                is_hit = any(_touch(span, change) for span in _named_spans(explanation))
                swapped[f"{each.family}, new detail {place} in the evidence"] += 1
                named[f"{each.family}, new detail {place} in the evidence"] += is_hit
    for words in sorted(set(swapped) - set(_FAMILIES)):
        print(f"  {words}: {_share(named[words], swapped[words])} named")


def _is_stated(change: Span, example: AlignmentExample, explanation: Explanation) -> bool:
    """Tell whether the evidence mentions the details that were put in."""
    new = [
        each for each in find_details(example.claim, example.context) if _touch(each.span, change)
    ]
    return all(
        Mentions(example.context[each.support.chunk_start : each.support.chunk_end]).has(
            detail.meaning
        )
        for detail in new
        for each in explanation.sentences
        if each.claim_start <= detail.span.start < each.claim_end
    )


def _named_spans(explanation: Explanation) -> list[Span]:
    return [
        Span(detail.start, detail.end)
        for sentence in explanation.sentences
        for detail in sentence.unsupported_details
    ]


def _named_places(explanation: Explanation) -> set[bool]:
    """Return whether the details named are said elsewhere in the context, as far as there are."""
    return {
        detail.is_elsewhere
        for sentence in explanation.sentences
        for detail in sentence.unsupported_details
    }


def _named_kinds(explanation: Explanation) -> Iterator[str]:
    for sentence in explanation.sentences:
        yield from (
            detail.kind.value for detail in sentence.unsupported_details if not detail.is_elsewhere
        )


def _changed(old: str, new: str) -> Span:
    """Return where a text differs from an older one."""
    front = _common(old, new)
    back = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - front)
    return Span(front, len(new) - back)


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _by_class(
    examples: Sequence[AlignmentExample],
) -> tuple[list[AlignmentExample], list[AlignmentExample]]:
    """Return the supported examples and the others."""
    classes: tuple[list[AlignmentExample], list[AlignmentExample]] = ([], [])
    for each in examples:
        is_supported = each.target == (1 if each.head is Head.BINARY else ALIGNED)
        classes[0 if is_supported else 1].append(each)
    return classes


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--only", nargs="*", help="names of data sets; all by default")
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
