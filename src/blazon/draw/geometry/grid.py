"""Grid marks: square tiles of a few shapes, set under a symmetry."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import arc_to
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import Box, circle, move_path, rectangle, rotate_path

_CELL: Final = 100.0
_GAP: Final = 12.0
_HALF: Final = (_CELL - _GAP) / 2


def _square() -> Path:
    return rectangle(Box(-_HALF, -_HALF, _HALF, _HALF))


def _disc() -> Path:
    return circle((0, 0), _HALF)


def _quarter(turn: int) -> Path:
    """A quarter disc as large as the tile, its corner at the upper left and then clockwise."""
    path = Path()
    path.moveTo(-_HALF, -_HALF)
    path.lineTo(_HALF, -_HALF)
    arc_to(path, (-_HALF, -_HALF), 2 * _HALF, 0, 90)
    path.close()
    return rotate_path(path, 90 * turn)


def _half_disc(turn: int) -> Path:
    """A half disc whose straight side lies at the left and then clockwise."""
    path = Path()
    path.moveTo(-_HALF / 2, -_HALF)
    arc_to(path, (-_HALF / 2, 0), _HALF, -90, 90)
    path.close()
    return rotate_path(path, 90 * turn)


def _leaf(turn: int) -> Path:
    """Two quarter discs over each other: points at the upper left and lower right, then turned."""
    path = Path()
    path.moveTo(-_HALF, -_HALF)
    arc_to(path, (-_HALF, _HALF), 2 * _HALF, -90, 0)
    arc_to(path, (_HALF, -_HALF), 2 * _HALF, 90, 180)
    path.close()
    return rotate_path(path, 90 * turn)


def _drop(turn: int) -> Path:
    """A disc with one square corner, at the upper left and then clockwise."""
    path = Path()
    path.moveTo(-_HALF, -_HALF)
    path.lineTo(0, -_HALF)
    arc_to(path, (0, 0), _HALF, -90, 180)
    path.close()
    return rotate_path(path, 90 * turn)


# Letters of the plans below. A digit is a quarter disc, named for its corner like a key of a telephone.
_TILES: Final[dict[str, Callable[[], Path]]] = {
    "s": _square,
    "o": _disc,
    "1": partial(_quarter, 0),
    "3": partial(_quarter, 1),
    "9": partial(_quarter, 2),
    "7": partial(_quarter, 3),
    "<": partial(_half_disc, 2),
    ">": partial(_half_disc, 0),
    "^": partial(_half_disc, 3),
    "v": partial(_half_disc, 1),
    "\\": partial(_leaf, 0),
    "/": partial(_leaf, 1),
    "a": partial(_drop, 0),
    "b": partial(_drop, 1),
    "c": partial(_drop, 2),
    "d": partial(_drop, 3),
}


def _plan(rows: str, accent: str = "", at: Collection[int] = ()) -> Picture:
    """Set a plan of tiles, rows parted by spaces, `.` for none.

    All tiles that are in `accent`, and those at the places `at` in reading order, get the second ink.
    """
    lines = rows.split()
    side = len(lines)
    shift = (side - 1) / 2
    parts: list[Path] = []
    second = []
    for place, tile in enumerate("".join(lines)):
        if tile == ".":
            continue
        if tile in accent or place in at:
            second.append(len(parts))
        row, column = divmod(place, side)
        parts.append(move_path(_TILES[tile](), (column - shift) * _CELL, (row - shift) * _CELL))
    return ink_parts(parts, second)


FAMILY: Final = GeometricFamily(
    "grid",
    (
        "precision",
        "system",
        "structure",
        "order",
        "technology",
        "craft",
        "building",
        "modularity",
        "pattern",
        "mosaic",
        "tile",
        "repetition",
    ),
    (
        partial(_plan, r"/1\ 1o9 \9/", "o"),
        partial(_plan, "9o o1", "o"),
        partial(_plan, r"\3/ 7o3 /7\ ", "o"),
        partial(_plan, "91o o91 1o9", "o"),
        partial(_plan, r"/\/\ \/\/ /\/\ \/\/", at=(5, 6, 9, 10)),
        partial(_plan, "99o 999 999", "o"),
        partial(_plan, r"/^\ <o> \v/", "o"),
        partial(_plan, "..o .99 999", "o"),
        partial(_plan, "s91 1o9 91s", "o"),
        partial(_plan, "cdcd baba cdcd baba", at=(5, 6, 9, 10)),
        partial(_plan, "9o7 o.o 3o1", "o"),
        partial(_plan, "9779 1331 9779 1331", at=(0, 3, 12, 15)),
        partial(_plan, "s// /o/ //s", "o"),
        partial(_plan, "1919 9191 1919 9191", at=(3, 6, 9, 12)),
    ),
    shape="tiles in a grid",
    meaning="simple parts in one order",
    retired=frozenset({6, 9, 11, 13}),
)
