"""Outlines: the one geometry type of the drawing half, a `pathops.Path`, and what is done with it.

Every coordinate system here is SVG's: x to the right, y down. A filled outline uses the
non-zero rule. Holes are real holes, never paint in the colour of the paper, so that a logo is
transparent where it should be.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from pathops import LineCap, LineJoin, Path, PathOp, PathOpsError, op

Point = tuple[float, float]

# Four cubic segments draw a circle best with this handle length (4/3 * tan(pi/8)).
_KAPPA: Final = 0.5522847498307936
# Thousandths of the side of a mark.
_NUDGES: Final = (0.0, 0.05, -0.07, 0.13)
# What divides a nudge to a skew, and to the share by which a stroke is wider.
_SKEW: Final = 1000.0
_WIDER: Final = 5.0


class Ink(StrEnum):
    """The role of a layer; a colour scheme says which colour each role gets."""

    MARK = "mark"
    ACCENT = "accent"
    TINT = "tint"
    MIX = "mix"
    NAME = "name"
    SLOGAN = "slogan"


INKS: Final = tuple(ink for ink in Ink if ink is not Ink.MIX)
"""The inks that a colour scheme has a colour for; the mix follows from two of them."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One filled outline and the ink it is printed in.

    Layers of one picture never overlap except `TINT`, which lies under the others, and `MIX`, which reaches under them
    by a hair: it is where two translucent shapes lie over each other, in the colour that is mixed of both. Both are
    left out when the picture is printed in one colour.
    """

    path: Path
    ink: Ink


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        return ((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def overlaps(self, other: "Box") -> bool:
        """Tell whether both have some area in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inset(self, margin: float) -> "Box":
        return Box(self.left + margin, self.top + margin, self.right - margin, self.bottom - margin)


