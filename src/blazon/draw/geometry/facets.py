"""Facet marks: a polygon in flat faces, like a cut stone or folded paper."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from blazon.draw.curves import inset_polygon, polar
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import Point, polygon

_GAP: Final = 36.0
Faces = Sequence[Sequence[Point]]


def _faces(faces: Faces, accent: Collection[int] = (), gap: float = _GAP) -> Picture:
    """Return faces, each clockwise on screen, that share their edges, parted by `gap`."""
    return ink_parts([polygon(inset_polygon(face, gap / 2)) for face in faces], accent)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _corners(sides: int, radius: float = 500.0, turn: float = -90.0) -> list[Point]:
    return [polar(radius, turn + 360 * index / sides) for index in range(sides)]


def _whirl(sides: int, hole: float, twist: float, accent: Collection[int] = ()) -> Picture:
    """Faces that lean against each other about an open, turned polygon."""
    outer, inner = _corners(sides), _corners(sides, hole, -90 + twist)
    faces = []
    for index in range(sides):
        after = (index + 1) % sides
        faces.append([outer[index], outer[after], inner[after], inner[index]])
    return _faces(faces, accent)


def _stone(sides: int, table: float, turn: float, accent: Collection[int] = ()) -> Picture:
    """A cut stone from above: a table and a trapezoid for each side."""
    outer, inner = _corners(sides, 500, turn), _corners(sides, table, turn)
    faces = [[outer[i], outer[(i + 1) % sides], inner[(i + 1) % sides], inner[i]] for i in range(sides)]
    return _faces([*faces, inner], accent)


def _star(points: int, waist: float, accent: Collection[int] = ()) -> Picture:
    """Rhombic rays about a centre."""
    tips, waists = _corners(points), _corners(points, waist, -90 + 180 / points)
    return _faces([[(0.0, 0.0), waists[i - 1], tips[i], waists[i]] for i in range(points)], accent)


def _bars_of_cube(count: int, accent: Collection[int] = ()) -> Picture:
    """A cube seen along its diagonal, the bars of each side running another way."""
    rim, middle = _corners(6), (0.0, 0.0)
    faces: list[list[Point]] = []
    for side in range(3):
        a, b, c = (rim[(2 * side + step) % 6] for step in range(3))
        for bar in range(count):
            low, high = bar / count, (bar + 1) / count
            near = _between(middle, c, low), _between(middle, c, high)
            faces.append([near[0], _between(a, b, low), _between(a, b, high), near[1]])
    return _faces(faces, [face for face in range(len(faces)) if face // count in accent])


def _leaf(accent: Collection[int] = ()) -> Picture:
    """A leaf folded along its middle, with two veins to each side."""
    tip, foot, wide = (0.0, -500.0), (0.0, 500.0), (350.0, -90.0)
    high, low = (0.0, -60.0), (0.0, 200.0)
    vein = _between(tip, wide, 0.5)
    right: Faces = [[tip, vein, high], [high, vein, wide, low], [low, wide, foot]]
    left: Faces = [[(-x, y) for x, y in reversed(face)] for face in right]
    return _faces([*right, *left], accent)


def _chevrons(count: int, rise: float, accent: Collection[int] = ()) -> Picture:
    """Folded bands, one above the other, over a diamond."""
    half = 460.0
    peak, step = half * rise, 1000 / (count + 1)
    faces: list[list[Point]] = []
    for index in range(count):
        y = index * step
        faces.append([(-half, y), (0.0, y - peak), (0.0, y - peak + step), (-half, y + step)])
        faces.append([(0.0, y - peak), (half, y), (half, y + step), (0.0, y - peak + step)])
    y = count * step
    faces.append([(-half, y), (0.0, y - peak), (half, y), (0.0, y + peak)])
    return _faces([[(x, y - count * step / 2) for x, y in face] for face in faces], accent)


def _towers(heights: Sequence[float], width: float, accent: Collection[int] = ()) -> Picture:
    """Prisms on a slope, each with a roof and two walls."""
    half, rise = width / 2, width / 4
    faces: list[list[Point]] = []
    for index, height in enumerate(heights):
        x = (index - (len(heights) - 1) / 2) * (width + _GAP / 2)
        top = 500 - rise - height
        faces.append([(x - half, top), (x, top - rise), (x + half, top), (x, top + rise)])
        faces.append([(x - half, top), (x, top + rise), (x, 500.0), (x - half, 500 - rise)])
        faces.append([(x, top + rise), (x + half, top), (x + half, 500 - rise), (x, 500.0)])
    return _faces(faces, accent)


def _brilliant(sides: int, table: float, accent: Collection[int] = ()) -> Picture:
    """A cut stone from above, its table turned by half a side against the rim."""
    outer, inner = _corners(sides), _corners(sides, table, -90 + 180 / sides)
    faces: list[list[Point]] = []
    for index in range(sides):
        after = (index + 1) % sides
        faces.append([outer[index], outer[after], inner[index]])
        faces.append([inner[index - 1], outer[index], inner[index]])
    return _faces([*faces, inner], accent, 32)


FAMILY: Final = GeometricFamily(
    "facets",
    ("precision", "quality", "value", "clarity", "crystal", "strength", "ambition", "architecture"),
    (
        partial(_bars_of_cube, 3, (0,)),
        partial(_whirl, 5, 230, 60),
        partial(_leaf, (3, 4, 5)),
        partial(_brilliant, 7, 230, (14,)),
        partial(_star, 8, 250, (0, 2, 4, 6)),
        partial(_towers, (250, 500, 750), 300, (6, 7, 8)),
        partial(_whirl, 7, 260, 50, (0,)),
        partial(_chevrons, 2, 0.55, (4,)),
        partial(_stone, 8, 270, -67.5, (8,)),
        partial(_bars_of_cube, 2),
        partial(_star, 7, 260),
        partial(_whirl, 6, 200, 55, (0, 2, 4)),
        partial(_chevrons, 3, 0.42, (0, 1)),
    ),
    shape="faces of a cut stone",
    meaning="many sides of one clear form",
    retired=frozenset({5, 8, 10}),
)
