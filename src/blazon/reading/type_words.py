"""Type that a prompt wishes or refuses: words about lettering never become pictures."""

from dataclasses import dataclass
from typing import Final

from blazon.brief import LetterCase, TypeKind, Unmet
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.type_clashes import keep_one

# Said of nothing but type.
_PLAIN: Final[dict[TypeKind, str]] = {
    TypeKind.SERIF: "serif, serifed, roman type, antiqua, didone, old style type",
    TypeKind.SANS: """sans, sans serif, grotesque, grotesk, geometric sans, humanist sans,
        grotesque type, without serif, no serif""",
    TypeKind.SLAB: "slab, slab serif, egyptian type, egyptienne",
    TypeKind.SCRIPT: """script, script lettering, handwritten, hand written, handwriting, cursive, calligraphic,
        calligraphy lettering, calligraphy font, calligraphic lettering, brush lettering, brush script, signature
        font, signature style, like a signature, as a signature, signature like, hand lettered, hand lettering,
        handlettered, handlettering, hand drawn lettering, brush type, brush font, copperplate, flowing script,
        joined up writing, hand drawn type, italic hand""",
    TypeKind.MONO: """monospace, monospaced, mono spaced, typewriter font, typewriter type, typewriter lettering,
        typewriter style, fixed width, code font, mono font, mono type""",
    TypeKind.BLACKLETTER: """blackletter, black letter, fraktur, textura, old english lettering, old english font,
        old english type, gothic lettering, gothic font, gothic type, gothic letter, gothic script, old english""",
    TypeKind.CONDENSED: "condensed, ultra condensed, narrow type, compressed type, tall and narrow",
    TypeKind.RETRO: """retro lettering, retro type, retro font, vintage type, vintage lettering, vintage font, art
        deco lettering, art deco type, art deco font, art nouveau lettering, seventies lettering, western lettering,
        diner lettering, retro script, groovy lettering, psychedelic lettering, circus lettering""",
    TypeKind.STENCIL: "stencil, stencilled, stenciled, stencil type, stencil font, stencil lettering",
    TypeKind.DISPLAY: "display type, display font, display face, display typeface, display serif, poster type",
    TypeKind.ROUNDED: "rounded type, rounded font, rounded sans, rounded lettering, bubble letters, bubble font",
    TypeKind.HEAVY: """bold type, heavy type, fat type, ultra bold, extra bold, extrabold, fat face, bold sans,
        black weight, weight black""",
    TypeKind.THIN: "hairline, thin type, light type, ultra light, hair line, ultralight",
    TypeKind.WIDE: "extended type, wide type, letterspaced, widely spaced, wide tracking, spaced out letters",
}
# Said of type if a noun of type follows, or another word of type.
_WITH_NOUN: Final[dict[TypeKind, str]] = {
    TypeKind.CONDENSED: "narrow, compressed, tall, skinny",
    TypeKind.WIDE: "wide, extended, expanded, broad",
    TypeKind.THIN: "thin, light, fine, delicate, slim, lightweight",
    TypeKind.HEAVY: "heavy, bold, fat, thick, chunky, extra black, ultra black, massive, strong",
    TypeKind.ROUNDED: "rounded, round, soft, bubbly",
    TypeKind.DISPLAY: "display, decorative, quirky, expressive",
    TypeKind.RETRO: "retro, vintage, deco, art deco, art nouveau, nostalgic, western, groovy",
    TypeKind.SCRIPT: "script, brush, hand drawn, handmade, signature, calligraphy, flowing",
    TypeKind.MONO: "mono, typewriter, code",
    TypeKind.BLACKLETTER: "gothic, medieval",
    TypeKind.SERIF: "roman",
}
_CASES: Final[dict[LetterCase, str]] = {
    LetterCase.UPPER: """all caps, all cap, uppercase, upper case, capitals, capital letters, in caps, block capitals,
        all capitals, block letters, all uppercase, all upper case, caps only, capitals only, small caps""",
    LetterCase.LOWER: """lowercase, lower case, all lowercase, all lower case, small letters, lowercase only,
        lower case only, lowercase letters, lower case letters, no capitals""",
    LetterCase.AS_GIVEN: """mixed case, title case, sentence case, upper and lower case, camel case, camelcase,
        exactly as written, as written, exactly as given, as given, as spelled, exactly as spelled, as typed,
        name exactly as given, write the name exactly as given, as it is written, keep the case, keep the spelling""",
}
_NOUNS: Final = frozenset(
    """type font lettering letter typeface typography serif sans slab script text name wordmark cap capital logotype
    grotesque grotesk weight stroke-weight monospace character face lower uppercase lowercase italic word""".split()
)
_SURE_NOUNS: Final = frozenset({"type", "font", "lettering", "typeface", "typography", "serif", "sans", "letter"})
_PLAIN_TABLE: Final = PhraseTable(entry for kind, text in _PLAIN.items() for entry in parse_phrases(text, kind))
_NOUN_TABLE: Final = PhraseTable(entry for kind, text in _WITH_NOUN.items() for entry in parse_phrases(text, kind))
_CASE_TABLE: Final = PhraseTable(entry for case, text in _CASES.items() for entry in parse_phrases(text, case))
# Other senses of words for type, by the word behind: `script writer`, `condensed milk`.
_OTHER: Final = frozenset(
    "writer writing writers milk kiddie reading supervisor soup house climbing print of for development".split()
)
_REACH: Final = 4


