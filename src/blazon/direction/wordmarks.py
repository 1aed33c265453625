"""The choice of what makes a wordmark one's own: one idea that its name offers, or none."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from blazon.brief import Brief, LetterCase, Style, TypeKind
from blazon.design import ColourScheme, Design, NameIdea, NameTechnique, Typeface
from blazon.direction.dice import Dice
from blazon.draw.artwork import Materials
from blazon.draw.initials import split_graphemes
from blazon.draw.legal_forms import split_legal_form
from blazon.draw.lettering import set_line
from blazon.draw.name_ideas import can_justify, find_name_ideas
from blazon.draw.palette import lch_of, make_readable, set_name_in_main
from blazon.draw.wording import set_words
from blazon.draw.writing import case_matters, reads_leftwards
from blazon.reading.reading import Reading

_T = NameTechnique
SPLIT: Final = "split"
"""The name of the idea to set a name in two tones, which a design tells as `name_split`."""
# Ideas that few names offer are worth more than those that any name has.
_RARE: Final = (_T.LINKED, _T.TIED, _T.JOINED, _T.ROOF)
# A drop in a counter looks like an eye, so `FILLED` is drawn where a design has it and never chosen.
_SUITING: Final[dict[Style, tuple[str, ...]]] = {
    Style.MINIMAL: (_T.OPEN, _T.CUT, _T.DOT, SPLIT),
    Style.MODERN: (_T.CUT, SPLIT, _T.OPEN, _T.DOT, _T.JUSTIFIED),
    Style.CLASSIC: (_T.JUSTIFIED, _T.INLINE, SPLIT, _T.DOT),
    Style.ELEGANT: (_T.OPEN, _T.CUT, _T.DOT, SPLIT),
    Style.PLAYFUL: (_T.DOT, SPLIT, _T.JUSTIFIED, _T.CUT),
    Style.BOLD: (_T.JUSTIFIED, _T.STENCIL, _T.INLINE, _T.CUT, _T.OPEN),
    Style.TECH: (_T.OPEN, _T.STENCIL, _T.CUT, SPLIT),
    Style.HANDMADE: (_T.STENCIL, _T.JUSTIFIED, _T.DOT, _T.INLINE),
}
# What is done with straight and even strokes only.
_EVEN_ONLY: Final = frozenset({_T.OPEN, _T.ROOF, _T.TIED, _T.INLINE, _T.STENCIL, _T.LINKED})
# Written letters and those of other times are complete as they are.
_COMPLETE: Final = frozenset({TypeKind.SCRIPT, TypeKind.BLACKLETTER})
_COLOURED: Final = frozenset({_T.DOT, SPLIT})
# How far apart two colours must be to be seen as two, in hundredths of OKLab.
_DIFFERENT: Final = 16
# From so much chroma on a paper is a strong colour, and from so much lightness on it is a light one; in hundredths.
_STRONG: Final = 7
_LIGHT: Final = 65
# Degrees of hue.
_NEAR: Final = 75
_PLAIN: Final = re.compile(
    r"\b(?:plain(?:ly)?|unadorned|(?:just|only|nothing but|simply) (?:the |our )?(?:name|text|type|letters)"
    r"|no (?:tricks|effects?|gimmicks?|frills))\b",
    re.IGNORECASE,
)
# The fewest letters of a word that is set apart, and the most words below each other.
_SHORTEST: Final = 2
_MOST_WORDS: Final = 3
_MOST_SPLIT: Final = 4
_SHORTEST_THING: Final = 4
# In a longer name than that a cut letter is no idea.
_LONGEST_CUT: Final = 9
_CUT_WHOLE: Final = frozenset("QCGDS8")
_CAMEL: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


class WordmarkChooser:
    """Gives the wordmarks of one brief an idea each, no technique twice."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._plain = bool(_PLAIN.search(brief.prompt) or reading.name_colours)
        self._given = bool(reading.colours or brief.palette)
        self._case_free = reading.case is None and not case_matters(reading.name)
        self._materials = materials
        self._dice = dice
        self._used: set[str] = set()

    def improve(self, design: Design, scheme: ColourScheme, style: Style) -> Design:
        """Return a wordmark with the idea that suits its name and style best, in the colours of a scheme."""
        plain = replace(design, colours=set_name_in_main(scheme))
        if self._plain or design.name_type is None:
            return plain
        offers = dict(self._list_offers(design, design.name_type))
        for technique in (*_RARE, *self._dice.by_weight(f"wordmark/{style}", _SUITING[style], keep=3)):
            if technique in offers and technique not in self._used:
                self._used.add(technique)
                # Which idea it is never depends on the colours.
                tones = colour_in_two(scheme, given=self._given) if technique in _COLOURED else plain.colours
                return replace(offers[technique], colours=tones)
        return plain

    def _list_offers(self, design: Design, face: Typeface) -> Iterator[tuple[str, Design]]:
        """Yield what a name offers, in capitals and then in its own case, each technique with the design for it."""
        family = self._materials.fonts.family(face.family)
        if family.connected or family.kinds & _COMPLETE or reads_leftwards(design.brand_name):
            return
        even = not family.kinds & {TypeKind.SERIF, TypeKind.SLAB}
        faces = [face]
        if self._case_free and family.capitals and face.case is not LetterCase.UPPER:
            faces.insert(0, replace(face, case=LetterCase.UPPER))
        for each in faces:
            dressed = replace(design, name_type=each)
            for idea in find_name_ideas(set_words(dressed, self._materials.fonts).name):
                if (even or idea.technique not in _EVEN_ONLY) and not _looks_broken(idea, dressed):
                    yield idea.technique, replace(dressed, name_idea=idea)
            yield from self._list_blocks(dressed, each)
        place = find_break(design.brand_name, self._is_thing)
        if place is not None:
            yield SPLIT, replace(design, name_split=place)

    def _is_thing(self, word: str) -> bool:
        return bool(self._materials.symbols.depict(word))

    def _list_blocks(self, design: Design, face: Typeface) -> Iterator[tuple[str, Design]]:
        """Yield the words of a name below each other at one width, where they are capitals of nearly one length."""
        words = design.brand_name.split()
        if face.case is not LetterCase.UPPER or not 2 <= len(words) <= _MOST_WORDS:
            return
        spelt = all(sum(map(str.isalnum, word)) >= _SHORTEST for word in words)
        if spelt and can_justify([set_line(word, face, 1000, self._materials.fonts) for word in words]):
            yield _T.JUSTIFIED, replace(design, name_idea=NameIdea(_T.JUSTIFIED))


