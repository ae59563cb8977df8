"""Which numbers, names, dates and times of a claim its evidence does not bear out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from concord.text import Span
from concord.text.details import DetailKind, find_details
from concord.text.mentions import Mentions


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
        context = "\n\n".join(passages)
        self._claim = claim
        self._details = find_details(claim, context)
        self._context = Mentions(context) if self._details else None

    def unsupported(
        self, sentence: Span, evidence: str, *, is_supported: bool
    ) -> Iterator[UnsupportedDetail]:
        """Yield what in a sentence of the claim its evidence does not bear out.

        Texts often call things by other names, or by none where both know what they are about. So
        a supported sentence is only searched for numbers, dates and times that the whole context
        lacks.

        Args:
            sentence: Where the sentence stands in the claim.
            evidence: The chunk of the context that supports it most.
            is_supported: Whether that is enough.
        """
        if self._context is None:
            return
        stated = Mentions(evidence)
        for detail in self._details:
            start, end = detail.span
            if start < sentence.start or end > sentence.end or stated.has(detail.meaning):
                continue
            is_elsewhere = self._context.has(detail.meaning)
            if not is_supported or not (is_elsewhere or detail.kind is DetailKind.NAME):
                written = self._claim[start:end]
                yield UnsupportedDetail(detail.kind, written, start, end, is_elsewhere)
