"""Facet marks: a polygon in flat faces, like a cut stone or folded paper."""

import math
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from blazon.draw.curves import inset_polygon, polar
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import Point, polygon

_GAP: Final = 36.0
Faces = Sequence[Sequence[Point]]


def _faces(faces: Faces, accent: Collection[int] = (), gap: float = _GAP) -> Picture:
    """Return faces, each clockwise on screen, that share their edges, parted by `gap`."""
    return inked([polygon(inset_polygon(face, gap / 2)) for face in faces], accent)


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


def _split_star(points: int, waist: float, accent: bool) -> Picture:
    """A star whose rays have a light and a dark side."""
    tips, waists = _corners(points), _corners(points, waist, -90 + 180 / points)
    faces: list[list[Point]] = []
    for i in range(points):
        faces.append([(0.0, 0.0), waists[i - 1], tips[i]])
        faces.append([(0.0, 0.0), tips[i], waists[i]])
    return _faces(faces, range(0, 2 * points, 2) if accent else (), 30)


def _stripes_of_cube(count: int, accent: Collection[int] = ()) -> Picture:
    """A cube in hexagonal view, each side in bars that run another way."""
    rim = _corners(6)
    faces = []
    for side in range(3):
        a, b, c = rim[2 * side], rim[(2 * side + 1) % 6], rim[(2 * side + 2) % 6]
        o = (0.0, 0.0)
        for bar in range(count):
            low, high = bar / count, (bar + 1) / count
            faces.append(
                [
                    _between(o, a, low) if 0 else _between(o, c, low),
                    _between(a, b, low),
                    _between(a, b, high),
                    _between(o, c, high),
                ]
            )
    return _faces(faces, [i for i in range(len(faces)) if i // count in accent])


def _leaf(accent: Collection[int] = (), rows: int = 3) -> Picture:
    """A leaf folded along its middle."""
    top, bottom, wide = -500.0, 500.0, 330.0
    faces = []
    for side in (1, -1):
        for row in range(rows):
            y0, y1 = top + 200 + (bottom - top - 200) * row / rows, top + 200 + (bottom - top - 200) * (row + 1) / rows
            edge0 = wide * math.sin(math.pi * (0.25 + 0.75 * row / rows))
            edge1 = wide * math.sin(math.pi * (0.25 + 0.75 * (row + 1) / rows))
            face = [(0.0, y0), (side * edge0, y0 - 170), (side * edge1, y1 - 170), (0.0, y1)]
            if row == rows - 1:
                face = [(0.0, y0), (side * edge0, y0 - 170), (0.0, y1)]
            faces.append(face if side > 0 else face[::-1])
    return _faces(faces, accent)


def _chevrons(count: int, accent: Collection[int] = (), rise: float = 0.5) -> Picture:
    """Folded bands one above the other, closing in a diamond."""
    step = 1000 / (count + 1.0)
    faces = []
    half = 460.0
    tall = half * rise
    for index in range(count):
        y = -500 + tall + index * step * 1.0
        faces.append([(-half, y), (0.0, y - tall), (0.0, y - tall + step), (-half, y + step)])
        faces.append([(0.0, y - tall), (half, y), (half, y + step), (0.0, y - tall + step)])
    y = -500 + tall + count * step
    bottom = y + tall
    faces.append([(-half, y), (0.0, y - tall), (half, y), (0.0, bottom)])
    shift = (bottom - 500) / 2
    return _faces([[(x, py - shift) for x, py in face] for face in faces], accent)


def _mountain(accent: Collection[int] = ()) -> Picture:
    """Two peaks, each with a lit and a shaded side."""
    faces = [
        [(-120.0, -430.0), (-120.0, 430.0), (-560.0, 430.0)],
        [(-120.0, -430.0), (130.0, 60.0), (-60.0, 430.0), (-120.0, 430.0)],
        [(220.0, -110.0), (500.0, 430.0), (-60.0, 430.0)],
    ]
    return _faces(faces, accent)


FAMILY: Final = GeometricFamily(
    "facets",
    ("precision", "quality", "value", "clarity", "crystal", "strength", "ambition", "architecture"),
    (
        partial(_whirl, 5, 230, 60),
        partial(_stone, 8, 270, -67.5, (8,)),
        partial(_star, 8, 230, (0, 2, 4, 6)),
        partial(_stripes_of_cube, 3, (0,)),
        partial(_leaf, (3, 4, 5)),
        partial(_chevrons, 2, (4,), 0.55),
        partial(_mountain, (2,)),
        partial(_whirl, 7, 260, 50, (0,)),
        partial(_split_star, 5, 240, True),
        partial(_stone, 6, 250, -90, (6,)),
        partial(_star, 7, 260),
        partial(_split_star, 8, 280, True),
        partial(_whirl, 6, 200, 55, (0, 2, 4)),
        partial(_stripes_of_cube, 2),
    ),
)
