"""What the outputs of another maker's classifier mean, read off the names in its config."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from concord.alignment import ALIGNED, CONTRADICTED, NEUTRAL, Head
from concord.alignment.scores import LOGIT_COLUMNS, NUM_LOGITS, FloatArray
from concord.errors import ConfigError


class Meaning(StrEnum):
    """What one output says of a pair."""

    ALIGNED = "aligned"
    NEUTRAL = "neutral"
    CONTRADICTED = "contradicted"
    NOT_ALIGNED = "not_aligned"
    """Neutral or contradicted, of a classifier that does not tell them apart."""


LabelOrder: TypeAlias = tuple[Meaning, ...]
"""The meaning of each output; of a lone one, aligned if it rises with alignment."""

_SPELLINGS: Final[Mapping[Meaning, str]] = {
    Meaning.ALIGNED: """
        aligned attributable consistent correct duplicate e entail entailed entailing entailment
        entails equivalent factual faithful grounded isduplicate paraphrase relevant similar
        similarity support supported supports true yes score""",
    Meaning.NEUTRAL: """
        irrelevant n nei neutral noinfo notenoughevidence notenoughinfo
        notenoughinformation undetermined unknown unrelated""",
    Meaning.CONTRADICTED: """
        c contradict contradicted contradicting contradiction contradictory contradicts refute
        refuted refutes""",
    Meaning.NOT_ALIGNED: """
        different false hallucinated hallucination inconsistent incorrect no nonentailment
        nonfactual notaligned notattributable notconsistent notduplicate notentailed notentailment
        notequivalent notparaphrase notsupported unfaithful unsupported""",
}
_MEANINGS: Final = {
    spelling: meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_NOT_A_LETTER: Final = re.compile(r"[^a-z]")
_UNNAMED: Final = re.compile(r"label_?\d+|\d+", re.IGNORECASE)

THREE_WAY: Final = frozenset({Meaning.ALIGNED, Meaning.NEUTRAL, Meaning.CONTRADICTED})
_TWO_WAY: Final = (
    frozenset({Meaning.ALIGNED, Meaning.NOT_ALIGNED}),
    frozenset({Meaning.ALIGNED, Meaning.CONTRADICTED}),
)
_NEVER: Final = -np.inf  # the logit of a class that a classifier does not have
_LEAST: Final = 1e-7  # a probability whose logarithm is still a number


def read_order(id2label: Mapping[int, str], *, source: str) -> LabelOrder | None:
    """Return the meanings that a config declares; None if it names its labels by number alone.

    Args:
        id2label: From each output's index to its label's name.
        source: What to call the model in an error.

    Raises:
        ConfigError: If the names are not those of an alignment, or do not go together.
    """
    names = [str(id2label[index]) for index in sorted(id2label)]
    if len(names) > 1 and all(_UNNAMED.fullmatch(name) for name in names):
        return None
    if len(names) == 1:
        return (_MEANINGS.get(_plain(names[0]), Meaning.ALIGNED),)
    unknown = [name for name in names if _plain(name) not in _MEANINGS]
    if unknown:
        raise ConfigError(
            f"{source} names its labels {', '.join(names)}, of which {unknown[0]!r} is not known "
            "to say anything of alignment; say what each means with --label-order, such as "
            "--label-order aligned,neutral,contradicted"
        )
    return check_order([_MEANINGS[_plain(name)] for name in names], source=source)


def parse_order(written: str, num_labels: int, *, source: str) -> LabelOrder:
    """Read an order as a user writes it: names of labels in any spelling, separated by commas.

    Raises:
        ConfigError: If a name is not known, or there are not as many as the model has labels.
    """
    names = [name.strip() for name in written.split(",")]
    unknown = [name for name in names if _plain(name) not in _MEANINGS]
    if unknown:
        raise ConfigError(
            f"--label-order has {unknown[0]!r}; write names out of {', '.join(Meaning)}, separated "
            "by commas, in the order of the model's outputs"
        )
    if len(names) != num_labels:
        raise ConfigError(
            f"--label-order names {len(names)} labels ({written}), and {source} has {num_labels}"
        )
    return check_order([_MEANINGS[_plain(name)] for name in names], source=source)


def check_order(meanings: Sequence[Meaning], *, source: str) -> LabelOrder:
    """Return meanings that go together.

    Raises:
        ConfigError: If they do not.
    """
    order, found = tuple(meanings), frozenset(meanings)
    is_lone = len(order) == 1 and found <= {Meaning.ALIGNED, Meaning.NOT_ALIGNED}
    is_whole = found == THREE_WAY or found in _TWO_WAY
    if is_lone or (is_whole and len(order) == len(found)):
        return order
    raise ConfigError(
        f"the labels of {source} mean {', '.join(order)}; a model for pairs has aligned, neutral "
        "and contradicted, or aligned and one of not_aligned and contradicted, or a lone degree"
    )


def joint_logits(outputs: FloatArray, order: LabelOrder, *, is_bounded: bool = False) -> FloatArray:
    """Return a classifier's outputs as an alignment model has them, so that all heads agree.

    Three classes give the binary head the same probability of "aligned"; of two, what is not
    aligned is neutral to the three-way head, unless it is called contradicted.

    Args:
        outputs: Raw outputs, shape ``(pairs, labels)``.
        order: What each column means.
        is_bounded: Whether a lone output is a degree in [0, 1] as it is, and not a logit.

    Returns:
        Joint logits in the order of `LOGIT_COLUMNS`, shape ``(pairs, 6)``.
    """
    if len(order) == 1:
        outputs = _two_logits(outputs[:, 0], order[0], is_bounded=is_bounded)
        order = (Meaning.NOT_ALIGNED, Meaning.ALIGNED)
    column = {meaning: outputs[:, index] for index, meaning in enumerate(order)}
    aligned = column[Meaning.ALIGNED]
    never = np.full_like(aligned, _NEVER)
    neutral = column.get(Meaning.NEUTRAL, column.get(Meaning.NOT_ALIGNED, never))
    contradicted = column.get(Meaning.CONTRADICTED, never)
    rest = np.logaddexp(neutral, contradicted)
    joint = np.empty((len(outputs), NUM_LOGITS), dtype=np.float32)
    joint[:, LOGIT_COLUMNS[Head.BINARY]] = np.stack([rest, aligned], axis=1)
    three_way = joint[:, LOGIT_COLUMNS[Head.THREE_WAY]]
    three_way[:, ALIGNED], three_way[:, NEUTRAL] = aligned, neutral
    three_way[:, CONTRADICTED] = contradicted
    degrees = np.exp(aligned - np.logaddexp(rest, aligned))
    joint[:, LOGIT_COLUMNS[Head.REGRESSION]] = degrees[:, np.newaxis]
    return joint


def _two_logits(values: FloatArray, meaning: Meaning, *, is_bounded: bool) -> FloatArray:
    """Return logits of not aligned and aligned of a lone output, shape ``(pairs, 2)``."""
    if is_bounded:
        degrees = np.clip(values.astype(np.float64), _LEAST, 1 - _LEAST)
        values = (np.log(degrees) - np.log1p(-degrees)).astype(np.float32)
    signed = values if meaning is Meaning.ALIGNED else -values
    return np.stack([np.zeros_like(signed), signed], axis=1)


def _plain(name: str) -> str:
    return _NOT_A_LETTER.sub("", name.lower())