def _looks_broken(idea: NameIdea, design: Design) -> bool:
    """Say whether one cut letter would be taken for a fault of the print, or for another letter, an O for an Ø.

    That is what a small letter looks like, and any in a long name; a mark that is cut likewise would explain it.
    """
    if idea.technique is not NameTechnique.CUT:
        return False
    letters = [char for char in split_graphemes(design.brand_name) if not char.isspace()]
    capitals = design.name_type is not None and design.name_type.case is LetterCase.UPPER
    cut = letters[idea.index] if idea.index < len(letters) else ""
    return len(letters) > _LONGEST_CUT or (cut.upper() if capitals else cut) not in _CUT_WHOLE


def colour_in_two(scheme: ColourScheme, *, given: bool) -> ColourScheme:
    """Return the colours of a name in two tones: it is quiet, its accent the main colour; given ones are all used.

    On a strong colour the second tone is a light one of that, unless the other is near it on the circle of hues:
    yellow suits red, and light blue on orange is a quarrel.
    """
    loud = set_name_in_main(scheme)
    lightness, chroma, hue = lch_of(scheme.paper)
    strong = round(100 * chroma) >= _STRONG and round(100 * lightness) < _LIGHT
    near = abs((round(lch_of(scheme.accent)[2]) - round(hue) + 180) % 360 - 180) <= _NEAR
    second = make_readable((0.82, min(chroma, 0.11), hue), scheme.paper) if strong and not near else scheme.mark
    quiet = [] if given or scheme.palette else [replace(scheme, accent=second)]
    return next((one for one in (*quiet, loud) if _differ(one.name, one.accent)), loud)


def find_break(name: str, is_thing: Callable[[str], bool]) -> int | None:
    """Return the letter, spaces counted, from which on a name may have another tone, None where it has one part.

    It is its last word, what follows a capital inside, or the second of two things that one word is made of.
    """
    brand, _ = split_legal_form(name)
    words = brand.split()
    if 2 <= len(words) <= _MOST_SPLIT and len(words[0]) >= _SHORTEST and len(words[-1]) >= _SHORTEST:
        return len(split_graphemes(brand)) - len(split_graphemes(words[-1]))
    if len(words) != 1:
        return None
    humps = [found.start() for found in _CAMEL.finditer(brand)]
    if len(humps) == 1 and min(humps[0], len(brand) - humps[0]) >= _SHORTEST:
        return len(split_graphemes(brand[: humps[0]]))
    word = brand.casefold()
    cuts = [] if humps else range(_SHORTEST_THING, len(word) - _SHORTEST_THING + 1)
    cut = next((at for at in cuts if is_thing(word[:at]) and is_thing(word[at:])), None)
    return None if cut is None else len(split_graphemes(brand[:cut]))


def _differ(one: str, other: str) -> bool:
    """Say whether two colours are seen as two."""
    (light, chroma, hue), (other_light, other_chroma, other_hue) = lch_of(one), lch_of(other)
    angle = math.radians(hue - other_hue)
    aside = max(chroma**2 + other_chroma**2 - 2 * chroma * other_chroma * math.cos(angle), 0.0)
    return round(100 * math.sqrt((light - other_light) ** 2 + aside)) >= _DIFFERENT
