"""Words around the things of a prompt: what asks for them, what joins them, what makes them part of a trade."""

from typing import Final

SHOWS: Final = frozenset(
    """think take been remain remains besides maybe perhaps possibly prefer prefers preferably ideally choose pick try
    out forget replace replacing add also animal are
     as be become becomes being but called carrying combine combining contain containing
    contains depict depicting depicts display displaying draw drawing emblem except feature features
    featuring get give have having holding icon image imagine include includes including incorporate
    incorporates incorporating insert instead is just like love made mascot merge merging mix mixing motif
    need needs only picture place portray portraying put rather represent represents resembling riding see
    shape show showing shows symbol use using want wants wear wearing without""".split()
)
"""Directly before a thing, or before its article: what follows is to be seen."""

WEAK: Final = frozenset(
    "been take think with have has having need needs love is are use using made like contain get be as".split()
)
"""As `SHOWS`, but a thing that is a trade as well stays one: `with coffee`."""

TRADE_VERBS: Final = frozenset(
    """bake bakes baking breed breeding breeds brew brews build building builds clean cleaning cleans deliver delivers
    design designs fix fixes grow growing grows import imports love make makes making print prints produce produces
    producing protect protects rent renting rents repair repairing repairs restore restores restoring roast save
    saves sell selling sells sew teach teaches teaching train training trains""".split()
)
"""What follows them is what the brand deals in."""

DETERMINERS: Final = frozenset(
    """me us either both
    a abstract adorable an angry another baby beautiful big blooming bold brave broken burning classic clean
    clever closed continuous crossed crowned curious curled cute dancing delicate detailed diving drawn
    elegant fierce fine five flat flying four friendly full funny galloping geometric giant glowing golden
    grazing great grinning growing half happy her hidden his howling huge iconic its jumping large laughing
    leaping line little lone lovely majestic mighty minimal minimalist modern my nice noble old one open
    ornate our playful proper proud rampant real realistic regal resting retro rising roaring round
    running setting shining simple single sitting sleeping sleepy sly small smiling soaring some standing
    steaming strong stylised stylish stylized subtle swimming the their thick thin three tiny two very
    vintage wild winged winking wise young""".split()
)
"""Between what asks for a thing and the thing."""

MARK_NOUNS: Final = frozenset(
    """badge brandmark character crest design drawing element emblem face figure glyph graphic head icon illustration
    image logo logotype mark mascot motif outline pictogram profile seal shape shaped sign silhouette symbol theme
    themed""".split()
)
"""Behind a thing they say that it is to be seen: `fox logo`; before `of a` too."""

EVENTS: Final = frozenset(
    """carnival fair festival museum parade race refuge regatta rescue reserve sanctuary week weekend""".split()
)
"""What is named before them is to be seen: `kite festival`, `macaw rescue`."""

RELATIONS: Final = frozenset(
    """full coiled curled carries holds wears rides reads eats drinks sits stands jumps flies swims sleeps hugs
    plays chases at he she it who which that above across against along and around atop balancing behind below
    beneath beside between biting blowing by carrying catching chasing circling climbing combined coming contained
    containing crossed crossing curled dressed drinking driving eating emerging encircled encircling facing filled
    flying forming framed from growing guarding hanging has having hitting holding hugging in inside intertwined
    into joined jumping kicking leaning leaping lifting looking merged near next on onto out over perched piercing
    playing plus pouring pulling pushing reading resting riding rising rowing sailing sitting sleeping smelling
    sniffing standing surrounded swimming through throwing together under underneath watching wearing with within
    wrapped down up past toward towards to amid amidst""".split()
)
"""One of them between two things of a prompt joins them in one mark."""

PERSONS: Final = frozenset(
    """astronaut baker barber butcher captain chef cook cowboy dancer dentist detective diver doctor farmer firefighter
    fisherman gardener king knight mechanic miner monk ninja nurse painter pilot pirate plumber potter princess queen
    sailor samurai scientist shepherd singer soldier student teacher viking wizard woman man child baby
    person""".split()
)
"""Who does something to a thing is to be seen with it: `a nurse holding a heart`."""

PARTICIPLES: Final = frozenset("bent cut drawn held hung knit made seen split torn woven worn".split())
"""Behind a thing they say more about it, as what ends in -ed does."""

MADE_OF: Final = (
    "as a", "as an", "as the", "whose", "made of", "made from", "made out of", "made up of", "built from",
    "built of", "built out of", "formed by",
    "formed of", "formed from", "formed out of", "composed of", "constructed from", "constructed of", "shaped like",
    "shaped as", "in the shape of", "in shape of", "in the form of", "in form of", "that is also", "which is also",
    "that becomes", "which becomes", "turning into", "turns into", "that turns into", "morphing into", "doubling as",
    "doubles as", "that doubles as", "which doubles as", "that forms", "which forms", "that looks like",
    "which looks like", "that look like", "looking like", "as if it were", "out of", "created from", "consisting of",
    "that is made of", "drawn as", "drawn with", "cut from", "woven from", "where the body is", "whose body is",
    "forming", "form", "make up", "assembled from", "transforming into",
)  # fmt: skip

FUNCTION_WORDS: Final = frozenset(
    """itself himself herself themselves alone feels feel seems sounds works looks appears represents symbolises
    symbolizes means fits suits pls thanks thx too really maybe perhaps possibly everywhere please
    whose
    a above across against all along also an and any are around as at be because behind below beneath beside
    between both but by can could do does down each every except for from had has have he here i if in
    inside instead into is it its just like logo made may might more most must my near no nor not of off ok
    on only onto or our out over per please plus rather she should since so some than that the their then
    there they this through to too under unless up upon very via was we when where which while who will with
    within without would you your""".split()
)
