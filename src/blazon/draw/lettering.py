"""One line of type: shaped by HarfBuzz, spaced by eye, returned as an outline."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

import uharfbuzz as hb
from pathops import Path

from blazon.design import Typeface
from blazon.draw.fonts import NOTHING_SEEN, FontInstance, FontLibrary, coverage_error
from blazon.draw.initials import split_graphemes
from blazon.draw.outline import (
    Box,
    bounds,
    intersect_paths,
    move_path,
    rectangle,
    subtract_paths,
    transform_path,
    union,
)
from blazon.draw.typefaces import TypeFamily
from blazon.draw.writing import SIGNS, Run, apply_case, connects, directional_runs, make_printable, reads_leftwards
from blazon.errors import TextNotCovered

# Heavier strokes leave smaller counters, and letters stand as far apart as their counters are wide
# (W. Tracy, Letters of Credit, chapter 9): 1/1000 em less for each 25 units of weight above the best one.
_TRACKING_PER_WEIGHT: Final = -0.04
# The sign of a trade mark: its height and its distance from the letter before it, in cap heights.
_SIGN_HEIGHT: Final = 0.42
_SIGN_GAP: Final = 0.10
# Between the hook of an f and the dot behind it, in em.
_DOT_GAP: Final = 0.03
_SIGN_LETTERS: Final = {"™": "TM", "℠": "SM"}
_SIGNS: Final = re.compile(f"([{SIGNS}])")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter with its marks, where it stands in its line; `centre` is the middle of its advance.

    `index` is its number, spaces counted, or of the first of a ligature, if the line runs from left to right.
    """

    path: Path
    centre: float
    index: int


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of type as one outline without overlaps, y down, its baseline at y = 0.

    All lengths are in the unit of `size` (units per em). The pen starts at x = 0 and ends at
    `advance`; `ink` is the tight box of what is printed, and is what should be aligned, because side
    bearings are invisible. `cap_height`, `x_height` and `ascender` are heights above the
    baseline, measured on the letters H, x and d.
    """

    path: Path
    letters: tuple[Letter, ...]
    text: str
    advance: float
    ink: Box
    cap_height: float
    x_height: float
    ascender: float


def set_line(
    text: str, typeface: Typeface, size: float, library: FontLibrary, *, field: str = "brand_name"
) -> Lettering:
    """Set `text` in one line at `size` units per em; a line at twice the size is the same line, doubled.

    Kerning is on, and so are standard ligatures unless the line is tracked. Letters run from left to
    right or from right to left, each in its direction.

    Raises:
        TextNotCovered: the family lacks a character (the message names it), or nothing would be
            printed; `field` is what the error points at.
        InvalidDesign: there is no such family.
    """
    family = library.family(typeface.family)
    line = write_text(text, typeface, library, field=field)
    runs = directional_runs(line)
    font = library.font(family.name, typeface.weight)
    tracking = _tracking(line, typeface, family) * font.upem / 1000
    letters, advance = _place_runs(runs, _Setting(font, tracking, family.connected, field))
    scale = size / font.upem
    outline = transform_path(_join([letter.path for letter in letters]), scale, 0, 0, -scale, 0, 0)
    return Lettering(
        path=outline,
        letters=tuple(
            Letter(transform_path(letter.path, scale, 0, 0, -scale, 0, 0), letter.centre * scale, letter.index)
            for letter in letters
        ),
        text=line,
        advance=advance * scale,
        ink=bounds([outline]),
        cap_height=font.height("H") * scale,
        x_height=font.height("x") * scale,
        ascender=font.height("d") * scale,
    )


def split_line(line: Lettering, at: int) -> tuple[Path, Path]:
    """Return the outlines of a line's letters before number `at`, spaces counted, and of those from there on.

    A line that has letters from right to left is not split: its second part is empty.
    """
    if reads_leftwards(line.text):
        return line.path, Path()
    first, second = (
        [letter.path for letter in line.letters if (letter.index >= at) is later] for later in (False, True)
    )
    # Letters of a script overlap: the first part goes on top.
    return _join(first), subtract_paths(_join(second), *first)


def measure_line(text: str, typeface: Typeface, library: FontLibrary) -> float:
    """Return the advance of a written text (`write_text`) at 1 unit per em, without drawing it.

    Raises:
        TextNotCovered: the family lacks a character.
        InvalidDesign: there is no such family.
    """
    family = library.family(typeface.family)
    font = library.font(family.name, typeface.weight)
    tracking = _tracking(text, typeface, family) * font.upem / 1000
    width = 0.0
    for run in directional_runs(text):
        glyphs = _shape(run, _Setting(font, tracking, family.connected, "brand_name"))
        width += sum(glyph.advance for glyph in glyphs) + tracking * len({glyph.letter for glyph in glyphs})
    return width / font.upem


def write_text(text: str, typeface: Typeface, library: FontLibrary, *, field: str = "brand_name") -> str:
    """Return the characters that `set_line` sets for a text: printable ones in the case of the typeface.

    Where the font lacks the capital ẞ it is SS, as German allows. A case that would need characters which the font
    lacks, such as the capital of µ, is not applied.

    Raises:
        TextNotCovered: the family lacks a character, or nothing would be printed.
        InvalidDesign: there is no such family.
    """
    name = library.family(typeface.family).name
    given = make_printable(text)
    line = apply_case(given, typeface.case, wished=typeface.case_wished)
    if "ẞ" in line and library.missing_characters(name, "ẞ"):
        line = line.replace("ẞ", "SS")
    if library.missing_characters(name, line) and not library.missing_characters(name, given):
        line = given
    if missing := library.missing_characters(name, line):
        raise coverage_error(field, missing, name)
    if not line:
        raise TextNotCovered(field, NOTHING_SEEN)
    return line


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
    """A glyph of a run; `letter` is the number of the letter, or of the first of them, that it shows in its run."""

    number: int
    letter: int
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a line is set; `tracking` is in font units, `field` is what an error points at."""

    font: FontInstance
    tracking: float
    connected: bool
    field: str


