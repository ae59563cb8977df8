"""The bias suite: the same pairs about other people, and false alarms by who is spoken of.

A label that holds of a man holds of a woman, of a Muslim as of a Christian. Each pair is put once
for each identity of a dimension, on both sides, and the answers are held against each other: their
scores, their errors and how well calibrated they are. Few and neutral terms stand for identities,
in English alone; a small gap here is no proof of fairness.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.alignment import AlignmentExample, TextPair
from concord.data.perturbations.identities import Dimension, identities, identity_variants
from concord.data.recipes import get_recipe
from concord.evaluation.board import Finding, FindingExample
from concord.evaluation.calibration.score_maps import expected_calibration_error
from concord.evaluation.functional.answering import HasTasks, answerers_of
from concord.evaluation.functional.cases import HATECHECK, Case, read_cases
from concord.evaluation.functional.hatecheck import hate_probabilities
from concord.evaluation.functional.pairs import PairAnswers, ask, is_aligned, sample_examples
from concord.evaluation.functional.rates import (
    estimate_clustered,
    estimate_difference,
    estimate_rate,
)
from concord.evaluation.functional.sampling import sample_cases
from concord.evaluation.metrics import Vector
from concord.evaluation.suites.suite import FindingContext, FindingSource, Suite
from concord.evaluation.systems.system import System

MAX_ROWS: Final = 300
"""Pairs of each set and dimension that are tried, where no other number is asked for."""
MAX_EXAMPLES: Final = 5
_MOST_CONTEXT: Final = 400  # characters
_SETS: Final = ("snli", "mnli", "paws", "vitaminc")
_SUITE_NAME: Final = "bias"

Variants = Mapping[str, TextPair]
"""A pair for each identity of a dimension."""


def find_variants(
    examples: Sequence[AlignmentExample], dimension: Dimension, *, max_rows: int, seed: int = 0
) -> dict[int, Variants]:
    """Return the variants of pairs by place, of at most so many pairs that have any.

    Args:
        examples: The pairs.
        dimension: What the identities differ in.
        max_rows: The most pairs to take.
        seed: Decides which.
    """
    found: dict[int, Variants] = {}
    for place in np.random.default_rng(seed).permutation(len(examples)).tolist():
        example = examples[place]
        variants = identity_variants(TextPair(example.context, example.claim), dimension)
        if variants:
            found[place] = variants
        if len(found) == max_rows:
            break
    return dict(sorted(found.items()))


def compare_identities(
    system: str,
    set_name: str,
    dimension: Dimension,
    examples: Sequence[AlignmentExample],
    answers: Mapping[str, PairAnswers],
    variants: Sequence[Variants],
    *,
    seed: int = 0,
) -> Finding:
    """Return how far answers depend on who a pair speaks of.

    A pair fails where not all identities get the same decision. The figures have the mean score,
    the share of wrong decisions and the calibration error of each identity, and the widest gap
    of each; the change is the widest gap in score, the identity of the highest mean score less
    that of the lowest. (As the widest of several it is above zero by chance alone; its interval
    says how far it is from it.)

    Args:
        system: The system's name.
        set_name: The data set.
        dimension: What the identities differ in.
        examples: The pairs, one at least.
        answers: By identity, the answers to all pairs.
        variants: Of each pair, to be read.
        seed: Seed of the bootstrap, which draws contexts.
    """
    names = list(answers)
    degrees = np.stack([answers[name].degrees for name in names])  # (identities, pairs)
    decisions = np.stack([answers[name].decisions for name in names])
    wrong = decisions != np.array([each.target for each in examples])
    aligned = np.array([is_aligned(each) for each in examples], dtype=np.float64)
    measured = {
        "score": degrees.mean(axis=1),
        "error": wrong.mean(axis=1),
        "ece": np.array([expected_calibration_error(row, aligned) for row in degrees]),
    }
    failed = (decisions != decisions[0]).any(axis=0)
    contexts = [each.context for each in examples]
    order = np.argsort(measured["score"])
    gaps = degrees[order[-1]] - degrees[order[0]]
    return Finding(
        system=system,
        suite=_SUITE_NAME,
        name=f"{set_name}: {dimension}",
        group=dimension.value,
        kind="swap",
        description=f"The answer must be the same for each of {', '.join(names)}",
        cases=len(examples),
        failures=int(failed.sum()),
        rate=estimate_rate(failed.astype(np.float64), contexts, seed=seed),
        figures=_figures(names, measured),
        change=estimate_clustered(gaps, contexts, seed=seed),
        examples=tuple(_examples(names, variants, degrees, failed)),
    )


def _figures(names: Sequence[str], measured: Mapping[str, Vector]) -> dict[str, float]:
    gaps = {f"{figure}_gap": float(np.ptp(values)) for figure, values in measured.items()}
    each = {
        f"{figure}/{name}": float(value)
        for figure, values in measured.items()
        for name, value in zip(names, values, strict=True)
    }
    return {**gaps, **each}


def _examples(
    names: Sequence[str],
    variants: Sequence[Variants],
    degrees: Vector,
    failed: NDArray[np.bool_],
) -> Iterator[FindingExample]:
    """Yield the pairs with different decisions whose scores lie the furthest apart."""
    places = np.flatnonzero(failed)
    widest = np.argsort(-np.ptp(degrees[:, places], axis=0), kind="stable")
    for place in places[widest][:MAX_EXAMPLES].tolist():
        low, high = (int(find(degrees[:, place])) for find in (np.argmin, np.argmax))
        pair = variants[place][names[high]]
        yield FindingExample(
            context=pair.context[:_MOST_CONTEXT],
            claim=pair.claim,
            expected=f"{names[low]} as {names[high]}",
            got=f"{names[low]} {degrees[low, place]:.2f}, {names[high]} {degrees[high, place]:.2f}",
        )


def _run(
    recipe_name: str, system: System, data_dir: Path, context: FindingContext
) -> Iterable[Finding]:
    if isinstance(system, HasTasks):
        return  # a model of tasks scores no pairs
    recipe = get_recipe(recipe_name)
    most = MAX_ROWS if context.max_rows is None else context.max_rows
    examples = sample_examples(recipe, data_dir, max_rows=None)
    for dimension in Dimension:
        found = find_variants(examples, dimension, max_rows=most, seed=context.seed)
        if not found:
            continue
        variants = list(found.values())
        answers = {
            name: ask(
                system,
                recipe,
                [each[name].context for each in variants],
                [each[name].claim for each in variants],
            )
            for name in identities(dimension)
        }
        chosen = [examples[place] for place in found]
        yield compare_identities(
            system.name, recipe_name, dimension, chosen, answers, variants, seed=context.seed
        )


def compare_targets(
    system: str, cases: Sequence[Case], probs: Vector, *, seed: int = 0
) -> list[Finding]:
    """Return the false alarms of a hate classifier for each group of people spoken of.

    Only texts that are not hateful are taken, and groups that are spoken of in some. The change
    is the group's share of false alarms less that of all other groups together.

    Args:
        system: The system's name.
        cases: HateCheck's cases.
        probs: How likely each is hateful, shape ``(cases,)``.
        seed: Seed of the bootstrap, which draws templates.
    """
    harmless = [
        place for place, case in enumerate(cases) if case.label == "non-hateful" and case.target
    ]
    targets = sorted({cases[place].target for place in harmless})
    findings = []
    for target in targets if len(targets) > 1 else ():
        own = [place for place in harmless if cases[place].target == target]
        others = [place for place in harmless if cases[place].target != target]
        alarms = [place for place in own if probs[place] > 0.5]
        change = estimate_difference(
            (probs[own] > 0.5).astype(np.float64),
            [cases[place].group for place in own],
            (probs[others] > 0.5).astype(np.float64),
            [cases[place].group for place in others],
            seed=seed,
        )
        findings.append(
            Finding(
                system=system,
                suite=_SUITE_NAME,
                name=f"hatecheck: false alarms, {target}",
                group="false alarms",
                kind="swap",
                description=f"What is said of {target} without hate must not be called hateful",
                cases=len(own),
                failures=len(alarms),
                rate=estimate_rate(
                    (probs[own] > 0.5).astype(np.float64),
                    [cases[place].group for place in own],
                    seed=seed,
                ),
                figures={
                    "others": float(np.mean(probs[others] > 0.5)),
                    "mean_probability_of_hate": float(np.mean(probs[own])),
                    "mean_probability_of_hate_others": float(np.mean(probs[others])),
                },
                change=change,
                examples=tuple(
                    FindingExample(
                        context=cases[place].texts["text"],
                        claim="",
                        expected="non-hateful",
                        got=f"hateful ({probs[place]:.2f})",
                    )
                    for place in sorted(alarms, key=lambda each: -probs[each])[:MAX_EXAMPLES]
                ),
            )
        )
    return findings


def _run_targets(system: System, data_dir: Path, context: FindingContext) -> Iterable[Finding]:
    every = [case for case in read_cases(HATECHECK, data_dir) if case.label == "non-hateful"]
    cases = sample_cases(every, context.max_rows, seed=context.seed)
    answerers = answerers_of(system.name, system)
    if isinstance(system, HasTasks) and answerers.hate is None:
        return []
    probs = hate_probabilities(answerers, cases)
    return compare_targets(system.name, cases, probs, seed=context.seed)


SUITE: Final = Suite(
    name=_SUITE_NAME,
    title="Group bias",
    purpose="Does it answer alike, whoever is spoken of?",
    findings=(
        *(
            FindingSource(
                name=name,
                folders=(get_recipe(name).folder,),
                run=partial(_run, name),
                licence_class=get_recipe(name).licence_class.value,
            )
            for name in _SETS
        ),
        FindingSource(
            name=HATECHECK.name,
            folders=(HATECHECK.name,),
            run=_run_targets,
            licence_class=HATECHECK.licence_class,
        ),
    ),
)
