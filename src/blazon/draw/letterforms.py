"""Letterforms: monograms of one to four letters, made by boolean operations on the outlines of a font.

While they are built, letters stand on the baseline y = 0 with a cap height of `CAP` units; every
monogram is then fitted to a square of `SIDE` units.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fontTools.pens.momentsPen import MomentsPen
from pathops import Path, PathOpsError

from blazon.design import FrameShape, LetterformMark, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.frames import content_box, frame, frame_line
from blazon.draw.initials import graphemes
from blazon.draw.letter_pairs import (
    back,
    counterform,
    is_open,
    is_whole,
    may_be_backed,
    may_be_counterform,
    may_be_roofed,
    may_nest,
    nest,
    roof,
    weave,
)
from blazon.draw.lettering import set_line
from blazon.draw.monogram_letters import CAP, GAP, SIDE, Letters, halo, nearest, remove_crumbs, space
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    bounds,
    circle,
    from_svg,
    inked_area,
    intersect_paths,
    layer_bounds,
    move_path,
    polygon,
    rectangle,
    scale_path,
    subtract_paths,
    union,
)
from blazon.draw.writing import reads_leftwards
from blazon.errors import InvalidDesign

# Weights of which one gives a smaller letter the strokes of a larger.
_WEIGHTS: Final = (400, 500, 600, 700, 800, 900)
_SQUARE: Final = Box(0, 0, SIDE, SIDE)


@dataclass(frozen=True, slots=True)
class Construction:
    """A way to make one mark of some letters.

    Args:
        name: as a design names it.
        letters: the numbers of letters for which it works.
        families: the type families that suit it.
        build: from letters to layers that do not overlap, at any scale; none if the letters do not suit it.
        combined: whether the letters make one shape, rather than stand in a row.
        light: whether it wants thin strokes.
        check: whether letters still can be read in what it made of them.
        pair: whether two letters may suit it at all, before anything is drawn.
    """

    name: str
    letters: tuple[int, ...]
    families: tuple[str, ...]
    build: Callable[[Letters], Sequence[Layer]]
    combined: bool = False
    light: bool = False
    check: Callable[[Sequence[Layer], Letters], bool] | None = None
    pair: Callable[[str, str], bool] | None = None

    def may_suit(self, initials: str) -> bool:
        """Say whether letters may suit this construction; whether they do, `suits` measures."""
        letters = graphemes(initials)
        return len(letters) in self.letters and (self.pair is None or self.pair(*letters))


def monogram(mark: LetterformMark, library: FontLibrary) -> tuple[Layer, ...]:
    """Return the layers of a monogram, centred in a square of `SIDE` units and filling it one way.

    Raises:
        InvalidDesign: the construction or the family is unknown, or the construction does not work
            for these letters.
        TextNotCovered: the family lacks one of the letters.
    """
    construction, letters = _prepare(mark, library)
    layers = construction.build(letters)
    if not layers:
        raise InvalidDesign(f"the construction {mark.construction} does not suit the letters {mark.initials}")
    return _fit(layers)


def suits(mark: LetterformMark, library: FontLibrary) -> bool:
    """Say whether the letters of a monogram suit its construction: it can be built of them, and they can be read.

    Raises:
        InvalidDesign, TextNotCovered: as `monogram` does.
    """
    construction, letters = _prepare(mark, library)
    try:
        layers = construction.build(letters)
        return bool(layers) and (construction.check is None or construction.check(layers, letters))
    except PathOpsError:
        return False  # an outline that Skia cannot cut; there are other constructions


def _prepare(mark: LetterformMark, library: FontLibrary) -> tuple[Construction, Letters]:
    construction = next((each for each in CONSTRUCTIONS if each.name == mark.construction), None)
    if construction is None:
        known = ", ".join(each.name for each in CONSTRUCTIONS)
        raise InvalidDesign(f"there is no monogram construction {mark.construction[:40]!r}; there are {known}")
    parts = graphemes(mark.initials)
    if len(parts) not in construction.letters:
        allowed = " or ".join(str(number) for number in construction.letters)
        raise InvalidDesign(f"the construction {construction.name} needs {allowed} initials, not {len(parts)}")
    return construction, _letters(parts, mark, library)


def _letters(parts: Sequence[str], mark: LetterformMark, library: FontLibrary) -> Letters:
    paths, stem = _set_letters(parts, mark.family, mark.weight, library)
    order = list(parts)
    if reads_leftwards(mark.initials):
        paths.reverse()
        order.reverse()

    def weigh(number: int, wanted: float) -> Path:
        weights = sorted({mark.weight, *_WEIGHTS})
        stems = {weight: _set_letters((), mark.family, weight, library)[1] for weight in weights}
        weight = min(weights, key=lambda one: (round(abs(stems[one] - wanted)), one))
        return _set_letters((order[number],), mark.family, weight, library)[0][0]

    return Letters(tuple(paths), stem, tuple(order), weigh)


def _set_letters(parts: Sequence[str], family: str, weight: int, library: FontLibrary) -> tuple[list[Path], float]:
    """Return letters at the cap height `CAP`, and the thickness of their stems."""
    typeface = Typeface(family, weight)
    lines = [set_line(part, typeface, CAP, library, field="initials") for part in (*parts, "H")]
    *paths, model = (scale_path(line.path, CAP / line.cap_height) for line in lines)
    # The stem is measured on an H, a little below its bar.
    legs = intersect_paths(model, rectangle(Box(-CAP, -0.30 * CAP, 4 * CAP, -0.25 * CAP)))
    return paths, min(bounds([leg]).width for leg in legs.contours)


def _fit(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    ink = layer_bounds(layers)
    factor = SIDE / max(ink.width, ink.height)
    dx, dy = (SIDE / 2 - factor * middle for middle in ink.centre)
    return tuple(Layer(move_path(scale_path(layer.path, factor), dx, dy), layer.ink) for layer in layers)


# Placing letters ------------------------------------------------------------------------------


def _row(letters: Letters, gap: float | None = None) -> Path:
    """Return the letters in a row, each as near to the one before as `gap` allows."""
    return union(space(letters.paths, letters.gap if gap is None else gap))


def _fit_in_box(path: Path, box: Box) -> Path:
    """Scale and centre `path` in a square `box`, wide ones reaching further out, as a frame allows."""
    ink, side = bounds([path]), box.width
    factor = min(1.14 * side / ink.width, side / ink.height, 1.28 * side / math.hypot(ink.width, ink.height))
    (x, y), (to_x, to_y) = _optical_centre(path), box.centre
    return move_path(scale_path(path, factor), to_x - factor * x, to_y - factor * y)


def _optical_centre(path: Path) -> Point:
    """Return the point half-way between the centre of the box and the centre of gravity.

    The eye weighs ink, but also sees edges line up; an L centred by its box looks too far left, by
    its gravity too far right.
    """
    pen = MomentsPen()
    path.draw(pen)
    x, y = bounds([path]).centre
    return (x + pen.momentX / pen.area) / 2, (y + pen.momentY / pen.area) / 2


# Constructions --------------------------------------------------------------------------------


def _frame(shape: FrameShape, letters: Letters) -> Sequence[Layer]:
    """Letters cut out of a frame."""
    return [
        Layer(subtract_paths(frame(shape, _SQUARE), _fit_in_box(_row(letters), content_box(shape, _SQUARE))), Ink.MARK)
    ]


def _leaf(letters: Letters) -> Sequence[Layer]:
    """Letters cut out of a square with two round corners, as a leaf has."""
    leaf = from_svg("M0 0H580A420 420 0 0 1 1000 420V1000H420A420 420 0 0 1 0 580Z")
    return [Layer(subtract_paths(leaf, _fit_in_box(_row(letters), _SQUARE.inset(190))), Ink.MARK)]


def _ring(letters: Letters) -> Sequence[Layer]:
    """Letters in a ring as thick as their strokes suggest."""
    content = _fit_in_box(_row(letters, 1.3 * letters.gap), content_box(FrameShape.CIRCLE, _SQUARE))
    scale = bounds([content]).height / CAP
    width = min(max(0.5 * letters.stem * scale, 30), 64)
    return [Layer(frame_line(FrameShape.CIRCLE, _SQUARE, width), Ink.ACCENT), Layer(content, Ink.MARK)]


def _halve(letters: Letters) -> Sequence[Layer]:
    """Two letters cut out of a disc of two colours, the seam between them."""
    boxes = [bounds([path]) for path in letters.paths]
    middle = max(box.width for box in boxes) / 2 + 0.13 * CAP
    sides = zip(letters.paths, boxes, (-middle, middle), strict=True)
    pair = union([move_path(path, side - box.centre[0], 0) for path, box, side in sides])
    ink, (x, y) = bounds([pair]), _SQUARE.centre
    factor = 0.76 * SIDE / math.hypot(ink.width, ink.height)
    cut = move_path(scale_path(pair, factor), x, y - factor * ink.centre[1])
    disc = subtract_paths(circle((x, y), SIDE / 2), cut)
    left = rectangle(Box(0, 0, (SIDE - GAP) / 2, SIDE))
    right = rectangle(Box((SIDE + GAP) / 2, 0, SIDE, SIDE))
    return [Layer(intersect_paths(disc, left), Ink.MARK), Layer(intersect_paths(disc, right), Ink.ACCENT)]


def _slice(letters: Letters) -> Sequence[Layer]:
    """Letters cut through by a rising diagonal."""
    row = _row(letters)
    ink = bounds([row])
    (x, y), reach = ink.centre, ink.width + ink.height
    rise = math.tan(math.radians(24)) * reach
    half = letters.gap / math.cos(math.radians(24)) / 2

    def beyond(shift: float, far: float) -> Path:
        left, right = (x - reach, y + rise + shift), (x + reach, y - rise + shift)
        return polygon([left, right, (right[0], far), (left[0], far)])

    above = intersect_paths(row, beyond(-half, y - 4 * reach))
    below = intersect_paths(row, beyond(half, y + 4 * reach))
    return [Layer(remove_crumbs(above), Ink.MARK), Layer(remove_crumbs(below), Ink.ACCENT)]


def _stripe(letters: Letters) -> Sequence[Layer]:
    """A letter whose lower half dissolves into ever thinner stripes."""
    row = _row(letters)
    ink, gap = bounds([row]), 0.9 * letters.gap
    shares = (0.34, 0.27, 0.22, 0.17)
    y, left = ink.centre[1], ink.height / 2 - len(shares) * gap
    gaps = []
    for share in shares:
        gaps.append(rectangle(Box(ink.left - CAP, y, ink.right + CAP, y + gap)))
        y += gap + share * left
    return [Layer(subtract_paths(row, *gaps), Ink.MARK)]


def _join(letters: Letters) -> Sequence[Layer]:
    """Letters that share a stem where their sides are parallel, and lean into each other where not."""
    placed = [letters.paths[0]]
    for path in letters.paths[1:]:
        touching = nearest(placed[-1], path, 0)
        shared = move_path(path, touching - letters.stem, 0)
        overlap = inked_area(intersect_paths(placed[-1], shared))
        # A bare stem, as the letter I is, would vanish in the other.
        bare = min(bounds([each]).width for each in (placed[-1], path)) < 1.6 * letters.stem
        parallel = overlap > 0.6 * letters.stem * CAP
        if parallel and bare:
            placed.append(move_path(path, touching + 0.8 * letters.gap, 0))
        else:
            placed.append(shared if parallel else move_path(path, touching - 0.4 * letters.stem, 0))
    return [Layer(union(placed), Ink.MARK)]


def _tuck(letters: Letters) -> Sequence[Layer]:
    """Two letters, the second before the first unless the first would lose far more than the second."""
    first, second = _overlap(letters, 0.17, 0)
    shorter = subtract_paths(first, halo(second, 0.8 * letters.gap))
    narrower = subtract_paths(second, halo(first, 0.8 * letters.gap))
    if inked_area(first) - inked_area(shorter) < 1.5 * (inked_area(second) - inked_area(narrower)):
        first = shorter
    else:
        second = narrower
    return [Layer(remove_crumbs(first), Ink.MARK), Layer(remove_crumbs(second), Ink.ACCENT)]


def _cascade(letters: Letters) -> Sequence[Layer]:
    """Two letters, the second lower and in front."""
    first, second = _overlap(letters, 0.30, 0.24 * CAP)
    return [
        Layer(remove_crumbs(subtract_paths(first, halo(second, 0.8 * letters.gap))), Ink.MARK),
        Layer(second, Ink.ACCENT),
    ]


def _overlap(letters: Letters, share: float, drop: float) -> tuple[Path, Path]:
    first, second = letters.paths
    left, right = bounds([first]), bounds([second])
    overlap = share * min(left.width, right.width)
    return first, move_path(second, left.right - overlap - right.left, drop)


def _divide(letters: Letters) -> Sequence[Layer]:
    """Letters parted by slashes."""
    half, lean = max(0.17 * letters.stem, 19), math.tan(math.radians(14))
    foot, head = 0.15 * CAP, -1.15 * CAP
    slash = polygon(
        [
            (-half - lean * foot, foot),
            (half - lean * foot, foot),
            (half - lean * head, head),
            (-half - lean * head, head),
        ]
    )
    parts = [letters.paths[0]]
    for path in letters.paths[1:]:
        parts += [slash, path]
    placed = space(parts, 1.25 * letters.gap)
    return [Layer(union(placed[::2]), Ink.MARK), Layer(union(placed[1::2]), Ink.ACCENT)]


def _stack(letters: Letters) -> Sequence[Layer]:
    """The first letter, of four the first two, above the others, rows of one width unless that makes one too tall."""
    tallest = (0.62 if len(letters.paths) == 3 else 1.1) * CAP
    half = len(letters.paths) // 2
    layers: list[Layer] = []
    top = 0.0
    for paths, ink in ((letters.paths[:half], Ink.MARK), (letters.paths[half:], Ink.ACCENT)):
        row = union(space(paths, letters.gap))
        box = bounds([row])
        factor = min(CAP / box.width, tallest / box.height)
        layers.append(Layer(move_path(scale_path(row, factor), -factor * box.centre[0], top - factor * box.top), ink))
        top += factor * box.height + 1.4 * GAP
    return layers


_GEOMETRIC: Final = ("Montserrat", "Outfit", "Geologica", "Sora", "League Spartan", "Red Hat Display", "Rubik")
_HEAVY: Final = ("Montserrat", "League Spartan", "Archivo Black", "Unbounded", "Geologica", "Sora")
_SERIF: Final = ("DM Serif Display", "Playfair Display", "Abril Fatface", "Libre Baskerville", "Vollkorn")
_FINE: Final = (
    "Cinzel",
    "Marcellus",
    "Playfair Display",
    "EB Garamond",
    "Jost",
    "Josefin Sans",
    "Raleway",
)
_ROUND: Final = ("Fredoka", "Nunito", "Baloo 2", "Quicksand")
_NARROW: Final = ("Oswald", "Bebas Neue", "Anton")
# A brief may ask for more letters than a name gives.
_ANY: Final = (1, 2, 3, 4)

CONSTRUCTIONS: Final = (
    Construction("circle", _ANY, _GEOMETRIC + _SERIF + _ROUND + _NARROW, partial(_frame, FrameShape.CIRCLE)),
    Construction("squircle", _ANY, _GEOMETRIC + _SERIF + _ROUND + _NARROW, partial(_frame, FrameShape.SQUIRCLE)),
    Construction("hexagon", _ANY, _GEOMETRIC + _NARROW, partial(_frame, FrameShape.HEXAGON)),
    Construction("shield", _ANY, _GEOMETRIC + _SERIF + _NARROW, partial(_frame, FrameShape.SHIELD)),
    Construction("leaf", _ANY, _GEOMETRIC + _SERIF + _ROUND, _leaf),
    Construction("ringed", _ANY, _FINE + _GEOMETRIC, _ring),
    Construction("halved", (2,), _HEAVY + _ROUND, _halve),
    Construction("sliced", _ANY, _HEAVY, _slice),
    Construction("striped", (1,), _HEAVY, _stripe),
    Construction("joined", (2, 3), _HEAVY, _join, combined=True, check=is_open),
    Construction("tucked", (2,), _HEAVY, _tuck, combined=True, check=is_whole),
    Construction("cascaded", (2,), _HEAVY, _cascade),
    Construction("nested", (2,), _GEOMETRIC, nest, combined=True, light=True, pair=may_nest),
    Construction("roofed", (2,), _GEOMETRIC, roof, combined=True, light=True, pair=may_be_roofed),
    Construction("woven", (2,), _GEOMETRIC + _SERIF, weave, combined=True, light=True),
    Construction("back to back", (2,), _GEOMETRIC + _SERIF, back, combined=True, pair=may_be_backed),
    Construction("counterform", (2,), _GEOMETRIC + _HEAVY, counterform, combined=True, pair=may_be_counterform),
    Construction("divided", (2, 3), _FINE + _GEOMETRIC, _divide),
    Construction("stacked", (2, 3, 4), _GEOMETRIC + _SERIF, _stack),
)