def _shape(run: Run, setting: _Setting) -> list[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = run.direction
    # Left to itself, HarfBuzz takes the language of the machine, and with it other glyphs.
    buffer.language = "und"
    buffer.guess_segment_properties()
    hb.shape(setting.font.font, buffer, _features(run.text, setting))
    lacking = [run.text[info.cluster] for info in buffer.glyph_infos if info.codepoint == 0]
    if lacking:
        raise coverage_error(setting.field, dict.fromkeys(lacking))
    letters = [number for number, letter in enumerate(split_graphemes(run.text)) for _ in letter]
    return [
        _Glyph(info.codepoint, letters[info.cluster], position.x_advance, position.x_offset, position.y_offset)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


# Where a ligature would take the dot of i or j, it is not set: beside a name a reader looks for the dot.
_DOTTED: Final = "ijìíîïĩīįǐ"
_F_BEFORE_DOT: Final = re.compile(f"f+[{_DOTTED}]")


def _features(text: str, setting: _Setting) -> dict[str, Any]:
    """Return the features of OpenType to shape with: lining figures, and no ligatures in a tracked line."""
    if setting.tracking:
        return {"lnum": True, "liga": False, "clig": False}
    dots = [] if setting.connected else [(*found.span(), False) for found in _F_BEFORE_DOT.finditer(text)]
    return {"lnum": True, "liga": dots} if dots else {"lnum": True}


def _clear_dots(letters: list[Letter], text: str, font: FontInstance) -> tuple[list[Letter], float]:
    """Open a line where the hook of an f would touch the dot behind it; return it and how much longer it is."""
    parts, shift, opened = split_graphemes(text), 0.0, letters[:1]
    above = 1.05 * (font.height("x") or 0.5 * font.upem)
    for before, letter in pairwise(letters):
        if parts[before.index].endswith("f") and parts[letter.index][0] in _DOTTED:
            hook, dot = (_bounds_above(each.path, above) for each in (before, letter))
            if hook and dot:
                shift += max(0.0, hook.right + _DOT_GAP * font.upem - dot.left)
        opened.append(Letter(move_path(letter.path, shift, 0), letter.centre + shift, letter.index))
    return opened, shift


def _bounds_above(path: Path, height: float) -> Box | None:
    """Return the box of what of an outline, y up, lies above a height, None if nothing does."""
    box = bounds([path])
    upper = intersect_paths(path, rectangle(Box(box.left - 1, height, box.right + 1, box.bottom + height)))
    return bounds([upper]) if len(list(upper.verbs)) else None


def _place_runs(runs: Iterable[Run], setting: _Setting) -> tuple[list[Letter], float]:
    """Return the letters of a line, y up, and its advance, in font units."""
    font, tracking = setting.font, setting.tracking
    letters: list[Letter] = []
    x, number = 0.0, 0
    for run in runs:
        for part in filter(None, _SIGNS.split(run.text)):
            if part[0] in SIGNS:
                placed, width = _set_sign(part, setting)
                # Some letters reach beyond their advance.
                end = max(x - tracking, letters[-1].path.bounds[2]) if letters else x
                x = end + _SIGN_GAP * _cap_height(font)
            else:
                placed, width = _place(_shape(Run(part, run.direction), setting), font, tracking)
                if not setting.connected and _F_BEFORE_DOT.search(part):
                    placed, more = _clear_dots(placed, part, font)
                    width += more
            letters += [
                Letter(move_path(letter.path, x, 0), letter.centre + x, letter.index + number) for letter in placed
            ]
            x += width + tracking
            number += len(split_graphemes(part))
    return letters, max(x - tracking, 0.0)


def _set_sign(sign: str, setting: _Setting) -> tuple[list[Letter], float]:
    """Return the sign of a trade mark at the height that signs have, its top on the cap line, and its advance.

    ™ and ℠ are set in the letters of the name, which look the same in every family.
    """
    font = setting.font
    placed, _ = _place(_shape(Run(_SIGN_LETTERS.get(sign, sign), "ltr"), setting), font, 0.0)
    ink = bounds(letter.path for letter in placed)
    cap = _cap_height(font)
    factor = _SIGN_HEIGHT * cap / ink.height
    # The outlines are y up here: the bottom of their box is the top of the sign.
    outline = transform_path(
        _join([letter.path for letter in placed]), factor, 0, 0, factor, -factor * ink.left, cap - factor * ink.bottom
    )
    return [Letter(outline, factor * ink.width / 2, 0)], factor * ink.width


def _cap_height(font: FontInstance) -> float:
    return font.height("H") or font.height("d") or 0.7 * font.upem


def _place(glyphs: list[_Glyph], font: FontInstance, tracking: float) -> tuple[list[Letter], float]:
    """Return the letters of a row of glyphs, y up, and the advance, in font units."""
    x = 0.0
    letters: list[Letter] = []
    for number, parts in groupby(glyphs, key=lambda glyph: glyph.letter):
        start, outlines = x, []
        for glyph in parts:
            outline = move_path(font.outline(glyph.number), x + glyph.dx, glyph.dy)
            outlines.append(outline)
            x += glyph.advance
        path = _join(outlines)
        if len(list(path.verbs)):
            letters.append(Letter(path, (start + x) / 2, number))
        x += tracking if x != start else 0.0
    return letters, max(x - tracking, 0.0)


def _join(outlines: list[Path]) -> Path:
    boxes = [outline.bounds for outline in outlines]
    if any(before[2] > after[0] for before, after in pairwise(boxes)):
        return union(outlines)
    line = Path()
    for outline in outlines:
        line.addPath(outline)
    return line
