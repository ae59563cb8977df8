"""The robustness suite: the same pairs with changes that people make, or that change the answer.

Changes that keep the label must not move the answer; after those that break it, a claim that was
aligned must no longer be called so. Figures before and after are of the same rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from concord.alignment import AlignmentExample, Head
from concord.data.perturbations import (
    Effect,
    PairPerturbation,
    get_perturbation,
    perturbation_names,
)
from concord.data.recipes import get_recipe
from concord.data.synthetic.change import build_generator
from concord.evaluation.board import Finding, FindingExample
from concord.evaluation.functional.answering import HasTasks
from concord.evaluation.functional.pairs import PairAnswers, ask, sample_examples
from concord.evaluation.functional.rates import estimate_clustered, estimate_rate
from concord.evaluation.suites.suite import FindingContext, FindingSource, Suite
from concord.evaluation.systems.system import System

MAX_ROWS: Final = 500
"""Rows of each set that are tried, where no other number is asked for."""
MAX_SPLIT_ROWS: Final = 100
"""At most so many of sets with long texts, each of which takes many passes."""
MAX_EXAMPLES: Final = 5
_MOST_CONTEXT: Final = 400  # characters
_SETS: Final = (
    "snli",
    "mnli",
    "vitaminc",
    "fever",
    "paws",
    "qags_cnndm",
    "qags_xsum",
    "q2",
    "summedits",
)
_ELSEWHERE: Final = frozenset({"identity_swap"})  # the bias suite's


def perturb_all(
    perturbation: PairPerturbation, examples: Sequence[AlignmentExample], *, seed: int = 0
) -> dict[int, AlignmentExample]:
    """Return the perturbed examples by place, of those that the perturbation fits.

    Each is fixed by its own texts and the seed.
    """
    made = {}
    for place, example in enumerate(examples):
        rng = build_generator(seed, perturbation.name, example.context, example.claim)
        changed = perturbation.perturb(example, rng)
        if changed is not None:
            made[place] = changed
    return made


def compare_perturbed(
    system: str,
    set_name: str,
    perturbation: PairPerturbation,
    examples: Sequence[AlignmentExample],
    perturbed: Sequence[AlignmentExample],
    before: PairAnswers,
    after: PairAnswers,
    *,
    seed: int = 0,
) -> Finding:
    """Return what a perturbation did to a system's answers.

    Where the label is kept, another answer is a failure. Where it is broken, "aligned" is one,
    whatever was answered before; "still_aligned" is the share of those that were called aligned
    before.

    Args:
        system: The system's name.
        set_name: The data set.
        perturbation: What was changed.
        examples: The examples before, one at least.
        perturbed: The same after the change.
        before: The answers to the one.
        after: The answers to the other.
        seed: Seed of the bootstrap, which draws contexts.
    """
    targets = np.array([each.target for each in examples])
    right_before = before.decisions == targets
    if perturbation.effect is Effect.KEEPS:
        right_after, failed = after.decisions == targets, after.decisions != before.decisions
    else:
        right_after, failed = ~after.is_aligned, after.is_aligned
    figures = {
        "before": float(right_before.mean()),
        "after": float(right_after.mean()),
        "mean_score_before": float(before.degrees.mean()),
        "mean_score_after": float(after.degrees.mean()),
    }
    if perturbation.effect is Effect.BREAKS and before.is_aligned.any():
        figures["still_aligned"] = float(after.is_aligned[before.is_aligned].mean())
    contexts = [each.context for each in examples]
    difference = right_after.astype(np.float64) - right_before.astype(np.float64)
    return Finding(
        system=system,
        suite=SUITE_NAME,
        name=f"{set_name}: {perturbation.name}",
        group=perturbation.name,
        kind="perturbation",
        description=f"{perturbation.description}: {_EXPECTED[perturbation.effect]}",
        cases=len(examples),
        failures=int(failed.sum()),
        rate=estimate_rate(failed.astype(np.float64), contexts, seed=seed),
        figures=figures,
        change=estimate_clustered(difference, contexts, seed=seed),
        examples=tuple(_examples(perturbation, perturbed, before, after, np.flatnonzero(failed))),
    )


def _examples(
    perturbation: PairPerturbation,
    perturbed: Sequence[AlignmentExample],
    before: PairAnswers,
    after: PairAnswers,
    failed: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Iterator[FindingExample]:
    """Yield the failures whose scores are the furthest off."""
    if perturbation.effect is Effect.KEEPS:
        distance = np.abs(after.degrees - before.degrees)[failed]
    else:
        distance = after.degrees[failed]
    for place in failed[np.argsort(-distance, kind="stable")][:MAX_EXAMPLES].tolist():
        example = perturbed[place]
        keeps = perturbation.effect is Effect.KEEPS
        expected = _told(example.head, before, place) if keeps else "not aligned"
        yield FindingExample(
            context=example.context[:_MOST_CONTEXT],
            claim=f"{example.claim} [{example.provenance}]",
            expected=expected,
            got=_told(example.head, after, place) if keeps else f"{after.degrees[place]:.2f}",
        )


def _told(head: Head, answers: PairAnswers, place: int) -> str:
    return f"{head.label_names[int(answers.decisions[place])]} ({answers.degrees[place]:.2f})"


def _run(
    recipe_name: str, system: System, data_dir: Path, context: FindingContext
) -> Iterable[Finding]:
    if isinstance(system, HasTasks):
        return  # a model of tasks scores no pairs
    recipe = get_recipe(recipe_name)
    rows = MAX_ROWS if context.max_rows is None else context.max_rows
    rows = min(rows, MAX_SPLIT_ROWS) if recipe.is_judged_split else rows
    examples = sample_examples(recipe, data_dir, max_rows=rows, seed=context.seed)
    contexts, claims = [each.context for each in examples], [each.claim for each in examples]
    before = ask(system, recipe, contexts, claims)
    for name in perturbation_names():
        perturbation = get_perturbation(name)
        made = {} if name in _ELSEWHERE else perturb_all(perturbation, examples, seed=context.seed)
        if not made:
            continue
        places, changed = list(made), list(made.values())
        after = ask(
            system, recipe, [each.context for each in changed], [each.claim for each in changed]
        )
        yield compare_perturbed(
            system.name,
            recipe_name,
            perturbation,
            [examples[place] for place in places],
            changed,
            before.at(places),
            after,
            seed=context.seed,
        )


SUITE_NAME: Final = "robustness"
_EXPECTED: Final = {
    Effect.KEEPS: "the answer must stay",
    Effect.BREAKS: "a claim that was aligned must no longer be called so",
}
SUITE: Final = Suite(
    name=SUITE_NAME,
    title="Robustness",
    purpose="Does it bear slips and clutter, and notice when a claim has become false?",
    findings=tuple(
        FindingSource(
            name=name,
            folders=(get_recipe(name).folder,),
            run=partial(_run, name),
            licence_class=get_recipe(name).licence_class.value,
        )
        for name in _SETS
    ),
)
