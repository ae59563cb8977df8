"""What a text mentions in another form, and what it does not mention."""

import pytest

from concord.text.details import find_details
from concord.text.mentions import Mentions


def _is_mentioned(claim: str, evidence: str) -> bool:
    details = find_details(claim, evidence)
    assert details
    mentions = Mentions(evidence)
    return all(mentions.has(detail.meaning) for detail in details)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("He has 1900 books.", "It holds 1,900."),
        ("He has 1900 books.", "It holds nineteen hundred."),
        ("He has twelve books.", "12 books"),
        ("He has 12 books.", "a dozen books"),
        ("It rose 9%.", "It rose by nine per cent."),
        ("It cost $5 million.", "a price of 5,000,000 dollars"),
        ("It was the first time.", "on the 1st try"),
        ("It rose 70 percent.", "a rise of 69.8 percent"),  # rounded
        ("It rose by more than 70 percent.", "a rise of 84 percent"),
        ("It fell to less than 70 percent.", "61 percent"),
        ("He has about 100 books.", "all his 110 books"),
        ("It is of the 18th century.", "built in 1755"),
        ("He has 1,500 books.", "It holds 1, 500."),  # as tokenizers leave it
    ],
)
def test_a_number_is_borne_out_in_any_usual_form(claim: str, evidence: str) -> None:
    assert _is_mentioned(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("He has 1900 books.", "It holds 1,800."),
        ("It rose 70 percent.", "a rise of 64 percent"),
        ("It rose by more than 70 percent.", "a rise of 64 percent"),
        ("It rose by more than 70 percent.", "since 2015"),  # more than ten times as much
        ("It cost $5 million.", "5 billion dollars and 50 million"),
        ("It is of the 18th century.", "built in 1855"),
        ("It cost $5.2 million.", "5 million dollars"),  # finer than the evidence
    ],
)
def test_another_number_does_not_bear_one_out(claim: str, evidence: str) -> None:
    # the evidence of the fifth also says "5", but of billions
    assert not _is_mentioned(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("on 14 March 2015", "on March 14, 2015"),
        ("on 14 March 2015", "dated 2015-03-14"),
        ("in 2015", "on 14 March 2015"),  # coarser than the evidence
        ("in March 2015", "on 14 March 2015"),
        ("in the 1990s", "since 1994"),
        ("on Tuesday", "It reopened Tuesday."),
        ("on 14 March 2015", "on 14 March"),  # the evidence names no year at all
        ("before 16 March 2015", "on 14 March 2015"),
        ("It left at 21:40.", "at 9:40 p.m."),
        ("It left at 5:30.", "at half past five"),
    ],
)
def test_a_date_or_time_is_borne_out_in_any_usual_form(claim: str, evidence: str) -> None:
    assert _is_mentioned(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("on 14 March 2015", "on 14 March 2016"),
        ("on 14 March 2015", "on 15 March 2015"),
        ("in March 2015", "in 2015 and in May 2015"),
        ("in 2015", "in March"),
        ("on Tuesday", "on Monday"),
        ("after 16 March 2015", "on 14 March 2015"),
        ("It left at 21:40.", "at 9:40 a.m."),
    ],
)
def test_another_date_or_time_does_not_bear_one_out(claim: str, evidence: str) -> None:
    assert not _is_mentioned(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("They met Okafor.", "a team led by Amara Okafor"),
        ("They met Amara Okafor.", "the team of Okafor"),
        ("They met S\u00e1nchez.", "Sanchez's team"),
        ("They left the UN.", "the United Nations"),
        ("They left the United Nations.", "the U.N. building"),
        ("They left Canada.", "a Canadian town"),
        ("They speak Dutch.", "a town in the Netherlands"),
        ("They left the US.", "an American town"),
        ("They met Dr Okafor.", "OKAFOR, A."),
    ],
)
def test_a_name_is_borne_out_in_any_usual_form(claim: str, evidence: str) -> None:
    assert _is_mentioned(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("They met Henrik Solberg.", "a team led by Amara Okafor"),
        ("They met Henrik Okafor.", "a team led by Amara Okafor"),
        ("They left the UN.", "the European Union"),
        ("They left France.", "a German town"),
    ],
)
def test_another_name_does_not_bear_one_out(claim: str, evidence: str) -> None:
    assert not _is_mentioned(claim, evidence)
