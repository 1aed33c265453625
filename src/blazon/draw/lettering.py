"""One line of type: shaped by HarfBuzz, spaced by eye, returned as an outline."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import uharfbuzz as hb
from pathops import Path

from blazon.design import LetterCase, Typeface
from blazon.draw.fonts import MIXED_DIRECTIONS, NOTHING_SEEN, FontInstance, FontLibrary, coverage_error
from blazon.draw.outline import Box, bounds, move_path, transform_path, union
from blazon.draw.typefaces import TypeFamily
from blazon.draw.writing import Run, apply_case, connects, directional_runs, make_printable
from blazon.errors import TextNotCovered

# Heavier strokes leave smaller counters, and letters stand as far apart as their counters are wide
# (W. Tracy, Letters of Credit, chapter 9): 1/1000 em less for each 25 units of weight above the best one.
_TRACKING_PER_WEIGHT: Final = -0.04


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter with its marks, where it stands in its line; `centre` is the middle of its advance."""

    path: Path
    centre: float


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of type as one outline without overlaps, y down, its baseline at y = 0.

    All lengths are in the unit of `size` (units per em). The pen starts at x = 0 and ends at
    `advance`; `ink` is the tight box of what is printed, and is what should be aligned, because side
    bearings are invisible. `cap_height`, `x_height` and `ascender` are heights above the
    baseline, measured on the letters H, x and d. `symbol` stands in place of a letter or in one.
    """

    path: Path
    letters: tuple[Letter, ...]
    text: str
    advance: float
    ink: Box
    cap_height: float
    x_height: float
    ascender: float
    symbol: Path | None = None


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
    line = _line(text, typeface.case, family, library, field)
    runs = directional_runs(line)
    if runs is None:
        raise TextNotCovered(field, MIXED_DIRECTIONS)
    font = library.font(family.name, typeface.weight)
    tracking = _tracking(line, typeface, family) * font.upem / 1000
    glyphs = [glyph for run in runs for glyph in _shape(run, font, tracking != 0, field)]
    letters, advance = _place(glyphs, font, tracking)
    scale = size / font.upem
    outline = transform_path(_join([letter.path for letter in letters]), scale, 0, 0, -scale, 0, 0)
    return Lettering(
        path=outline,
        letters=tuple(
            Letter(transform_path(letter.path, scale, 0, 0, -scale, 0, 0), letter.centre * scale) for letter in letters
        ),
        text=line,
        advance=advance * scale,
        ink=bounds([outline]),
        cap_height=font.height("H") * scale,
        x_height=font.height("x") * scale,
        ascender=font.height("d") * scale,
    )


def resolve_family(text: str, wanted: Iterable[str], library: FontLibrary, field: str = "brand_name") -> TypeFamily:
    """Return the first wanted family that covers `text`, else the nearest in mood of all that do.

    Near is a family that shares the most styles with the first wanted one; the order of the
    catalogue breaks ties, so that the same text always gets the same family.

    Raises:
        TextNotCovered: no installed family covers `text`; the message names the characters.
    """
    names, text = tuple(wanted), make_printable(text)
    fitting = library.families_covering(text, names)
    if fitting:
        return fitting[0]
    others = library.families_covering(text)
    if not others:
        raise coverage_error(field, library.find_gaps(text))
    styles = library.family(names[0]).styles if names else ()
    return max(others, key=lambda family: len(set(styles) & set(family.styles)))


def _line(text: str, case: LetterCase, family: TypeFamily, library: FontLibrary, field: str) -> str:
    """Return the characters to set; where the font lacks the capital ẞ, as SS, as German allows.

    A case that would need characters which the font lacks, such as the capital of µ, is not applied.
    """
    written = make_printable(text)
    line = apply_case(written, case)
    if "ẞ" in line and library.missing_characters(family.name, "ẞ"):
        line = line.replace("ẞ", "SS")
    if library.missing_characters(family.name, line) and not library.missing_characters(family.name, written):
        line = written
    if missing := library.missing_characters(family.name, line):
        raise coverage_error(field, missing, family.name)
    if not line:
        raise TextNotCovered(field, NOTHING_SEEN)
    return line


def _tracking(line: str, typeface: Typeface, family: TypeFamily) -> float:
    """Return the space to add between letters, in 1/1000 em.

    Capitals are cut to stand beside small letters, so a line of them is opened (R. Bringhurst, The
    Elements of Typographic Style, 2.1.6); text faces are spaced for small sizes, so a large line as
    given is closed a little. Connected letters take none.
    """
    if family.connected or connects(line):
        return 0.0
    default = family.capital_tracking if line.isupper() else family.tracking
    # A family of one weight is drawn at that weight, whatever is asked for.
    weight = min(max(typeface.weight, min(family.weights)), max(family.weights))
    return default + _TRACKING_PER_WEIGHT * (weight - family.weights[0]) + typeface.tracking


class _Glyph(NamedTuple):
    number: int
    advance: float
    dx: float
    dy: float


def _shape(run: Run, font: FontInstance, tracked: bool, field: str) -> list[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = run.direction
    # Left to itself, HarfBuzz takes the language of the machine, and with it other glyphs.
    buffer.language = "und"
    buffer.guess_segment_properties()
    hb.shape(font.font, buffer, {"liga": False, "clig": False} if tracked else {})
    lacking = [run.text[info.cluster] for info in buffer.glyph_infos if info.codepoint == 0]
    if lacking:
        raise coverage_error(field, dict.fromkeys(lacking))
    return [
        _Glyph(info.codepoint, position.x_advance, position.x_offset, position.y_offset)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _place(glyphs: list[_Glyph], font: FontInstance, tracking: float) -> tuple[list[Letter], float]:
    """Return the letters of a row of glyphs, y up, and the advance, in font units."""
    x = 0.0
    letters: list[Letter] = []
    for glyph in glyphs:
        outline = move_path(font.outline(glyph.number), x + glyph.dx, glyph.dy)
        if not glyph.advance and letters:
            # A mark stands on the letter before it and takes no space of its own.
            letters[-1].path.addPath(outline)
        elif len(list(outline.verbs)):
            letters.append(Letter(outline, x + glyph.advance / 2))
        x += glyph.advance + (tracking if glyph.advance else 0.0)
    return letters, max(x - tracking, 0.0)


def _join(outlines: list[Path]) -> Path:
    boxes = [outline.bounds for outline in outlines]
    if any(before[2] > after[0] for before, after in pairwise(boxes)):
        return union(outlines)
    line = Path()
    for outline in outlines:
        line.addPath(outline)
    return line
