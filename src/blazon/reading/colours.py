"""Colours of a prompt: wanted, unwanted, exclusive, and where each is to be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.reading.colour_names import PHRASES, PLAIN, THINGS_TOO
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.reading import Colour, ColourRole
from blazon.reading.scan import Scan
from blazon.reading.tokens import Token, TokenKind

MAX_COLOURS: Final = 5

_NAMES: Final = PhraseTable([*PLAIN.items(), *THINGS_TOO.items(), *PHRASES.items()])
# How much, in percent, of which colour a word before a colour mixes in.
_SHADES: Final = {
    "dark": (45, 0), "darker": (45, 0), "deep": (30, 0), "rich": (12, 0), "light": (50, 255), "lighter": (50, 255),
    "pale": (65, 255), "soft": (35, 255), "pastel": (60, 255), "muted": (35, 150), "dusty": (35, 165),
    "faded": (40, 190), "bright": (0, 0), "vivid": (0, 0), "strong": (0, 0), "warm": (0, 0), "cool": (0, 0),
    "neon": (0, 0), "medium": (0, 0), "mid": (0, 0), "pure": (0, 0), "bold": (0, 0), "fresh": (0, 0),
    "classic": (0, 0), "metallic": (0, 0), "brilliant": (0, 0), "smoky": (35, 120),
}  # fmt: skip
_COLOUR_NOUNS: Final = frozenset(
    """colour color tone shade hue tint palette scheme accent highlight background backdrop ground paint ink
    combination colouring coloring detail gradient foil""".split()
)
_JOINTS: Final = frozenset({"and", "or", "with", "plus", "to", "on", "nor"})
_ONLY_BEFORE: Final = """only, just, solely, exclusively, strictly, purely, nothing but, nothing except,
    nothing other than, no colour except, no colour but, no colour other than, no color except, no color but,
    no color other than, no other colour than, no other color than, none but, limited to, restricted to, all in,
    entirely in, entirely, pure"""
_ONLY_AFTER: Final = """only, alone, exclusively, and nothing else, nothing else, and no other colour, no other colour,
    and no other color, no other color, and that is all, and that is it, throughout, and nothing more, please only,
    solely"""
_LEADS: Final = PhraseTable(parse_phrases(_ONLY_BEFORE, True))
_TAILS: Final = PhraseTable(parse_phrases(_ONLY_AFTER, True))
_FILLERS: Final = frozenset(
    """in use using with the colour color of be and our brand two three tone shade a an to these this it are is
    should must house corporate but except other than nothing no none""".split()
)
_GROUNDS: Final = frozenset({"background", "backdrop", "ground", "paper", "canvas", "base"})
_ACCENTS: Final = frozenset(
    {"accent", "highlight", "detail", "touch", "hint", "splash", "pop", "dash", "trim", "spot", "bit"}
)
_LETTERINGS: Final = frozenset({"lettering", "text", "type", "letter", "name", "font", "word", "wordmark", "writing"})
# Before these a colour that is a thing too is a colour: "a gold crown".
_METALS: Final = frozenset({"gold", "silver", "copper", "bronze", "rose"})


@dataclass(frozen=True, slots=True)
class Colours:
    """What a prompt says about colour."""

    wanted: tuple[Colour, ...] = ()
    avoided: tuple[Colour, ...] = ()
    only: bool = False
    clashing: tuple[Colour, ...] = ()
    """Those both wanted and unwanted; they are left out of what is wanted."""


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
    return _settle(scan, list(_names(scan)))


def find_colours(scan: Scan) -> Colours:
    """Return the colours that are asked for and refused, and mark their words as understood."""
    found = list_colours(scan)
    avoided = [one.colour for one in found if scan.negated[one.start]]
    wanted = [_with_role(scan, one) for one in found if not scan.negated[one.start]]
    only = _limits_colours(scan) or any(_is_only(scan, one, found) for one in found if not scan.negated[one.start])
    only = only or {(colour.name, colour.role) for colour in wanted} == _BLACK_AND_WHITE
    for place, one in enumerate(found):
        scan.use(one.start, one.length)
        if scan.lemma(one.end) in _LETTERINGS:
            scan.use(one.end)
        _use_amount(scan, one.start)
        if place + 1 < len(found) and _are_joined(scan, one, found[place + 1]):
            scan.use(one.end, found[place + 1].start - one.end)
    _use_nouns(scan)
    if not wanted and _refuses_colour(scan):
        wanted, only = [Colour(name, PLAIN[name]) for name in ("black", "white")], True
    refused = {colour.value for colour in avoided}
    kept = [colour for colour in _unique(wanted) if colour.value not in refused]
    clashing = tuple(colour for colour in _unique(wanted) if colour.value in refused)
    return Colours(tuple(kept[:MAX_COLOURS]), tuple(_unique(avoided)), only and bool(kept), clashing)


def _unique(colours: Sequence[Colour]) -> list[Colour]:
    """Return each colour once, with the role that says the most."""
    kept: dict[str, Colour] = {}
    for colour in colours:
        known = kept.get(colour.value)
        if known is None or known.role is ColourRole.ANY:
            kept[colour.value] = colour
    return list(kept.values())


# Behind the name of a shade they only say what it is a shade of: `denim blue`.
_HUES: Final = frozenset({"red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "grey", "gray"})


def _names(scan: Scan) -> Iterator[Place]:
    index = 0
    while index < len(scan.tokens):
        token = scan.tokens[index]
        length = 1
        if token.kind is TokenKind.HEX:
            yield Place(Colour(token.text, _full_hex(token.text)), index, 1, True)
        elif (match := _NAMES.longest(scan.tokens, index)) and scan.is_free(index, match[1]):
            value, length = match
            length += scan.text(index + length) in _HUES and scan.is_free(index + length) and token.lemma not in _HUES
            first = index - 1 if scan.text(index - 1) in _SHADES and scan.is_free(index - 1) else index
            name = " ".join(scan.tokens[place].lemma for place in range(first, index + length))
            if first < index:
                value = _mix(value, *_SHADES[scan.text(first)])
            sure = length > 1 or token.lemma in PLAIN or (first < index and not token.is_plural)
            yield Place(Colour(name, value), first, index + length - first, sure)
        index += length


def _full_hex(text: str) -> str:
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
                near = (other for other in (place - 1, place + 1) if other in sure)
                if any(_are_joined(scan, found[min(place, other)], found[max(place, other)]) for other in near):
                    sure.add(place)
    return [one for place, one in enumerate(found) if place in sure]


# Of the colours that are things too, those that are seldom a thing beside another of them: `sage and cream`.
_MOSTLY_COLOURS: Final = frozenset(
    """chestnut
    cream mustard sage ivory gold silver rust slate sand coral emerald jade petrol mint olive plum peach copper
    bronze sapphire ruby amber rose blush stone charcoal""".split()
)


# Of those, what no symbol shows: `mustard symbol`.
_TINTS: Final = _MOSTLY_COLOURS - {"chestnut", "rose", "olive", "plum", "peach", "stone"}
_MARKS: Final = frozenset("symbol icon mark logo emblem badge monogram".split())


def _is_object(scan: Scan, one: Place) -> bool:
    """Tell whether something is done with it: `drinking coffee, mustard and brown`."""
    return scan.text(one.start - 1).endswith("ing") and scan.text(one.start - 1) not in ("using", "featuring")


def _is_pair(scan: Scan, found: Sequence[Place], place: int) -> bool:
    """Tell whether two words that are things too are colours because they stand together and alone."""
    first, second = found[place], found[place + 1]
    alone = (
        second.end >= len(scan.tokens) or not scan.text(second.end) or scan.text(second.end) in ("only", "for", "on")
    )
    names = {first.colour.name, second.colour.name}
    between = scan.tokens[first.end : second.start]
    joined = len(between) == 1 and between[0].text == "and"
    return joined and alone and names <= _MOSTLY_COLOURS and not _is_plural(scan, first)


def _is_plural(scan: Scan, one: Place) -> bool:
    return scan.tokens[one.end - 1].is_plural


def _is_trade(scan: Scan, one: Place) -> bool:
    """Tell whether a colour is part of a trade: `black and white photography`, `green energy`; or a fruit."""
    if scan.text(one.start) == "blues" and (
        scan.text(one.start - 1) in ("play", "playing", "plays", "sing", "the")
        or scan.lemma(one.end) in ("band", "bar", "club", "singer", "music", "festival", "guitar", "night", "duo")
    ):
        return True
    follower = scan.lemma(one.end)
    if one.colour.name == "orange" and scan.text(one.start - 1) == "an" and scan.text(one.end) in _BEHIND_FRUIT:
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
    follower, before = scan.lemma(one.end), scan.text(one.start - 1)
    if one.colour.name in _TINTS and before not in ("a", "an") and follower in _LETTERINGS | _MARKS:
        return True
    if follower in _COLOUR_NOUNS or (one.colour.name in _METALS and follower in _LETTERINGS):
        return True
    if before == "of" and scan.lemma(one.start - 2) in _ACCENTS:
        return True
    if before == "in" and scan.text(one.end) in ("", "and", "or", "on", "only", "please", "with"):
        return one.colour.name not in ("ink", "stone", "clay", "ice", "snow", "sand", "ocean", "forest", "sky", "wine")
    return one.colour.name in ("gold", "silver") and before in ("a", "an", "and", "with") and _is_noun(scan, one.end)


def _is_noun(scan: Scan, index: int) -> bool:
    return len(scan.text(index)) > 2 and scan.text(index) not in ("and", "with", "for", "from", "shop", "jewellery")


def _are_joined(scan: Scan, first: Place, second: Place) -> bool:
    """Tell whether two colours stand in one list: `sage and cream`, `navy, white & mustard`."""
    between = scan.tokens[first.end : second.start]
    return len(between) <= 3 and all(
        token.kind is TokenKind.COMMA or token.text in _JOINTS or token.text in ("a", "an", "some", "the", "of", "bit")
        for token in between
    )


def _is_only(scan: Scan, one: Place, found: Sequence[Place]) -> bool:
    """Tell whether the list that a colour stands in is all that may be used."""
    start, end = one.start, one.end
    for other in found:  # forward over the list
        if other.start >= end and _are_joined(scan, replace(one, start=start, length=end - start), other):
            end = other.end
    while scan.lemma(end) in _COLOUR_NOUNS or scan.text(end) in ("is", "are", "please"):
        end += 1
    if end < len(scan.tokens) and _TAILS.longest(scan.tokens, end):
        return not _begins_other(scan, end)
    if end + 1 < len(scan.tokens) and scan.tokens[end].kind in (TokenKind.COMMA, TokenKind.STOP):
        tail = _TAILS.longest(scan.tokens, end + 1)
        if tail and tail[1] > 1:
            return True
    return _follows_only(scan, start)


def _begins_other(scan: Scan, end: int) -> bool:
    """Tell whether an `only` behind a colour belongs to what follows: `in blue, only a fox`."""
    return scan.text(end) == "only" and scan.text(end + 1) in ("a", "an", "the", "for", "one")


def _follows_only(scan: Scan, start: int) -> bool:
    for place in range(start - 1, max(-1, start - 8), -1):
        match = _LEADS.longest(scan.tokens, place)
        if match and place + match[1] <= start:
            return True
        if scan.lemma(place) not in _FILLERS and scan.tokens[place].kind is not TokenKind.COLON:
            return False
    return False


def _with_role(scan: Scan, one: Place) -> Colour:
    return replace(one.colour, role=_role_before(scan, one) or _role_after(scan, one) or ColourRole.ANY)


def _role_after(scan: Scan, one: Place) -> ColourRole | None:
    """Return the role that the next word gives: `white background`, `red accents`."""
    place = one.end
    if scan.text(place) in ("colour", "color", "coloured", "colored", "as", "for", "is", "in"):
        place += 1
        if scan.text(place) in ("the", "a", "an", "its"):
            place += 1
    return _role_of(scan.lemma(place))


def _role_before(scan: Scan, one: Place) -> ColourRole | None:
    place = one.start - 1
    while scan.text(place) in ("a", "an", "the", "in", "is", "be", "should", "some", "pure", "plain", "of") or (
        place >= 0 and scan.tokens[place].kind is TokenKind.COLON
    ):
        place -= 1
    word = scan.lemma(place)
    if word in ("on", "against", "onto") and _role_after(scan, one) in (None, ColourRole.BACKGROUND):
        return ColourRole.BACKGROUND
    if word == "of" or scan.text(place + 1) == "of":
        return _role_of(scan.lemma(place if word != "of" else place - 1))
    if word in ("accented", "highlighted") or place < one.start - 1:
        return ColourRole.ACCENT if word == "accented" else _role_of(word)
    return None


def _role_of(word: str) -> ColourRole | None:
    if word in _GROUNDS:
        return ColourRole.BACKGROUND
    if word in _ACCENTS:
        return ColourRole.ACCENT
    return ColourRole.NAME if word in _LETTERINGS else None


# Said of two colours, and meant of all: "in black and white".
_BLACK_AND_WHITE: Final = {("black", ColourRole.ANY), ("white", ColourRole.ANY)}
_FURTHER: Final = frozenset("other third fourth fifth further additional second another extra more".split())
_COUNTS: Final = frozenset("one two three four five 1 2 3 4 5".split())


def _limits_colours(scan: Scan) -> bool:
    """Tell whether colours are limited in so many words: `no third colour`, `two colours max`."""
    for place in range(len(scan.tokens)):
        if scan.text(place) in ("others", "other") and scan.negated[place] and not scan.text(place + 1):
            return True
        if scan.lemma(place) not in ("colour", "color"):
            continue
        if scan.negated[place] and scan.text(place - 1) in _FURTHER:
            return True
        around = {scan.text(place + 1), scan.text(place - 2)}
        if scan.text(place - 1) in _COUNTS and around & {"max", "maximum", "only", "most", "just"}:
            return True
    return False


def _refuses_colour(scan: Scan) -> bool:
    """Tell whether colour itself is refused: `no colours`, `without any colour`."""
    return any(
        scan.negated[place]
        and scan.lemma(place) in ("colour", "color")
        and scan.text(place - 1) in ("no", "any", "without")
        for place in range(len(scan.tokens))
    )


_TALK: Final = re.compile(
    r"colou?r(?:s|ed|ing|ful)?|tones?|shades?|hues?|tints?|palettes?|background|backdrop|accents?"
)


def _use_amount(scan: Scan, start: int) -> None:
    """Mark how much of a colour is wanted as understood: `a splash of red` shows no splash."""
    place = start - 1
    while scan.text(place) in ("a", "an", "the", "some"):
        place -= 1
    if scan.text(place) == "of" and scan.lemma(place - 1) in _ACCENTS:
        scan.use(place - 1, 2)


def _use_nouns(scan: Scan) -> None:
    """Mark words that only talk about colour as understood, so that none of them becomes a picture."""
    for place, token in enumerate(scan.tokens):
        if token.is_word and _TALK.fullmatch(token.text):
            scan.use(place)
