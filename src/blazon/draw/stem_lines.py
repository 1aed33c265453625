"""Line marks at the stem of the type: lines beside a name have strokes as wide as the stems of its letters."""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from pathops import Path, PathOpsError

from blazon.brief import LayoutKind
from blazon.draw.composition import grow
from blazon.draw.initials import split_graphemes
from blazon.draw.letter_outlines import level_runs, read_glyphs
from blazon.draw.lettering import Letter, Lettering
from blazon.draw.line_weight import is_clogged, stroke_width
from blazon.draw.lockups import lockup
from blazon.draw.outline import Ink, Layer, layer_bounds, stroke_path, subtract_paths, union
from blazon.draw.wording import Words
from blazon.draw.writing import reads_leftwards

# Letters with a straight upright stem, of which the thinnest stretch of ink at half the height of small letters is one.
_STEMMED: Final = frozenset("BDEFHILPTbdfhiklmnpqrtu")
_MEASURED_AT: Final = 0.5
# A stroke is wrong by less than this share of a stem where nothing more is done.
_EXACT: Final = 0.004
_ROUNDS: Final = 4
# Thousandths of the longer side of a mark: strokes that hold at 32 pixels, and that leave lines and are no shapes.
LEGIBLE_STROKES: Final = range(58, 136)


class MatchedLines(NamedTuple):
    """A mark in lines whose strokes are as wide as a stem; `stroke` in thousandths of its longer side."""

    layers: tuple[Layer, ...]
    stroke: int

    @property
    def is_legible(self) -> bool:
        """Whether its strokes hold at 32 pixels and its gaps stay open."""
        return self.stroke in LEGIBLE_STROKES and not is_clogged(_lines_of(self.layers))


def measure_stem(lines: Sequence[Lettering]) -> float | None:
    """Return the width of the stems of a set name, in its units; None where its letters have none to be measured."""
    stems = [
        _thinnest([run.length for run in runs])
        for line in lines
        for char, letter in _letters_by_character(line).items()
        if char in _STEMMED and (runs := level_runs(letter.path, _MEASURED_AT * line.x_height))
    ]
    if stems:
        return median(stems)
    glyphs = next((found for line in lines if (found := read_glyphs(line)) is not None), None)
    return glyphs.stem if glyphs else None


def _letters_by_character(line: Lettering) -> dict[str, Letter]:
    """Return a letter for each character of a line; none where it is not known which letter is which."""
    printed = [part for part in split_graphemes(line.text) if not part.isspace()]
    known = len(printed) == len(line.letters) and not reads_leftwards(line.text)
    return dict(zip(printed, line.letters, strict=True)) if known else {}


def _thinnest(lengths: Sequence[float]) -> float:
    """Return the shortest stretch of ink in a letter that is no hairline."""
    return min(length for length in lengths if 2 * length > max(lengths))


def match_stem(layers: Sequence[Layer], layout: LayoutKind, words: Words) -> MatchedLines | None:
    """Return a drawing in lines with the strokes that are as wide as the stems of the name when both are placed.

    None where the name has no stem to be measured, or parts of the drawing would meet or vanish.

    Args:
        layers: of the drawing as it is in its set; a tint stays as it is.
        layout: one with the mark beside or above the name.
        words: what is set with it.
    """
    stem = measure_stem(words.name)
    lines = _lines_of(layers)
    stroke = stroke_width(lines)
    if not stem or not stroke:
        return None
    tints = tuple(layer for layer in layers if layer.ink is Ink.TINT)
    matched, more = tuple(layers), 0.0
    for _ in range(_ROUNDS):
        placed = layer_bounds(lockup(layout, matched, words).layers[: len(matched)])
        box = layer_bounds(matched)
        scale = placed.width / box.width
        off = stem / scale - (stroke + more)
        if abs(off) <= _EXACT * stem / scale:
            side = max(box.width, box.height)
            return MatchedLines(matched, round(1000 * (stroke + more) / side))
        # A wider stroke makes the whole larger, which is then placed as large as before.
        more += off / (1 - stem / max(placed.width, placed.height))
        weighed = _weigh(lines, more)
        if weighed is None:
            return None
        matched = (*tints, Layer(weighed, Ink.MARK))
    return None


def share_of_stem(layers: Sequence[Layer], layout: LayoutKind, words: Words) -> int | None:
    """Return how wide the stems of a name are, in thousandths of the longer side of the mark that is placed with it.

    None where it has no stem to be measured.
    """
    stem = measure_stem(words.name)
    placed = layer_bounds(lockup(layout, layers, words).layers[: len(layers)])
    return round(1000 * stem / max(placed.width, placed.height)) if stem else None


def _lines_of(layers: Sequence[Layer]) -> Path:
    return union([layer.path for layer in layers if layer.ink is not Ink.TINT])


def _weigh(lines: Path, more: float) -> Path | None:
    """Return lines with strokes `more` units wider, or narrower; None where parts would meet, part or vanish."""
    try:
        weighed = grow(lines, more / 2) if more >= 0 else union([subtract_paths(lines, stroke_path(lines, -more))])
    except PathOpsError:
        return None
    return weighed if len(list(weighed.contours)) == len(list(lines.contours)) else None
