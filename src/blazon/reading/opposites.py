"""Qualities that exclude each other, in plain words: `minimal, but with as many details as possible`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from blazon.brief import PaletteMood, Unmet
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan

_TURNS: Final = "the candidates take turns"
_FIRST: Final = "what is said first is taken"


@dataclass(frozen=True, slots=True)
class Opposites:
    """Wishes that exclude each other, and the moods of the palette that are left out for that."""

    unmet: tuple[Unmet, ...] = ()
    dropped: frozenset[PaletteMood] = frozenset()


@dataclass(frozen=True, slots=True)
class _Axis:
    """Two opposite qualities by their words, what is done where both are wished, and the moods that they stand for."""

    first: str
    second: str
    instead: str
    moods: tuple[PaletteMood, PaletteMood] | None = None


_AXES: Final = (
    _Axis(
        """minimal, minimalist, minimalistic, minimalism, simple, very simple, as simple as possible, reduced, pared
        down, uncluttered, sparse, less is more, clean""",
        """as many detail as possible, many detail, lot of detail, lots of detail, plenty of detail, full of detail,
        detailed, very detailed, highly detailed, richly detailed, rich in detail, intricate, ornate, elaborate,
        lot of decoration, lots of decoration, lot of ornament, lots of ornament, richly decorated, heavily decorated,
        maximalist, maximalism, baroque, filigree, overloaded, cluttered""",
        "it is drawn simply, so that it can be read when it is small",
    ),
    _Axis(
        "flat, flat design, flat colour, flat style, flat shape",
        """gradient, color gradient, colour gradient, shadow, drop shadow, long shadow, shading, shaded, bevel,
        bevelled, embossed, glow, glossy, 3d""",
        "it is drawn in flat colours",
    ),
    _Axis(
        "pastel, pastel colour, soft colour, pale colour, muted colour, muted",
        "neon, neon colour, vivid, vivid colour, bright colour, garish, saturated, loud colour, luminous colour",
        _FIRST,
        (PaletteMood.PASTEL, PaletteMood.VIVID),
    ),
    _Axis(
        "warm colour, warm color, warm tone, warm palette, warm shade, warm hue",
        """cool colour, cool color, cool tone, cool palette, cool shade, cool hue, cool blue, cold colour, cold color,
        cold tone, icy""",
        _FIRST,
        (PaletteMood.WARM, PaletteMood.COOL),
    ),
    _Axis(
        "dark background, dark ground, dark backdrop, dark paper",
        "light background, light ground, light backdrop, bright background, pale background, light paper",
        "each candidate has a background of its own, light or dark",
    ),
    _Axis(
        "playful, whimsical, childlike, childish, silly, cheeky, funny, humorous, cute",
        "serious, strictly serious, dead serious, stately",
        _TURNS,
    ),
    _Axis(
        "vintage, retro, old fashioned, nostalgic, victorian, edwardian, old school, historic, historical",
        "futuristic, sci fi, cyberpunk, techy, high tech",
        _TURNS,
    ),
    _Axis("old fashioned, old school, old time", "modern, contemporary, up to date, forward looking, sleek", _TURNS),
    _Axis(
        "elegant, refined, graceful, sophisticated, delicate, posh",
        "grungy, grunge, punk, brutalist, aggressive, rugged, fierce",
        _TURNS,
    ),
    _Axis("understated, restrained, quiet", "loud, fierce, aggressive", _TURNS),
    _Axis("masculine", "feminine, girly", _TURNS),
    _Axis(
        "rounded, rounded corner, round corner, soft corner, soft edge, curvy, rounded letter, rounded type",
        "sharp corner, sharp edge, angular, pointed, spiky, jagged, hard edge, pointed corner",
        "letters and marks keep the corners of their drawing",
    ),
    _Axis(
        "symmetric, symmetrical, perfectly symmetrical",
        "asymmetric, asymmetrical, lopsided, unsymmetrical",
        "each mark keeps the symmetry of its drawing",
    ),
    _Axis("on one line, in one line, on a single line, in a single line", "stacked, on two line, in two line", ""),
)
_POLES: Final = PhraseTable(
    (phrase, tuple(places))
    for phrase, places in sorted(
        {
            phrase: [
                (number, pole)
                for number, axis in enumerate(_AXES)
                for pole, text in enumerate((axis.first, axis.second))
                if phrase in {one for one, _ in parse_phrases(text, True)}
            ]
            for axis in _AXES
            for text in (axis.first, axis.second)
            for phrase, _ in parse_phrases(text, True)
        }.items()
    )
)
_CHOICE: Final = frozenset({"or", "either", "versions", "variants"})
# Of a drawing: no picture, and nothing that the brand does.
_EFFECTS: Final = frozenset("gradient shadow shading bevel glow detail decoration ornament".split())


def find_opposites(scan: Scan, *, named_colours: bool, given_style: bool) -> Opposites:
    """Return the qualities of a prompt that exclude each other.

    Args:
        named_colours: whether colours are asked for by name, which win over moods.
        given_style: whether a field says the style, so that the words of the prompt do not.
    """
    if any(scan.text(place) in _CHOICE for place in range(len(scan.tokens))):
        return Opposites()
    unmet: list[Unmet] = []
    dropped: set[PaletteMood] = set()
    for number, said in _find_poles(scan).items():
        axis = _AXES[number]
        if len(said) < len((axis.first, axis.second)) or (given_style and axis.instead == _TURNS):
            continue
        words = list(said.values())
        instead = axis.instead or f"{said[1]} is taken"
        if axis.moods:
            dropped.add(axis.moods[list(said)[1]])
            instead = "the colours that are named are used" if named_colours else f"{words[0]} is taken"
        unmet.append(Unmet(f"{words[0]}, but also {words[1]}", instead))
        for place in range(len(scan.tokens)):
            if scan.lemma(place) in _EFFECTS:
                scan.use(place)
    return Opposites(tuple(unmet), frozenset(dropped))


def _find_poles(scan: Scan) -> dict[int, dict[int, str]]:
    """Return for each axis the poles that are wished, in the order of the prompt, with their words."""
    found: dict[int, dict[int, str]] = {}
    place = 0
    while place < len(scan.tokens):
        match = _POLES.longest(scan.tokens, place)
        if match and not scan.negated[place + match[1] - 1] and not _is_fused(scan, place, match[1]):
            for number, pole in match[0]:
                found.setdefault(number, {}).setdefault(pole, scan.source(place, match[1]).lower())
        place += match[1] if match else 1
    return found


def _is_fused(scan: Scan, place: int, length: int) -> bool:
    """Tell whether a quality is one word with another: `retro-futuristic`, a style of its own."""
    behind = place + length
    return scan.tokens[place].joined or (behind < len(scan.tokens) and scan.tokens[behind].joined)


_SHAPES: Final = {
    "circle": "round circular roundel",
    "square": "square",
    "hexagon": "hexagonal hexagon",
    "triangle": "triangular triangle",
    "oval": "oval elliptical",
    "heart": "heart",
    "star": "star",
    "diamond": "diamond rhombic",
    "shield": "shield",
}
_SHAPED: Final = frozenset(
    """badge seal emblem logo mark symbol frame shape icon stamp crest sign monogram patch medallion design
    shaped""".split()
)


def list_refused_shapes(scan: Scan, avoided: Collection[str]) -> Iterator[Unmet]:
    """Yield the shapes that a mark is to have and that are refused: `a round badge, but no circles`."""
    for shape, words in _SHAPES.items():
        if shape not in avoided:
            continue
        for place in range(len(scan.tokens)):
            noun = next((one for one in (place + 1, place + 2) if scan.lemma(one) in _SHAPED), None)
            alone = scan.text(place) == "roundel"
            if scan.text(place) in words.split() and not scan.negated[place] and (noun or alone):
                wish = scan.source(place, (noun or place) + 1 - place).lower()
                yield Unmet(f"{wish}, but no {shape}", f"no {shape} is drawn; it has another shape")
                break
