"""One line of type: shaped by HarfBuzz, spaced by eye, returned as an outline."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import uharfbuzz as hb
from pathops import Path

from blazon.design import Typeface
from blazon.draw.dots import Glyph, clear_dots, find_lost_dots
from blazon.draw.fonts import NOTHING_SEEN, FontInstance, FontLibrary, coverage_error
from blazon.draw.initials import split_graphemes
from blazon.draw.outline import Box, bounds, intersect_paths, move_path, subtract_paths, transform_path, union
from blazon.draw.typefaces import TypeFamily
from blazon.draw.writing import SIGNS, Run, apply_case, connects, directional_runs, make_printable, reads_leftwards
from blazon.errors import TextNotCovered

# Heavier strokes leave smaller counters, and letters stand as far apart as their counters are wide
# (W. Tracy, Letters of Credit, chapter 9): 1/1000 em less for each 25 units of weight above the best one.
_TRACKING_PER_WEIGHT: Final = -0.04
# The sign of a trade mark: its height and its distance from the letter before it, in cap heights.
_SIGN_HEIGHT: Final = 0.42
_SIGN_GAP: Final = 0.10
_SIGN_LETTERS: Final = {"™": "TM", "℠": "SM"}
_SIGNS: Final = re.compile(f"([{SIGNS}])")

# Features of OpenType, for a whole run or for parts of it as `(start, end, value)`.
_Features = dict[str, bool | list[tuple[int, int, bool]]]


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
    baseline, measured on the letters H, x and d. `accent` is printed in another ink: a symbol in place
    of a letter or in one, or a part of a letter.
    """

    path: Path
    letters: tuple[Letter, ...]
    text: str
    advance: float
    ink: Box
    cap_height: float
    x_height: float
    ascender: float
    accent: Path | None = None


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
    letters, advance = _place_runs(runs, font, tracking, field)
    scale = size / font.upem
    outline = transform_path(join_outlines([letter.path for letter in letters]), scale, 0, 0, -scale, 0, 0)
    return Lettering(
        path=outline,
        letters=tuple(
            Letter(transform_path(letter.path, scale, 0, 0, -scale, 0, 0), letter.centre * scale, letter.index)
            for letter in letters
        ),
        text=line,
        advance=advance * scale,
        ink=bounds([outline]),
        cap_height=_cap_height(font) * scale,
        x_height=(font.height("x") or 0.7 * _cap_height(font)) * scale,
        ascender=(font.height("d") or _cap_height(font)) * scale,
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
    return join_outlines(first), subtract_paths(join_outlines(second), *first)


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
        glyphs = _shape(run, font, tracking, "brand_name")
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


def _shape(run: Run, font: FontInstance, tracking: float, field: str) -> list[Glyph]:
    """Return the glyphs of a run, figures lining, and no dot of a letter lost.

    Raises:
        TextNotCovered: the font lacks a character.
    """
    features: _Features = {"lnum": True}
    if tracking:
        features |= {"liga": False, "clig": False}
    glyphs = _run_harfbuzz(run, font, features, field)
    if run.direction != "ltr":
        return glyphs
    if lost := find_lost_dots(run.text, glyphs, font):
        plain = [(start, end, False) for start, end in lost]
        glyphs = _run_harfbuzz(run, font, {**features, "liga": plain, "clig": plain}, field)
    return clear_dots(run.text, glyphs, font, tracking)


def _run_harfbuzz(run: Run, font: FontInstance, features: _Features, field: str) -> list[Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = run.direction
    # Left to itself, HarfBuzz takes the language of the machine, and with it other glyphs.
    buffer.language = "und"
    buffer.guess_segment_properties()
    hb.shape(font.font, buffer, features)
    lacking = [run.text[info.cluster] for info in buffer.glyph_infos if info.codepoint == 0]
    if lacking:
        raise coverage_error(field, dict.fromkeys(lacking))
    letters = [number for number, letter in enumerate(split_graphemes(run.text)) for _ in letter]
    return [
        Glyph(
            info.codepoint,
            info.cluster,
            letters[info.cluster],
            position.x_advance,
            position.x_offset,
            position.y_offset,
        )
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _place_runs(runs: Iterable[Run], font: FontInstance, tracking: float, field: str) -> tuple[list[Letter], float]:
    """Return the letters of a line, y up, and its advance, in font units."""
    letters: list[Letter] = []
    x, number = 0.0, 0
    for run in runs:
        for part in filter(None, _SIGNS.split(run.text)):
            if part[0] in SIGNS:
                placed, width = _set_sign(part, font, field)
                # Some letters reach beyond their advance.
                end = max(x - tracking, letters[-1].path.bounds[2]) if letters else x
                x = end + _SIGN_GAP * _cap_height(font)
            else:
                placed, width = _place(_shape(Run(part, run.direction), font, tracking, field), font, tracking)
            letters += [
                Letter(move_path(letter.path, x, 0), letter.centre + x, letter.index + number) for letter in placed
            ]
            x += width + tracking
            number += len(split_graphemes(part))
    return letters, max(x - tracking, 0.0)


def _set_sign(sign: str, font: FontInstance, field: str) -> tuple[list[Letter], float]:
    """Return the sign of a trade mark at the height that signs have, its top on the cap line, and its advance.

    ™ and ℠ are set in the letters of the name, which look the same in every family.
    """
    placed, _ = _place(_shape(Run(_SIGN_LETTERS.get(sign, sign), "ltr"), font, 0.0, field), font, 0.0)
    ink = bounds(letter.path for letter in placed)
    cap = _cap_height(font)
    factor = _SIGN_HEIGHT * cap / ink.height
    # The outlines are y up here: the bottom of their box is the top of the sign.
    outline = transform_path(
        join_outlines([letter.path for letter in placed]),
        factor,
        0,
        0,
        factor,
        -factor * ink.left,
        cap - factor * ink.bottom,
    )
    return [Letter(outline, factor * ink.width / 2, 0)], factor * ink.width


def _cap_height(font: FontInstance) -> float:
    return font.height("H") or font.height("d") or 0.7 * font.upem


def _place(glyphs: list[Glyph], font: FontInstance, tracking: float) -> tuple[list[Letter], float]:
    """Return the letters of a row of glyphs, y up, and the advance, in font units."""
    x = 0.0
    letters: list[Letter] = []
    for number, parts in groupby(glyphs, key=lambda glyph: glyph.letter):
        start, outlines = x, []
        for glyph in parts:
            outline = move_path(font.outline(glyph.number), x + glyph.dx, glyph.dy)
            outlines.append(outline)
            x += glyph.advance
        path = join_outlines(outlines)
        if len(list(path.verbs)):
            letters.append(Letter(path, (start + x) / 2, number))
        x += tracking if x != start else 0.0
    return letters, max(x - tracking, 0.0)


def join_outlines(outlines: Sequence[Path]) -> Path:
    """Return outlines as one without overlaps.

    Only those that overlap are merged: the time that merging takes grows with the square of what is merged.
    """
    line = Path()
    for group in _group_overlapping(outlines):
        line.addPath(union(group) if len(group) > 1 else group[0])
    return line


def _group_overlapping(outlines: Sequence[Path]) -> list[list[Path]]:
    """Return outlines in groups, in their order, so that none overlaps one of another group."""
    groups: list[list[int]] = []
    boxes = [bounds([outline]) for outline in outlines]
    for place, outline in enumerate(outlines):
        met = [
            group
            for group in groups
            if any(boxes[one].overlaps(boxes[place]) and _overlap(outlines[one], outline) for one in group)
        ]
        apart = [group for group in groups if group not in met]
        groups = [*apart, [*(one for group in met for one in group), place]]
    return [[outlines[one] for one in sorted(group)] for group in sorted(groups)]


def _overlap(one: Path, other: Path) -> bool:
    return any(True for _ in intersect_paths(one, other).verbs)