@dataclass(frozen=True, slots=True)
class TypeWishes:
    """What a prompt says about type."""

    wanted: tuple[TypeKind, ...] = ()
    avoided: tuple[TypeKind, ...] = ()
    case: LetterCase | None = None
    clash: str = ""
    """The words for a case that another one excludes."""
    unmet: tuple[Unmet, ...] = ()
    """Kinds that exclude each other."""


def find_type(scan: Scan) -> TypeWishes:
    """Return the kinds of type and the case that are asked for; their words are marked as understood."""
    case, clash = _find_case(scan)
    wanted: dict[TypeKind, str] = {}
    avoided: dict[TypeKind, tuple[int, str]] = {}
    index = 0
    while index < len(scan.tokens):
        length = 1
        if scan.is_free(index) and (match := _match(scan, index)):
            kind, length = match
            words = scan.source(index, length).lower()
            if scan.negated[index]:
                avoided.setdefault(kind, (index, words))
            else:
                wanted.setdefault(kind, words)
            scan.use(index, length)
        index += length
    if wanted or avoided or case:
        _use_nouns(scan)
    kept, unmet = keep_one(scan, wanted, avoided)
    return TypeWishes(kept, tuple(kind for kind in avoided if kind not in wanted), case, clash, tuple(unmet))


def _match(scan: Scan, index: int) -> tuple[TypeKind, int] | None:
    match = _PLAIN_TABLE.longest(scan.tokens, index)
    if match and not (match[1] == 1 and scan.lemma(index + match[1]) in _OTHER and not _is_type_near(scan, index)):
        return match
    match = _NOUN_TABLE.longest(scan.tokens, index)
    if match and _is_opposed(scan, index, match):
        return match
    refused = match and scan.negated[index] and any(scan.lemma(place) in _SURE_NOUNS for place in range(index))
    return match if match and (refused or _is_type_near(scan, index + match[1] - 1)) else None


# Said of nothing but lines, if both are said at once: "thin and heavy".
_WEIGHTS: Final = frozenset("thin fine hairline heavy fat thick bold chunky".split())


def _is_opposed(scan: Scan, index: int, match: tuple[TypeKind, int]) -> bool:
    """Tell whether a word for a weight stands beside one for the opposite, as a wish of its own."""
    for step in (-1, 1):
        beside = index + step
        if scan.text(beside) in ("and", "but", "yet", "also"):
            beside += step
        if not 0 <= beside < len(scan.tokens) or scan.negated[beside] or scan.text(index) not in _WEIGHTS:
            continue
        other = _NOUN_TABLE.longest(scan.tokens, beside) or _PLAIN_TABLE.longest(scan.tokens, beside)
        first, last = min(index, beside), max(index, beside)
        ends = not scan.text(last + 1) or scan.text(last + 1) in ("at", "in", "please")
        if other and {other[0], match[0]} == {TypeKind.THIN, TypeKind.HEAVY} and ends and beside - index != step:
            return not scan.text(first - 1) or scan.text(first - 1) in ("be", "both", "look", "is")
    return False


def _is_type_near(scan: Scan, index: int) -> bool:
    """Tell whether a noun of type follows, with nothing but other words of type between."""
    for place in range(index + 1, index + 1 + _REACH):
        word = scan.lemma(place)
        if word in _NOUNS:
            return True
        follows = place < len(scan.tokens) and (
            _NOUN_TABLE.longest(scan.tokens, place) or _PLAIN_TABLE.longest(scan.tokens, place)
        )
        comma = place < len(scan.tokens) and scan.tokens[place].kind == "comma"
        if not (
            follows
            or comma
            or word
            in (
                "and",
                "very",
                "clean",
                "modern",
                "elegant",
                "simple",
                "geometric",
                "friendly",
                "warm",
                "plain",
                "crisp",
            )
        ):
            return False
    return False


def _find_case(scan: Scan) -> tuple[LetterCase | None, str]:
    """Return the first case that is asked for, and the words for one that is not the same."""
    found, clash = None, ""
    index = 0
    while index < len(scan.tokens):
        match = _CASE_TABLE.longest(scan.tokens, index)
        sum_of_money = scan.text(index) == "capital" and match and match[1] == 1
        if match and scan.is_free(index, match[1]) and not sum_of_money:
            case, length = match
            if scan.negated[index + length - 1]:
                case = (
                    LetterCase.LOWER if case is LetterCase.UPPER and scan.text(index) != "all" else LetterCase.AS_GIVEN
                )
            if found not in (None, case):
                clash = clash or scan.source(index, length)
            found = found or case
            scan.use(index, length)
            index += length
        else:
            index += 1
    return found, clash


def _use_nouns(scan: Scan) -> None:
    for place in range(len(scan.tokens)):
        if scan.lemma(place) in _NOUNS - {"name", "word", "cap", "character", "face", "weight"}:
            scan.use(place)
