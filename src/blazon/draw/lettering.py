"""One line of type: shaped by HarfBuzz, spaced by eye, returned as an outline."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import uharfbuzz as hb
from pathops import Path

from blazon.design import LetterCase, Typeface
from blazon.draw.fonts import FontLibrary, SetFont, not_covered
from blazon.draw.outline import Box, bounds, moved, transformed, union
from blazon.draw.typefaces import Family
from blazon.errors import TextNotCovered

# Heavier strokes leave smaller counters, and letters stand as far apart as their counters are wide
# (W. Tracy, Letters of Credit, chapter 9): 1/1000 em less for each 25 units of weight above the best one.
_TRACKING_PER_WEIGHT: Final = -0.04


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of type as one outline without overlaps, y down, its baseline at y = 0.

    All lengths are in the unit of `size` (units per em). The pen starts at x = 0 and ends at
    `advance`; `ink` is the tight box of what is printed, and is what should be aligned, because side
    bearings are invisible. `cap_height`, `x_height` and `ascender` are heights above the
    baseline, `descender` is the depth below it, all positive, measured on the letters H, x, d and p.
    """

    path: Path
    text: str
    advance: float
    ink: Box
    cap_height: float
    x_height: float
    ascender: float
    descender: float


def set_line(
    text: str, typeface: Typeface, size: float, library: FontLibrary, *, field: str = "brand_name"
) -> Lettering:
    """Set `text` in one line at `size` units per em; a line at twice the size is the same line, doubled.

    Kerning is on, and so are standard ligatures unless the line is tracked. A line runs from left to
    right or from right to left, as its letters do.

    Raises:
        TextNotCovered: the family lacks a character (the message names it), nothing would be
            printed, or the line mixes writing directions; `field` is what the error points at.
        InvalidDesign: there is no such family.
    """
    family = library.family(typeface.family)
    line = cased(printable(text), typeface.case, library, family)
    missing = library.missing(family.name, line)
    if missing:
        raise not_covered(field, missing)
    font = library.font(family.name, typeface.weight)
    tracking = _tracking(line, typeface, family) * font.upem / 1000
    glyphs = [glyph for run in _runs(line, field) for glyph in _shaped(run, font, tracking != 0, field)]
    path, advance = _drawn(glyphs, font, tracking)
    scale = size / font.upem
    outline = transformed(path, scale, 0, 0, -scale, 0, 0)
    ink = bounds([outline])
    if ink.width <= 0:
        raise TextNotCovered(field, "has no character that can be seen")
    return Lettering(
        path=outline,
        text=line,
        advance=advance * scale,
        ink=ink,
        cap_height=font.height("H") * scale,
        x_height=font.height("x") * scale,
        ascender=font.height("d") * scale,
        descender=font.depth("p") * scale,
    )


# Marks that steer layout and print nothing: zero width spaces, direction controls, soft hyphen,
# variation selectors. Joiners (U+200C, U+200D) change how Arabic letters connect, so they stay there.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_JOINERS: Final = re.compile("[\u200c\u200d]")


def printable(text: str) -> str:
    """Return `text` in NFC without characters that only steer layout."""
    seen = _INVISIBLE.sub("", text)
    if not any(unicodedata.bidirectional(char) == "AL" for char in seen):
        seen = _JOINERS.sub("", seen)
    return unicodedata.normalize("NFC", seen)


def cased(text: str, case: LetterCase, library: FontLibrary, family: Family) -> str:
    """Return `text` in the case asked for, whatever the locale of the machine.

    Capital ß is used where the font has it; Greek capitals go without accents, as Greek is printed.
    """
    if case is LetterCase.LOWER:
        return unicodedata.normalize("NFC", text.replace("İ", "i").lower())
    if case is LetterCase.UPPER:
        if "ß" in text and not library.missing(family.name, "ẞ"):
            text = text.replace("ß", "ẞ")
        return _without_greek_accents(text).upper()
    return text


_GREEK_ACCENTS: Final = "\u0300\u0301\u0313\u0314\u0342"
# An accent on the first of two vowels also says that they are two syllables; without it, a diaeresis must.
_GREEK_HIATUS: Final = re.compile("([αεουΑΕΟΥ])\u0301([ιυΙΥ])(?![\u0300-\u0345])")
_GREEK_ACCENTED: Final = re.compile(f"([\u0370-\u03ff][\u0308\u0345]?)[{_GREEK_ACCENTS}]+")


def _without_greek_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    parts = _GREEK_HIATUS.sub("\\1\\2\u0308", parts)
    return unicodedata.normalize("NFC", _GREEK_ACCENTED.sub(r"\1", parts))


def _tracking(line: str, typeface: Typeface, family: Family) -> float:
    """Return the space to add between letters, in 1/1000 em.

    Capitals are cut to stand beside small letters, so a line of them is opened (R. Bringhurst, The
    Elements of Typographic Style, 2.1.6); text faces are spaced for small sizes, so a large line as
    given is closed a little. Connected letters take none.
    """
    if family.connected or any(unicodedata.bidirectional(char) == "AL" for char in line):
        return 0.0
    default = family.capital_tracking if line.isupper() else family.tracking
    return default + _TRACKING_PER_WEIGHT * (typeface.weight - family.weights[0]) + typeface.tracking


class _Run(NamedTuple):
    text: str
    direction: str


def _runs(line: str, field: str) -> list[_Run]:
    """Split a line into runs of one direction, in the order in which they stand from left to right.

    Figures inside a right-to-left line run left to right (Unicode Standard Annex 9, rules W2 to I1).
    """
    classes = {unicodedata.bidirectional(char) for char in line}
    if not classes & {"R", "AL"}:
        return [_Run(line, "ltr")]
    if "L" in classes:
        raise TextNotCovered(field, "mixes left-to-right and right-to-left writing; a line is set in one of them")
    parts = re.split(r"(\d+(?:[.,:/]\d+)*)", line)
    runs = [_Run(part, "ltr" if part[0].isdigit() else "rtl") for part in parts if part]
    return runs[::-1]


class _Glyph(NamedTuple):
    number: int
    advance: float
    dx: float
    dy: float
    cluster: int


def _shaped(run: _Run, font: SetFont, tracked: bool, field: str) -> list[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = run.direction
    # Left to itself, HarfBuzz takes the language of the machine, and with it other glyphs.
    buffer.language = "und"
    buffer.guess_segment_properties()
    hb.shape(font.font, buffer, {"liga": False, "clig": False} if tracked else {})
    lacking = [run.text[info.cluster] for info in buffer.glyph_infos if info.codepoint == 0]
    if lacking:
        raise not_covered(field, dict.fromkeys(lacking))
    return [
        _Glyph(info.codepoint, position.x_advance, position.x_offset, position.y_offset, info.cluster)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _drawn(glyphs: list[_Glyph], font: SetFont, tracking: float) -> tuple[Path, float]:
    """Return the outline of a row of glyphs, y up, and the advance, in font units."""
    x, placed = 0.0, []
    for glyph in glyphs:
        outline = font.outline(glyph.number)
        if len(list(outline.verbs)):
            placed.append(moved(outline, x + glyph.dx, glyph.dy))
        # A mark stands on the letter before it and takes no space of its own.
        x += glyph.advance + (tracking if glyph.advance else 0.0)
    return _joined(placed), max(x - tracking, 0.0)


def _joined(outlines: list[Path]) -> Path:
    boxes = [outline.bounds for outline in outlines]
    if any(before[2] > after[0] for before, after in pairwise(boxes)):
        return union(outlines)
    line = Path()
    for outline in outlines:
        line.addPath(outline)
    return line
