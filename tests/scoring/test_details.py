"""Which details of a claim are named, in supported sentences and in others."""

from concord.scoring.details import DetailChecker, UnsupportedDetail
from concord.text import Span
from concord.text.details import DetailKind

CLAIM = "Okafor opened 40 shops. She left Paris in 2019."
FIRST, SECOND = Span(0, 23), Span(24, 47)
EVIDENCE = "Amara Okafor opened 12 shops in Rome."
ELSEWHERE = "In Paris, 40 people came in 2018."
CHECKER = DetailChecker(CLAIM, [EVIDENCE, ELSEWHERE])


def _named(sentence: Span, evidence: str, *, is_supported: bool) -> list[tuple[str, bool]]:
    found = CHECKER.unsupported(sentence, evidence, is_supported=is_supported)
    return [(each.text, each.is_elsewhere) for each in found]


def test_what_the_evidence_lacks_is_named_with_its_place_in_the_claim() -> None:
    [named] = CHECKER.unsupported(FIRST, EVIDENCE, is_supported=False)
    assert named == UnsupportedDetail(DetailKind.NUMBER, "40", 14, 16, is_elsewhere=True)
    assert CLAIM[named.start : named.end] == "40"


def test_each_sentence_answers_for_its_own_details() -> None:
    assert _named(SECOND, EVIDENCE, is_supported=False) == [("Paris", True), ("2019", False)]
    assert _named(SECOND, ELSEWHERE, is_supported=False) == [("2019", False)]


def test_a_supported_sentence_may_name_what_only_another_part_of_the_context_says() -> None:
    assert _named(FIRST, EVIDENCE, is_supported=True) == []
    assert _named(SECOND, EVIDENCE, is_supported=True) == [("2019", False)]


def test_a_name_counts_where_the_evidence_has_another_in_its_place() -> None:
    claim = "Police saw Henrik Solberg open 12 shops."
    whole = Span(0, len(claim))
    for evidence, expected in (
        ("Police saw Amara Okafor open 12 shops.", ["Henrik Solberg"]),
        ("12 shops were opened.", []),
        ("He opened 12 shops in Rome with Ann Bell.", []),  # both texts know who he is
    ):
        checker = DetailChecker(claim, [evidence])
        named = [each.text for each in checker.unsupported(whole, evidence, is_supported=False)]
        assert named == expected
        assert list(checker.unsupported(whole, evidence, is_supported=True)) == []


def test_a_claim_without_details_has_none_to_name() -> None:
    assert (
        list(DetailChecker("It is so.", ["a"]).unsupported(Span(0, 9), "a", is_supported=False))
        == []
    )
