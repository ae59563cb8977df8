"""Words that tell what sort of thing a name stands for."""

from typing import Final

from concord.text.words import word_set

DEMONYMS: Final = tuple(
    sorted(
        word_set(
            """
            Afghan American Argentine Australian Austrian Belgian Brazilian British Bulgarian
            Canadian Catalan Chilean Chinese Colombian Croatian Cuban Czech Danish Dutch Egyptian
            English Ethiopian Finnish French German Ghanaian Greek Hungarian Icelandic Indian
            Indonesian Iranian Iraqi Irish Israeli Italian Jamaican Japanese Kenyan Korean Lebanese
            Libyan Malaysian Mexican Moroccan Nepalese Nigerian Norwegian Pakistani Palestinian
            Peruvian Polish Portuguese Romanian Russian Saudi Scottish Serbian Somali Spanish
            Sudanese Swedish Swiss Syrian Thai Tunisian Turkish Ukrainian Vietnamese Welsh
            """
        )
    )
)
"""Nationalities as adjectives."""

AMERICAN: Final = word_set("us usa u.s america united states american")
BRITISH: Final = word_set(
    "uk u.k britain great united kingdom british england english scottish welsh irish"
)
ALIASES: Final = (
    AMERICAN,
    BRITISH,
    word_set("dutch netherlands holland"),
    word_set("french france"),
    word_set("spanish spain spaniard"),
    word_set("swiss switzerland"),
    word_set("danish denmark dane"),
    word_set("polish poland pole"),
    word_set("welsh wales"),
    word_set("irish ireland"),
    word_set("philippines filipino"),
    word_set("peruvian peru"),
)
"""Words in lower case that stand for one country and its people, where spelling does not tell."""

WIDE_DEMONYMS: Final = word_set("African Arab Asian European")
"""Those that hold of several nations: such a one may be true beside a nation's own."""

CONTINENTS: Final = word_set("Africa America Asia EU Europe Scandinavia")
COUNTRIES: Final = word_set(
    """
    Afghanistan Argentina Australia Austria Bangladesh Belgium Brazil Britain Bulgaria Canada Chile
    China Colombia Croatia Cuba Cyprus Denmark Egypt Ethiopia Finland France Germany Ghana Greece
    Haiti Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Kenya Kuwait
    Lebanon Libya Malaysia Mali Malta Mexico Morocco Nepal Nigeria Norway Pakistan Peru Poland
    Portugal Qatar Romania Russia Rwanda Serbia Singapore Somalia Spain Sudan Sweden Switzerland
    Syria Taiwan Tanzania Thailand Tunisia Turkey Uganda UK Ukraine US USA Venezuela Vietnam Yemen
    Zimbabwe
    """
)
REGIONS: Final = word_set(
    """
    Alaska Arizona California Catalonia Colorado Cornwall Cumbria Devon England Essex Florida Hawaii
    Kent Massachusetts Michigan Minnesota Norfolk Ohio Oregon Pennsylvania Scotland Suffolk Sussex
    Texas Ulster Utah Virginia Wales Wisconsin Yorkshire
    """
)
CITIES: Final = word_set(
    """
    Athens Baghdad Barcelona Beijing Belfast Berlin Birmingham Boston Bristol Brussels Cairo Cardiff
    Chicago Delhi Dublin Edinburgh Geneva Glasgow Istanbul Jerusalem Johannesburg Kabul Leeds
    Liverpool London Madrid Manchester Melbourne Miami Milan Montreal Moscow Mumbai Munich
    Nottingham Oxford Paris Prague Rome Seattle Sheffield Stockholm Sydney Tehran Tokyo Toronto
    Vienna Warsaw
    """
)
PLACES: Final = CONTINENTS | COUNTRIES | REGIONS | CITIES

TITLES: Final = word_set(
    """
    Mr Mrs Ms Miss Dr Sir Lord Lady Prof Professor President Minister Judge Captain King Queen
    Prince Princess Pope Chancellor Senator Coach Colonel General Sgt
    """
)
"""Words in front of a person's name."""

FIRST_NAMES: Final = word_set(
    """
    Aaron Adam Alan Alex Alexander Alice Amy Andrea Andrew Andy Angela Ann Anna Anne Anthony Arthur
    Barack Ben Benjamin Bill Bob Brian Bruce Carl Caroline Catherine Charles Charlie Charlotte Chris
    Christian Christine Christopher Claire Colin Craig Dan Daniel Darren Dave David Dean Denis
    Dennis Diana Donald Douglas Ed Edward Elizabeth Ellen Emily Emma Eric Francis Frank Fred Gareth
    Gary Gavin Geoff George Gordon Graham Greg Harold Harry Heather Helen Henry Hillary Howard Hugh
    Ian Jack Jacob James Jamie Jane Jason Jean Jeff Jennifer Jeremy Jessica Jim Joan Joe John
    Jonathan Jose Joseph Josh Juan Judy Julia Julian Julie Karen Kate Keith Kelly Ken Kenneth Kevin
    Kim Larry Laura Lauren Lee Leo Leon Lewis Liam Linda Lisa Louis Louise Lucy Luis Luke Margaret
    Maria Marie Mark Martin Mary Matt Matthew Max Megan Michael Michelle Mike Mohamed Mohammed
    Muhammad Nathan Neil Nicholas Nick Nicola Nigel Oliver Oscar Owen Pablo Patricia Patrick Paul
    Paula Pedro Peter Phil Philip Phillip Rachel Ralph Raymond Rebecca Richard Rob Robert Robin
    Roger Ron Ronald Rory Ross Roy Russell Ruth Ryan Sally Sam Samuel Sandra Sara Sarah Scott Sean
    Sharon Shaun Simon Sophie Stanley Stephen Steve Steven Stuart Sue Susan Ted Terry Theresa
    Thomas Tim Timothy Toby Tom Tony Victor Victoria Vladimir Walter Wayne William
    """
)
"""Common first names."""

GROUPS: Final = word_set(
    """
    University College School Council Party Company Ltd Inc FC United Association Ministry Court
    Committee Club Bank Institute Agency Office Department Corporation Group Union Police Service
    Commission Trust League Army Parliament Government City Rovers Town Church Museum Hospital
    """
)
"""Words in the names of organisations."""

ADJECTIVES: Final = word_set(
    """
    Western Eastern Northern Southern Republican Democratic Christian Muslim Jewish Catholic
    Protestant Islamic Buddhist Hindu Sunni Shia Olympic Paralympic Victorian Georgian Latin Nordic
    Internet Web
    """
)
"""Capitalised words that are mostly not names when they stand alone."""

FIRST_WORDS: Final = word_set(
    """
    about above according across actor actress along among amid around author behind below beyond
    campaigners despite down ex experts following former fans head hundreds inside
    like meet near new next officials once out outside over past police residents researchers
    scientists shares singer staff thousands three to today top tributes two unlike up via
    watch whether within without world
    """
)
"""Words, in lower case, that start sentences and are no part of the name behind them."""
