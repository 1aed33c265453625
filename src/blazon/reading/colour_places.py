"""Where a prompt names colours: names of colours, and names of things where the words beside them say colour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from blazon.reading.colour_names import PHRASES, PLAIN, THINGS_TOO
from blazon.reading.phrase_table import PhraseTable
from blazon.reading.reading import Colour
from blazon.reading.scan import Scan
from blazon.reading.tokens import Token, TokenKind

_NAMES: Final = PhraseTable([*PLAIN.items(), *THINGS_TOO.items(), *PHRASES.items()])
# How much, in percent, of which colour a word before a colour mixes in.
_SHADES: Final = {
    "dark": (45, 0), "darker": (45, 0), "deep": (30, 0), "rich": (12, 0), "light": (50, 255), "lighter": (50, 255),
    "pale": (65, 255), "soft": (35, 255), "pastel": (60, 255), "muted": (35, 150), "dusty": (35, 165),
    "faded": (40, 190), "bright": (0, 0), "vivid": (0, 0), "strong": (0, 0), "warm": (0, 0), "cool": (0, 0),
    "neon": (0, 0), "medium": (0, 0), "mid": (0, 0), "pure": (0, 0), "bold": (0, 0), "fresh": (0, 0),
    "classic": (0, 0), "metallic": (0, 0), "brilliant": (0, 0), "smoky": (35, 120),
}  # fmt: skip
COLOUR_NOUNS: Final = frozenset(
    """colour color tone shade hue tint palette scheme accent highlight background backdrop ground paint ink
    combination colouring coloring detail gradient foil""".split()
)
_BASIC: Final = frozenset("red orange yellow green blue purple pink brown black white grey gray".split())
_PLANTS: Final = frozenset({"lavender", "lilac", "violet", "orange", "cornflower", "fawn"})
_OF_PLANTS: Final = frozenset(
    "sprig flower field farm bush oil honey soap garden tea blossom tree bouquet head".split()
)
_JOINTS: Final = frozenset({"and", "or", "with", "plus", "to", "on", "nor"})
# What else may stand between two colours of which one is to be a part: `peach please, with a bit of plum`.
_PARTS: Final = frozenset("please a an some the of in as is for name by against".split())
_NEAR: Final = 6  # words
ACCENTS: Final = frozenset(
    {"accent", "highlight", "detail", "touch", "hint", "splash", "pop", "dash", "trim", "spot", "bit"}
)
LETTERINGS: Final = frozenset({"lettering", "text", "type", "letter", "name", "font", "word", "wordmark", "writing"})
# Before these a colour that is a thing too is a colour: "a gold crown".
_METALS: Final = frozenset({"gold", "silver", "copper", "bronze", "rose"})


@dataclass(frozen=True, slots=True)
class Place:
    """A colour where a prompt names it; `sure` tells whether its words mean nothing else."""

    colour: Colour
    start: int
    length: int
    sure: bool

    @property
    def end(self) -> int:
        return self.start + self.length


def is_colour(token: Token) -> bool:
    """Tell whether a word is the name of a colour and of nothing else."""
    return token.kind is TokenKind.HEX or token.lemma in PLAIN


def list_colours(scan: Scan) -> list[Place]:
    """Return where colours are named, refused or not, in their order; no words are marked."""
    return _settle(scan, list(_list_names(scan)))


def _list_names(scan: Scan) -> Iterator[Place]:
    index = 0
    while index < len(scan.tokens):
        token = scan.tokens[index]
        length = 1
        if _is_told_as_hex(scan, index):
            scan.use(index)
        elif token.kind is TokenKind.HEX:
            yield Place(Colour(token.text, _complete_hex(token.text)), index, 1, True)
        elif (match := _NAMES.longest(scan.tokens, index)) and scan.is_free(index, match[1]):
            value, length = match
            if length == 1 and token.lemma in THINGS_TOO and scan.lemma(index + 1) in _BASIC:  # "butter yellow"
                length = 2
            first = index - 1 if scan.text(index - 1) in _SHADES and scan.is_free(index - 1) else index
            name = " ".join(scan.tokens[place].lemma for place in range(first, index + length))
            if first < index:
                value = _mix(value, *_SHADES[scan.text(first)])
            sure = length > 1 or token.lemma in PLAIN or (first < index and not token.is_plural)
            yield Place(Colour(name, value), first, index + length - first, sure)
        index += length


def _is_told_as_hex(scan: Scan, index: int) -> bool:
    """Tell whether a colour's name is told in hexadecimal beside it: `purple #5b2a86`, `#5b2a86 (purple)`."""
    if scan.lemma(index) not in PLAIN:
        return False
    behind = index + 1 + (index + 1 < len(scan.tokens) and scan.tokens[index + 1].text in ("(", ":"))
    if behind < len(scan.tokens) and scan.tokens[behind].kind is TokenKind.HEX:
        return True
    return index > 1 and scan.tokens[index - 1].text == "(" and scan.tokens[index - 2].kind is TokenKind.HEX