def bounds(paths: Iterable[Path]) -> Box:
    """Return the tight box around all `paths`; an empty picture has an empty box at the origin."""
    # To ask for its verbs would be slower; an outline of no extent at the origin is as good as empty.
    boxes = [box for path in paths if any(box := path.bounds)]
    if not boxes:
        return Box(0, 0, 0, 0)
    return Box(min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def layer_bounds(layers: Iterable[Layer]) -> Box:
    return bounds(layer.path for layer in layers)


def from_svg(data: str) -> Path:
    """Read the `d` attribute of an SVG path, arcs included."""
    path = Path()
    parse_path(data, path.getPen(glyphSet=None, allow_open_paths=True))
    return path


def to_svg(path: Path) -> str:
    """Write `path` as the `d` attribute of an SVG path, absolute, rounded to two decimals."""
    pen = _SvgPen()
    path.draw(pen)
    return "".join(pen.parts)


def number(value: float) -> str:
    """Format a coordinate with two decimals, as short as it goes: no trailing zeros, no negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class _SvgPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    def __init__(self) -> None:
        super().__init__(glyphSet=None)
        self.parts: list[str] = []

    def _put(self, verb: str, *points: Point) -> None:
        text = " ".join([number(value) for point in points for value in point])
        self.parts.append(verb + text.replace(" -", "-"))  # a minus sign separates by itself

    def _moveTo(self, pt: Point) -> None:
        self._put("M", pt)

    def _lineTo(self, pt: Point) -> None:
        self._put("L", pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:
        self._put("C", pt1, pt2, pt3)

    def _qCurveToOne(self, pt1: Point, pt2: Point) -> None:
        self._put("Q", pt1, pt2)

    def _closePath(self) -> None:
        self.parts.append("Z")

    def _endPath(self) -> None:
        self.parts.append("Z")


def transform_path(path: Path, a: float, b: float, c: float, d: float, e: float, f: float) -> Path:
    """Return `path` under the SVG matrix (a b c d e f): x' = a x + c y + e, y' = b x + d y + f."""
    return path.transform(a, b, c, d, e, f)


def move_path(path: Path, dx: float, dy: float) -> Path:
    return transform_path(path, 1, 0, 0, 1, dx, dy)


def scale_path(path: Path, factor: float, about: Point = (0, 0)) -> Path:
    x, y = about
    return transform_path(path, factor, 0, 0, factor, x - factor * x, y - factor * y)


def rotate_path(path: Path, degrees: float, about: Point = (0, 0)) -> Path:
    """Return `path` turned clockwise on screen (y down) by `degrees` about a point."""
    angle = math.radians(degrees)
    cos, sin, (x, y) = math.cos(angle), math.sin(angle), about
    return transform_path(path, cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def mirror_path(path: Path, x: float = 0) -> Path:
    """Return `path` mirrored left to right about the vertical line at `x`."""
    return transform_path(path, -1, 0, 0, 1, 2 * x, 0)


def union(paths: Iterable[Path]) -> Path:
    """Merge outlines into one without overlaps, whichever way round each of them runs.

    Raises:
        PathOpsError: they cannot be merged, not even moved by a hair.
    """
    # Outlines that run in opposite directions would cancel out under the non-zero rule.
    clean = [_clean(path) for path in paths]

    def merge(nudge: float) -> Path:
        merged = Path()
        for place, path in enumerate(clean):
            merged.addPath(move_path(path, nudge * place, nudge * place) if nudge else path)
        return _clean(merged)

    return _retry(merge)


def _clean(path: Path) -> Path:
    """Return `path` without overlaps, its outer contours all running the same way."""

    def simplify(nudge: float) -> Path:
        # What runs along itself parts once it is skewed by a hair.
        clean = transform_path(path, 1, nudge / _SKEW, -nudge / _SKEW, 1, 0, 0) if nudge else Path(path)
        clean.simplify(fix_winding=True, keep_starting_points=False, clockwise=False)
        return clean

    return _retry(simplify)


def _retry(operation: Callable[[float], Path]) -> Path:
    """Return what an operation makes of outlines moved by a nudge; rare ones are beyond Skia until they are moved.

    Raises:
        PathOpsError: not even then.
    """
    for nudge in _NUDGES[:-1]:
        try:
            return operation(nudge)
        except PathOpsError:
            continue
    return operation(_NUDGES[-1])


def subtract_paths(path: Path, *others: Path) -> Path:
    """Cut `others` out of `path`."""
    for other in others:
        path = _combine(path, other, PathOp.DIFFERENCE)
    return path


def intersect_paths(path: Path, other: Path) -> Path:
    return _combine(path, other, PathOp.INTERSECTION)


def _combine(path: Path, other: Path, operation: PathOp) -> Path:
    return _retry(lambda nudge: op(path, move_path(other, nudge, nudge) if nudge else other, operation))


def stroke_path(
    path: Path, width: float, cap: LineCap = LineCap.ROUND_CAP, join: LineJoin = LineJoin.ROUND_JOIN
) -> Path:
    """Return the filled outline of a line drawn along `path`."""

    def stroke(nudge: float) -> Path:
        line = Path(path)
        line.stroke(width * (1 + nudge / _WIDER), cap, join, 4.0)
        line.convertConicsToQuads()
        line.simplify(fix_winding=True, keep_starting_points=False)
        return line

    return _retry(stroke)


def circle(centre: Point, radius: float) -> Path:
    return ellipse(centre, radius, radius)


def ellipse(centre: Point, rx: float, ry: float) -> Path:
    (x, y), kx, ky = centre, rx * _KAPPA, ry * _KAPPA
    path = Path()
    path.moveTo(x + rx, y)
    path.cubicTo(x + rx, y + ky, x + kx, y + ry, x, y + ry)
    path.cubicTo(x - kx, y + ry, x - rx, y + ky, x - rx, y)
    path.cubicTo(x - rx, y - ky, x - kx, y - ry, x, y - ry)
    path.cubicTo(x + kx, y - ry, x + rx, y - ky, x + rx, y)
    path.close()
    return path


def polygon(points: Sequence[Point]) -> Path:
    path = Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def regular_polygon(centre: Point, radius: float, sides: int, turn: float = -90.0) -> Path:
    """Return a regular polygon whose first corner lies at `turn` degrees (-90 is the top)."""
    x, y = centre
    angles = [math.radians(turn + 360 * side / sides) for side in range(sides)]
    return polygon([(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles])


def rectangle(box: Box, radius: float = 0.0) -> Path:
    """Return a rectangle, its corners rounded by `radius`."""
    if radius <= 0:
        return polygon([(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)])
    r = min(radius, box.width / 2, box.height / 2)
    k = r * (1 - _KAPPA)
    path = Path()
    path.moveTo(box.left + r, box.top)
    path.lineTo(box.right - r, box.top)
    path.cubicTo(box.right - k, box.top, box.right, box.top + k, box.right, box.top + r)
    path.lineTo(box.right, box.bottom - r)
    path.cubicTo(box.right, box.bottom - k, box.right - k, box.bottom, box.right - r, box.bottom)
    path.lineTo(box.left + r, box.bottom)
    path.cubicTo(box.left + k, box.bottom, box.left, box.bottom - k, box.left, box.bottom - r)
    path.lineTo(box.left, box.top + r)
    path.cubicTo(box.left, box.top + k, box.left + k, box.top, box.left + r, box.top)
    path.close()
    return path


def inked_area(path: Path) -> float:
    """Return the inked area of an outline without overlaps; holes count as empty."""
    return abs(float(path.area))
