"""Common English verbs: their base form, third person, past and participle."""

from dataclasses import dataclass
from typing import Final

from concord.text.words import word_set, words_of

_REGULAR: Final = words_of(
    """
    accept accuse achieve act add admit affect agree aim allow announce answer appear apply
    approve argue arrive ask attack attempt attend attract avoid award base believe belong
    benefit block boast borrow bounce call cancel capture carry cause celebrate challenge change
    charge chase check claim clean clear climb close collapse collect combine compare compete
    complain complete confirm connect consider consist contain continue contribute control cook
    count cover crash create cross cry damage dance deal debut decide declare decline defeat
    defend define delay deliver demand demonstrate deny depend describe design destroy determine
    develop die differ direct disappear discover discuss display divide donate double drop earn
    employ enable encourage end endorse enjoy enter establish evaluate examine exceed exist
    expand expect experience explain explore express extend face fail feature film finish fire
    fix focus follow force found gain gather generate guarantee guide handle happen hate help
    highlight hire hope host identify ignore improve include increase influence inform inspect
    inspire introduce invent investigate invite involve join jump kick kill kiss lack land last
    laugh launch learn lie like link list live locate look love lower maintain manage mark marry
    match measure mention miss move name need note notice obtain occur offer open operate oppose
    order outperform own paint park participate perform phone pick place plan play point post
    pour practice praise predict prefer prepare present preserve prevent produce promise promote
    propose protect prove provide publish pull purchase push question raise rank rate reach
    realise realize receive recommend record recover reduce refer reflect refuse reject relate
    release rely remain remember remove repair repeat replace reply report represent require
    rescue resign resolve respond restore result retain retire return reveal reward sail save
    scale score seem seize separate serve share shout show shock sign slip smile solve sound
    stage stand star start state stay stop stress stretch struggle study submit succeed suffer
    suggest supply support suppose surround survive suspend swap talk target taste tend test
    thank threaten top total touch tour train transfer travel treat trigger trust try turn
    unveil urge use value visit vote vow wait walk want warn wash waste watch welcome wish
    wonder work worry yield
    """
)
_IRREGULAR: Final = """
be was been; beat beat beaten; become became become; begin began begun; break broke broken; bring
brought brought; build built built; buy bought bought; catch caught caught; choose chose chosen;
come came come; cost cost cost; cut cut cut; do did done; draw drew drawn; drink drank drunk;
drive drove driven; eat ate eaten; fall fell fallen; feel felt felt; fight fought fought; find
found found; fly flew flown; forget forgot forgotten; get got got; give gave given; go went gone;
grow grew grown; have had had; hear heard heard; hide hid hidden; hit hit hit; hold held held;
keep kept kept; know knew known; lay laid laid; lead led led; leave left left; lend lent lent; let
let let; lose lost lost; make made made; mean meant meant; meet met met; pay paid paid; put put
put; read read read; ride rode ridden; ring rang rung; rise rose risen; run ran run; say said
said; see saw seen; sell sold sold; send sent sent; set set set; shoot shot shot; sing sang sung;
sink sank sunk; sit sat sat; sleep slept slept; speak spoke spoken; spend spent spent; stand stood
stood; steal stole stolen; strike struck struck; swim swam swum; take took taken; teach taught
taught; tell told told; think thought thought; throw threw thrown; understand understood
understood; wake woke woken; wear wore worn; win won won; write wrote written
"""
_DOUBLED: Final = word_set(
    "admit chat clap drop hop jog nod occur plan prefer refer shop slip stop swap top transfer"
)


@dataclass(frozen=True, slots=True)
class Verb:
    """The forms of a verb."""

    base: str
    third_person: str
    past: str
    participle: str


def _third_person(base: str) -> str:
    if base in {"have", "be"}:
        return {"have": "has", "be": "is"}[base]
    if base.endswith("y") and base[-2] not in "aeou":
        return f"{base[:-1]}ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def _regular_past(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeou":
        return f"{base[:-1]}ied"
    if base in _DOUBLED:
        return f"{base}{base[-1]}ed"
    return base + ("d" if base.endswith("e") else "ed")


def _all_verbs() -> tuple[Verb, ...]:
    irregular = [entry.split() for entry in _IRREGULAR.split(";")]
    bases = set(_REGULAR) - {base for base, _, _ in irregular} - {"deal"}
    regular = (Verb(base, _third_person(base), past := _regular_past(base), past) for base in bases)
    rest = (
        Verb(base, _third_person(base), past, participle) for base, past, participle in irregular
    )
    return tuple(sorted((*regular, *rest), key=lambda verb: verb.base))


VERBS: Final = _all_verbs()
BY_BASE: Final = {verb.base: verb for verb in VERBS}
BY_THIRD_PERSON: Final = {verb.third_person: verb for verb in VERBS}
BY_PAST: Final = {verb.past: verb for verb in VERBS}
PARTICIPLES: Final = frozenset(verb.participle for verb in VERBS)
SURELY_PAST: Final = frozenset(
    verb.past for verb in VERBS if verb.past not in {verb.base, verb.participle}
) - {"found", "saw", "rose", "felt", "was", "did", "had"}
"""Past forms that are no participle, base form or noun: such a word is the verb of its clause."""