def _complete_hex(text: str) -> str:
    digits = text.lstrip("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _mix(value: str, percent: int, other: int) -> str:
    """Return a colour with `percent` of a grey of that level in it."""
    parts = (int(value[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{(part * (100 - percent) + other * percent + 50) // 100:02x}" for part in parts)


def _settle(scan: Scan, found: list[Place]) -> list[Place]:
    """Leave out what is a thing and no colour here: colours that are things too need a colour beside them."""
    sure = {place for place, one in enumerate(found) if one.sure and not _is_trade(scan, one)}
    for place, one in enumerate(found):
        if place not in sure and not one.sure and _is_colour_by_context(scan, one):
            sure.add(place)
    sure |= {other for place in range(len(found) - 1) if _is_pair(scan, found, place) for other in (place, place + 1)}
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        for place in order:
            if place not in sure and not _is_plural(scan, found[place]) and not _is_object(scan, found[place]):
                near = [other for other in (place - 1, place + 1) if other in sure]
                if place and found[place - 1].end == found[place].start:
                    continue  # "a pink flamingo"
                pairs = [(found[min(place, other)], found[max(place, other)]) for other in near]
                joined = _are_one_list if _is_one_thing(scan, found[place]) else _are_parts
                if any(joined(scan, *pair) for pair in pairs):
                    sure.add(place)
    return [one for place, one in enumerate(found) if place in sure]


# Of the colours that are things too, those that are seldom a thing beside another of them: `sage and cream`.
_MOSTLY_COLOURS: Final = frozenset(
    """chestnut
    cream mustard sage ivory gold silver rust slate sand coral emerald jade petrol mint olive plum peach copper
    bronze sapphire ruby amber rose blush stone charcoal""".split()
)
_SELDOM_THINGS: Final = frozenset({"silver", "ivory", "rust", "jade", "petrol"})
# Of those, what no symbol shows: `mustard symbol`.
_TINTS: Final = _MOSTLY_COLOURS - {"chestnut", "rose", "olive", "plum", "peach", "stone"}
_MARKS: Final = frozenset("symbol icon mark logo emblem badge monogram".split())


def _is_object(scan: Scan, one: Place) -> bool:
    """Tell whether something is done with it: `drinking coffee, mustard and brown`."""
    return scan.text(one.start - 1).endswith("ing") and scan.text(one.start - 1) not in ("using", "featuring")


def _is_one_thing(scan: Scan, one: Place) -> bool:
    """Tell whether an article makes it a thing: `a peach`, but no `peach mark`."""
    return scan.text(one.start - 1) in ("a", "an") and scan.lemma(one.end) not in LETTERINGS | _MARKS | COLOUR_NOUNS


def _are_parts(scan: Scan, first: Place, second: Place) -> bool:
    """Tell whether two colours are given to parts of one logo: `a plum mark and the name in white`."""
    between = scan.tokens[first.end : second.start]
    if are_joined(scan, first, second) or len(between) > _NEAR:
        return len(between) <= _NEAR
    words = _JOINTS | _PARTS | ACCENTS | LETTERINGS | _MARKS | COLOUR_NOUNS
    return all(token.kind is TokenKind.COMMA or (token.is_word and token.lemma in words) for token in between)


def _are_one_list(scan: Scan, first: Place, second: Place) -> bool:
    """Tell whether two colours have one article: `a sage and cream card`, but no `a lemon on yellow`."""
    between = [token.text for token in scan.tokens[first.end : second.start]]
    return between in (["and"], [","], [",", "and"]) and bool(scan.text(second.end))


def _is_pair(scan: Scan, found: Sequence[Place], place: int) -> bool:
    """Tell whether two words that are things too are colours because they stand together and alone."""
    first, second = found[place], found[place + 1]
    alone = (
        second.end >= len(scan.tokens) or not scan.text(second.end) or scan.text(second.end) in ("only", "for", "on")
    )
    names = {first.colour.name, second.colour.name}
    joint, *amount = [token.text for token in scan.tokens[first.end : second.start]] or [""]
    if joint not in _BETWEEN_TWO or not _is_amount(amount) or _is_plural(scan, first):
        return False
    things = {"a", "an"} & {scan.text(first.start - 1)}
    return alone and not things and (names <= _MOSTLY_COLOURS or not names.isdisjoint(_SELDOM_THINGS))


def _is_amount(words: Sequence[str]) -> bool:
    """Tell whether words say how much of a colour is wanted: `a little`, `some`; none are all of it."""
    return not words or (not _AMOUNTS.isdisjoint(words) and _AMOUNTS | {"a", "of"} >= {*words})


_AMOUNTS: Final = frozenset("little some bit touch hint dash splash".split())
_BETWEEN_TWO: Final = frozenset({"and", "on", "with", "plus", "+", "&", "/"})


def _is_plural(scan: Scan, one: Place) -> bool:
    return scan.tokens[one.end - 1].is_plural


def _is_trade(scan: Scan, one: Place) -> bool:
    """Tell whether a colour is part of a trade: `black and white photography`, `green energy`, `white goods`."""
    if scan.text(one.start) == "blues" and (
        scan.text(one.start - 1) in ("play", "playing", "plays", "sing", "the")
        or scan.lemma(one.end) in ("band", "bar", "club", "singer", "music", "festival", "guitar", "night", "duo")
    ):
        return True
    follower = scan.lemma(one.end)
    if one.colour.name == "orange" and scan.text(one.start - 1) == "an" and scan.text(one.end) in _BEHIND_FRUIT:
        return True
    if one.colour.name in _PLANTS and follower in _OF_PLANTS:
        return True
    return (one.colour.name, follower) in _TRADES or (
        one.colour.name in ("black", "white") and follower in ("photography", "photographer", "photo", "film")
    )


_BEHIND_FRUIT: Final = frozenset({"", "with", "for", "on", "in", "inside", "under", "over", "but", "as"})
_TRADES: Final = frozenset(
    tuple(pair.split())
    for pair in (
        "green energy", "green power", "green house", "green tea", "black tea", "white tea", "white good", "red wine",
        "white wine", "brown bread", "black market", "white label", "blue chip", "red cross", "white paper",
        "white noise", "blue cheese", "black sheep", "white water", "red hot", "blue whale", "polar white",
        "green building", "green roof", "yellow page", "brown rice", "red meat", "green transport", "black belt",
        "red panda", "black bear", "brown bear", "red squirrel", "orange juice", "golden retriever", "black hole",
        "golden eagle", "white water", "pink lady", "orange tree", "orange slice", "golden gate", "golden age",
        "orange farm", "orange grove", "orange orchard", "golden hour", "red carpet", "black pudding",
        "black pepper", "red pepper", "red kite", "blue tit",
    )
)  # fmt: skip


def _is_colour_by_context(scan: Scan, one: Place) -> bool:
    if _is_plural(scan, one) or (scan.text(one.start - 1) in ("a", "an") and scan.text(one.end) in ("", "and")):
        return False
    return _is_in_colour_list(scan, one.start) or _says_colour_before(scan, one) or _says_colour_behind(scan, one)


def _says_colour_before(scan: Scan, one: Place) -> bool:
    """Tell whether what stands before a word says that it is a colour: `mostly rust`, `a touch of plum`, `in sage`."""
    before, follower = scan.text(one.start - 1), scan.text(one.end)
    if one.colour.name in _MOSTLY_COLOURS and before in ("like", "love", "prefer", "adore") and not scan.text(one.end):
        return True
    if before in _MAINLY and (_ends_clause(scan, one.end) or follower in ("and", "with")):
        return True
    if before == "of" and scan.lemma(one.start - 2) in ACCENTS:
        return True
    if before == "in" and follower in ("", "and", "or", "on", "only", "please", "with"):
        return one.colour.name not in ("ink", "stone", "clay", "ice", "snow", "sand", "ocean", "forest", "sky", "wine")
    return one.colour.name in ("gold", "silver") and before in ("a", "an", "and", "with") and _is_noun(scan, one.end)


def _says_colour_behind(scan: Scan, one: Place) -> bool:
    """Tell whether what stands behind a word says that it is a colour: `plum lettering`, `amber coloured`."""
    before, follower = scan.text(one.start - 1), scan.lemma(one.end)
    if one.colour.name in _TINTS and before not in ("a", "an") and follower in LETTERINGS | _MARKS:
        return True
    if follower in LETTERINGS and one.colour.name not in _MATERIALS:
        return True
    if follower in COLOUR_NOUNS or scan.text(one.end) in _COLOURED:
        return True
    return scan.text(one.end) == "as" and _find_noun(scan, one.end + 1) in COLOUR_NOUNS | _RANKS  # "cream as a ground"


def _find_noun(scan: Scan, index: int) -> str:
    return scan.lemma(index + (scan.text(index) in ("a", "an", "the", "its", "our")))


def _ends_clause(scan: Scan, index: int) -> bool:
    return index >= len(scan.tokens) or not scan.tokens[index].is_word


# Of these letters are made, or they are sold: "stone lettering", "wine names".
_MATERIALS: Final = frozenset("stone brick clay steel ink ice snow lead wood wine coffee linen straw".split())
_COLOURED: Final = frozenset({"coloured", "colored", "tinted", "toned", "hued"})
_RANKS: Final = frozenset("main primary secondary second first third base dominant leading lead key".split())
_MAINLY: Final = frozenset({"mainly", "mostly", "predominantly", "primarily", "largely"})


def _is_in_colour_list(scan: Scan, start: int) -> bool:
    """Tell whether a word stands in a list of colours: `palette: sage, oat and charcoal`, `colours should be sage`."""
    lead = start - 1
    while scan.text(lead) in _ARE:
        lead -= 1
    if scan.lemma(lead) in LISTED:
        return True
    for place in range(start - 1, max(-1, start - 12), -1):
        token = scan.tokens[place]
        if token.kind is TokenKind.COLON:
            return scan.lemma(place - 1) in LISTED
        if token.kind is TokenKind.STOP:
            return False
    return False


_ARE: Final = frozenset("should be are is must will would of our the to can could".split())
LISTED: Final = frozenset({"colour", "color", "palette", "scheme"})


def _is_noun(scan: Scan, index: int) -> bool:
    return len(scan.text(index)) > 2 and scan.text(index) not in ("and", "with", "for", "from", "shop", "jewellery")


_BETWEEN_LISTED: Final = frozenset({"(", ")", "little", "a", "an", "some", "the", "of", "bit"})


def are_joined(scan: Scan, first: Place, second: Place) -> bool:
    """Tell whether two colours stand in one list: `sage and cream`, `navy, white & mustard`."""
    between = scan.tokens[first.end : second.start]
    return len(between) <= 3 and all(
        token.kind is TokenKind.COMMA or token.text in _JOINTS or token.text in _BETWEEN_LISTED for token in between
    )
