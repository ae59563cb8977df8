"""Masked refilling: some words of a claim are masked, and a language model writes others there.

The rule of ALIGN's hallucinated texts (Zha et al., NeurIPS 2023): a quarter of the words. The
model is handed in, so that nothing here needs torch; `concord.model.mask_filling` has one.
"""

import re
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from concord.alignment import TextPair
from concord.data.synthetic.change import Change, SyntheticFamily, is_stated, shortened
from concord.errors import ConfigError
from concord.text.sentences import Span
from concord.text.words import in_case_of

MASKED_SHARE: Final = 0.25
_WORD: Final = re.compile(r"(?<!\w)[^\W\d_]++(?:['\u2019-][^\W\d_]++){0,5}+(?!\w)")


class MaskFiller(Protocol):
    """Writes words where a text is masked: a masked language model, or a test double."""

    def __call__(
        self,
        texts: Sequence[str],
        masked: Sequence[Sequence[Span]],
        rngs: Sequence[np.random.Generator],
    ) -> list[list[list[str]]]:
        """Return for each masked word of each text some words drawn for it, the first preferred.

        Args:
            texts: The texts as they are, however many and long.
            masked: For each text the words that the model must not see, in order.
            rngs: For each text what draws its words.
        """
        ...


def refill_claims(
    pairs: Sequence[TextPair],
    filler: MaskFiller,
    rngs: Sequence[np.random.Generator],
    *,
    share: float = MASKED_SHARE,
) -> list[Change | None]:
    """Mask a share of each claim's words and have them refilled.

    A word drawn that equals the original is passed over for the next, so that the text does
    change; the original's capitals are kept. None where no word was changed, or the context
    states the claim even so.

    Args:
        pairs: The claims to change, with the contexts that support them.
        filler: What writes words where some are masked.
        rngs: For each claim what draws the masked words, and the filler's.
        share: The share of words that are masked, at least one of them.

    Returns:
        For each claim its change.

    Raises:
        ConfigError: If the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ConfigError(f"the share of masked words must be above 0 and at most 1, got {share}")
    texts = [pair.claim for pair in pairs]
    masked = [_draw_masked(text, share, rng) for text, rng in zip(texts, rngs, strict=True)]
    drawn = filler(texts, masked, rngs)
    changes = [_refill(*each) for each in zip(texts, masked, drawn, strict=True)]
    return [
        None if change is None or is_stated(change.text, pair.context) else change
        for pair, change in zip(pairs, changes, strict=True)
    ]


def _draw_masked(text: str, share: float, rng: np.random.Generator) -> list[Span]:
    spans = [Span(*match.span()) for match in _WORD.finditer(text)]
    if not spans:
        return []
    count = max(1, round(share * len(spans)))
    return [spans[index] for index in sorted(rng.choice(len(spans), count, replace=False).tolist())]


def _refill(text: str, masked: Sequence[Span], drawn: Sequence[Sequence[str]]) -> Change | None:
    pieces: list[str] = []
    changes: list[str] = []
    end = 0
    for span, words in zip(masked, drawn, strict=True):
        old = text[span.start : span.end]
        new = next((word for word in words if _is_another_word(word, old)), None)
        if new is not None:
            new = in_case_of(new, old)
            pieces += (text[end : span.start], new)
            changes.append(f"{old} -> {new}")
            end = span.end
    if not changes:
        return None
    changed = "".join((*pieces, text[end:]))
    return Change(changed, SyntheticFamily.MASKED_REFILLING, shortened(", ".join(changes)))


def _is_another_word(word: str, old: str) -> bool:
    return word.casefold() != old.casefold() and _WORD.fullmatch(word) is not None
