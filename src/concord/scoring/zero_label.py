"""ChosenLabel without training: each label is a claim, and the best supported one is taken."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.alignment import Head
from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.scoring.aligner import Aligner
from concord.scoring.batching import Progress
from concord.scoring.calibration import logits_of
from concord.scoring.inputs import check_claim, check_contexts
from concord.scoring.relevance import RelevanceLike
from concord.scoring.split_plans import Context

TEMPLATE: Final = "This text is about {}."
_PLACE: Final = "{}"

Labels: TypeAlias = Iterable[str] | Mapping[str, str | Sequence[str]]
"""Labels for a template, or each label with its own claim, or with several claims."""


@dataclass(frozen=True, slots=True)
class ChosenLabel:
    """What a text is classified as.

    Attributes:
        label: The likeliest label; of equals, the one given first.
        probability: Its probability.
        probabilities: By label, in the order given. They sum to 1, unless several labels may
            apply: each is then a score in [0, 1] of its own.
        labels: All labels that apply, likeliest first: the one, or where several may, those
            whose score reaches the threshold, possibly none.
    """

    label: str
    probability: float
    probabilities: Mapping[str, float]
    labels: tuple[str, ...]


def classify(
    texts: Iterable[Context],
    labels: Labels,
    *,
    template: str = TEMPLATE,
    multi_label: bool = False,
    threshold: float | None = None,
    head: Head = Head.THREE_WAY,
    top_chunks: int | None = None,
    relevance: RelevanceLike = "none",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> list[ChosenLabel]:
    """Classify texts by the label whose claim each text supports best.

    As entailment models classify without examples (Yin et al., EMNLP 2019). Among labels of which
    one applies, probabilities are the softmax of the scores' log-odds.

    Args:
        texts: Long ones are split, as `Aligner.score` does; no part is left out.
        labels: Texts to put into the template; or a mapping from each label to its claim, or to
            several claims whose scores are averaged.
        template: The claim, with "{}" in place of the label.
        multi_label: Several labels, or none, may apply to a text.
        threshold: The score from which one of several labels applies; the model's unless given.
        head: The head to ask.
        top_chunks: The mean of so many chunks of a long text counts, those that support a claim
            best; of all of them unless given, since a label is for the whole text.
        relevance: How much of a long text is read, as in `Aligner.score`; all of it unless
            given, so that labels are compared on the same chunks.
        aligner: What scores; the bundled model, opened anew, unless given.
        progress: Called with the pairs of a text and a claim done, and all of them.

    Raises:
        ConfigError: If there is no label, one occurs twice or has no claim, or the template has
            no place for it.
        InputError: If a text or a claim is not a text.
    """
    claims_by_label = label_claims(labels, template)
    if threshold is not None and not multi_label:
        raise ConfigError("a threshold only matters where several labels may apply: multi_label")
    contexts = check_contexts(texts, "texts")
    scorer = opened(aligner)
    least = scorer.settings.thresholds[head] if threshold is None else threshold
    claims = [claim for each in claims_by_label.values() for claim in each]
    scores = scorer.score(
        [context for context in contexts for _ in claims],
        claims * len(contexts),
        head=head.value,
        top_chunks=sys.maxsize if top_chunks is None else top_chunks,
        relevance=relevance,
        progress=progress,
    ).reshape(len(contexts), len(claims))
    means = _means(scores, [len(each) for each in claims_by_label.values()])
    names = list(claims_by_label)
    if multi_label:
        return [_several(names, row, least) for row in means]
    return [_one_of(names, option_probabilities(row)) for row in means]


def label_claims(labels: Labels, template: str = TEMPLATE) -> dict[str, tuple[str, ...]]:
    """Return the claims that stand for each label, in the order given.

    Raises:
        ConfigError: As in `classify`.
    """
    if isinstance(labels, str):
        raise ConfigError(f"labels is a single text; give a list of texts, such as [{labels!r}]")
    if isinstance(labels, Mapping):
        claims = {
            label: (given,) if isinstance(given, str) else tuple(given)
            for label, given in labels.items()
        }
    else:
        claims = _from_template(list(labels), template)
    if not claims:
        raise ConfigError("there are no labels; give at least one")
    for label, each in claims.items():
        if not each:
            raise ConfigError(f"label {label!r} has no claim; give at least one")
        for claim in each:
            check_claim(claim, f"the claim of label {label!r}")
    return claims


def option_probabilities(scores: FloatArray) -> NDArray[np.float64]:
    """Return the softmax of scores' log-odds: how likely each is, where one of them is right.

    Args:
        scores: One for each option, in [0, 1], shape ``(options,)``.
    """
    logits = logits_of(scores)
    exponentials = np.exp(logits - logits.max())
    probs: NDArray[np.float64] = exponentials / exponentials.sum()
    return probs


def opened(aligner: Aligner | None) -> Aligner:
    """Return the aligner, or the bundled model's."""
    return Aligner.from_pretrained() if aligner is None else aligner


def _from_template(labels: Sequence[str], template: str) -> dict[str, tuple[str, ...]]:
    if _PLACE not in template:
        raise ConfigError(f"the template {template!r} has no {{}} in place of the label")
    for number, label in enumerate(labels):
        check_claim(label, f"labels[{number}]")
        if label in labels[:number]:
            raise ConfigError(f"label {label!r} is given twice; give each label once")
    return {label: (template.replace(_PLACE, label),) for label in labels}


def _means(scores: FloatArray, counts: Sequence[int]) -> FloatArray:
    """Return the mean score of each label's claims, shape ``(texts, labels)``."""
    starts = np.cumsum([0, *counts[:-1]])
    sums = np.add.reduceat(scores, starts, axis=1)
    means: FloatArray = (sums / np.array(counts)).astype(np.float32)
    return means


def _one_of(names: Sequence[str], probs: NDArray[np.float64]) -> ChosenLabel:
    best = int(probs.argmax())
    by_label = dict(zip(names, probs.tolist(), strict=True))
    return ChosenLabel(names[best], by_label[names[best]], by_label, (names[best],))


def _several(names: Sequence[str], scores: FloatArray, least: float) -> ChosenLabel:
    by_label = dict(zip(names, scores.tolist(), strict=True))
    best_first = [names[place] for place in np.argsort(-scores, kind="stable")]
    applying = tuple(name for name in best_first if by_label[name] >= least)
    return ChosenLabel(best_first[0], by_label[best_first[0]], by_label, applying)
