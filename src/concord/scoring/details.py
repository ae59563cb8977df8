"""Which numbers, names, dates and times of a claim its evidence does not bear out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from concord.text import Span
from concord.text.details import DetailKind, find_details
from concord.text.mentions import Mentions
from concord.text.names import Name, NameKind, find_names

_PRONOUN: Final = re.compile(r"\s*(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnsupportedDetail:
    """A number, name, date or time of a claim that its evidence does not mention in any form.

    Attributes:
        kind: What it is.
        text: As it stands in the claim.
        start: Its first character in the claim.
        end: Its past-the-end character.
        is_elsewhere: Whether another part of the context mentions it.
    """

    kind: DetailKind
    text: str
    start: int
    end: int
    is_elsewhere: bool


class DetailChecker:
    """Checks the details of one claim against parts of one context.

    Args:
        claim: The claim.
        passages: The passages of the context.
    """

    def __init__(self, claim: str, passages: Sequence[str]) -> None:
        self._claim = claim
        self._text = "\n\n".join(passages)
        self._details = find_details(claim, self._text)
        self._own = Mentions(claim)
        self._context = Mentions(self._text if self._details else "")

    def unsupported(
        self, sentence: Span, evidence: str, *, is_supported: bool
    ) -> Iterator[UnsupportedDetail]:
        """Yield what in a sentence of the claim its evidence does not bear out.

        Texts often call things by other names, or by none where both know what they are about. So
        a name counts only in a sentence that is not supported, and where the evidence has another
        of its kind in its place; the first name not where the evidence opens with a pronoun, which
        may mean it. A supported sentence may state what another part of the context says.

        Args:
            sentence: Where the sentence stands in the claim.
            evidence: The chunk of the context that supports it most.
            is_supported: Whether that is enough.
        """
        own = [each for each in self._details if _is_within(each.span, sentence)]
        stated = Mentions(evidence if own else "")
        for detail in own:
            if stated.has(detail.meaning):
                continue
            is_elsewhere = self._context.has(detail.meaning)
            if is_supported and (is_elsewhere or isinstance(detail.meaning, Name)):
                continue
            if isinstance(detail.meaning, Name):
                is_topic = detail is own[0] and _PRONOUN.match(evidence) is not None
                if is_topic or not self._has_rival(detail.meaning, evidence):
                    continue
            start, end = detail.span
            written = self._claim[start:end]
            yield UnsupportedDetail(detail.kind, written, start, end, is_elsewhere)

    def _has_rival(self, name: Name, evidence: str) -> bool:
        """Tell whether the evidence has a name of the same kind that the claim lacks."""
        return any(
            NameKind.OTHER in {name.kind, other.kind} or name.kind is other.kind
            for other in find_names([evidence, self._text])[0]
            if not self._own.has(other)
        )


def _is_within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
