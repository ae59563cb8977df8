"""Variations of a pair: cheap ones drawn when it is read, and altered copies beside it.

The cheap ones are those of ALIGN (Zha et al., NeurIPS 2023). Perturbed copies are perturbation
training and counterfactual augmentation: what changes the answer, and what must not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from concord.alignment import ALIGNED, CONTRADICTED, UNALIGNED, AlignmentExample, Head
from concord.data.cache import TokenizedExamples
from concord.data.perturbations import get_perturbation
from concord.data.recipe import Family
from concord.data.synthetic.change import build_generator
from concord.errors import ConfigError

_BINARY, _THREE_WAY, _REGRESSION = range(len(Head))
_ALIGNED_TARGET = {_BINARY: 1.0, _THREE_WAY: float(ALIGNED)}
_VARIED = frozenset({Family.NLI, Family.FACT_CHECKING, Family.PARAPHRASE})
_RATES = (
    "self_pair",
    "swap",
    "swap_graded",
    "perturbation_rate",
    "surround_rate",
    "stranger_rate",
)
_PERTURBED = _VARIED | {Family.CONSISTENCY, Family.SUMMARIZATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentationOptions:
    """How often a pair is varied.

    Attributes:
        self_pair: Probability that the claim becomes the context itself, labelled aligned.
        swap: Probability, of the rest, that the two sides change places where the label allows it.
        swap_graded: Probability that the sides of a pair with a degree of similarity change
            places: how close two texts are does not depend on which comes first.
        perturbations: Names of perturbations; each perturbed copy is made by one of them.
        perturbation_rate: Share of the examples that get a perturbed copy beside them, where one
            of the perturbations fits them; it matters only where perturbations are named.
        surround_rate: Share of the examples for fact checking and consistency that get a copy
            beside them whose context stands among others of its data set.
        surround_words: How long such a context grows, about.
        stranger_rate: Share of the examples for inference, fact checking and consistency of which
            the aligned ones get a copy beside them whose claim has a name of another text in the
            place of one that the context knows.
    """

    self_pair: float = 0.0
    swap: float = 0.0
    swap_graded: float = 0.0
    perturbations: tuple[str, ...] = ()
    perturbation_rate: float = 0.1
    surround_rate: float = 0.0
    surround_words: int = 90
    stranger_rate: float = 0.0

    def __post_init__(self) -> None:
        for name in _RATES:
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ConfigError(f"augmentation.{name} is a probability in [0, 1], got {value}")
        if self.surround_words < 1:
            raise ConfigError(
                f"augmentation.surround_words must be at least 1, got {self.surround_words}"
            )
        for name in self.perturbations:
            get_perturbation(name)
        if len(set(self.perturbations)) < len(self.perturbations):
            named = ", ".join(self.perturbations)
            raise ConfigError(f"augmentation.perturbations names one twice: {named}")


@dataclass(frozen=True, slots=True)
class DrawnPairs:
    """Some examples of one data set after augmentation; each array has shape ``(drawn,)``."""

    context: NDArray[np.int32]
    claim: NDArray[np.int32]
    head: NDArray[np.int8]
    target: NDArray[np.float32]


def draw_pairs(
    examples: TokenizedExamples,
    indices: NDArray[np.int64],
    family: Family,
    options: AugmentationOptions,
    rng: np.random.Generator,
) -> DrawnPairs:
    """Read examples by index and vary them.

    NLI, fact checking and paraphrase are varied, the other families are not, but for the sides of
    pairs with a degree of similarity. Those of NLI and fact checking pairs are swapped only where
    the label is "contradicted"; paraphrase pairs always may be.
    """
    context, claim = examples.context[indices], examples.claim[indices]
    head, target = examples.head[indices], examples.target[indices].copy()
    if family is Family.SIMILARITY and options.swap_graded > 0:
        is_swapped = rng.random(len(indices)) < options.swap_graded
        context, claim = (
            np.where(is_swapped, claim, context),
            np.where(is_swapped, context, claim),
        )
    if family not in _VARIED:
        return DrawnPairs(context, claim, head, target)
    is_self = (rng.random(len(indices)) < options.self_pair) & (head != _REGRESSION)
    may_swap = (head == _THREE_WAY) & (target == CONTRADICTED)
    if family is Family.PARAPHRASE:
        may_swap = np.ones(len(indices), dtype=np.bool_)
    is_swapped = (rng.random(len(indices)) < options.swap) & may_swap & ~is_self
    new_context = np.where(is_swapped, claim, context)
    new_claim = np.where(is_swapped | is_self, context, claim)
    for head_index, aligned in _ALIGNED_TARGET.items():
        target[is_self & (head == head_index)] = aligned
    return DrawnPairs(new_context, new_claim, head, target)


def with_perturbed(
    examples: Iterable[AlignmentExample],
    family: Family,
    options: AugmentationOptions,
    *,
    seed: int = 0,
) -> Iterator[AlignmentExample]:
    """Yield examples, some of them followed by a perturbed copy with the label it then has.

    Whether an example gets one, and which, is fixed by its texts and the seed, wherever it
    stands. Of the perturbations named, in an order drawn for each example, the first that fits
    is taken. A copy teaches the head of its original: of a three-way one it may be known only
    that it is no longer aligned (`UNALIGNED`). Only pairs of a statement and what should bear it
    out are perturbed: NLI, fact checking, paraphrase, consistency and summarization. Nothing is
    drawn where none is named.

    Args:
        examples: The examples.
        family: Their data set's.
        options: Which perturbations, and how many copies.
        seed: Another seed draws others.

    Yields:
        The examples, with the copies among them.
    """
    if not options.perturbations or family not in _PERTURBED:
        yield from examples
        return
    yield from chain.from_iterable(_with_copy(each, options, seed) for each in examples)


def _with_copy(
    example: AlignmentExample, options: AugmentationOptions, seed: int
) -> Iterator[AlignmentExample]:
    yield example
    rng = build_generator(seed, "perturbed copy", example.context, example.claim)
    if rng.random() >= options.perturbation_rate:
        return
    for index in rng.permutation(len(options.perturbations)).tolist():
        perturbed = get_perturbation(options.perturbations[index]).perturb(example, rng)
        if perturbed is not None:
            yield _for_head(example.head, perturbed)
            return


def _for_head(head: Head, perturbed: AlignmentExample) -> AlignmentExample:
    """Have a copy teach the head of its original, though only the binary one knows its class.

    Otherwise the binary head would learn from such a data set that nothing there is aligned.
    """
    if head is Head.THREE_WAY and perturbed.head is Head.BINARY:
        return replace(perturbed, head=head, target=UNALIGNED)
    return perturbed
