"""The abbreviations after which a full stop need not end a sentence; English first.

Entries stand without their last stop. Words that are also ordinary words (`sat`, `ill`) are kept
in the list that asks for a capital letter.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_LAST: Final = _words(
    """
    mr mrs ms messrs mx dr drs prof rev fr hon gen col lt sgt capt cpt cmdr adm maj brig gov lieut
    sen rep reps sens pres supt insp det amb atty mme mlle sra srta dra hr e.g i.e eg ie cf viz vs
    approx ca bzw evtl ggf z.b
    """
)
"""A sentence goes on after these, in lower case: titles and words that introduce something."""

BEFORE_NUMBER: Final = _words("no nos nr fig figs vol vols eq eqs pp pg ch sec tel ver")
"""A sentence goes on after these, in lower case, where a digit follows."""

OFTEN_INSIDE: Final = _words(
    """
    jr sr esq inc ltd co corp llc plc bros assn assoc univ dept govt natl intl mfg est mt ft st ave
    blvd rd hwy etc al ed eds pt jan feb apr aug sept oct nov dec tue tues thu thur thurs fri
    """
)
"""In lower case; a sentence ends after these only where a common first word follows."""

OFTEN_INSIDE_CAPITALISED: Final = _words(
    """
    Mar Jun Jul Sun Mon Wed Sat Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass
    Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo
    """
)
"""The same for words written exactly so: months, weekdays and states of the USA."""

COMMON_FIRST_WORDS: Final = _words(
    """
    a an the he she it they we i you his her its their our my your this that these those there
    here in on at as for from by with after before when while where if but and or so yet however
    although though since because during under until what who why how not one some many most all
    both each every another meanwhile also then now instead still only even such
    """
)
"""Words, in lower case, that with a capital letter are far likelier a first word than a name."""
