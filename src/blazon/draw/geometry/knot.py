"""Knots: one strand that weaves over and under itself."""

from functools import partial
from typing import Final

from blazon.draw.geometry.family import GeometricFamily
from blazon.draw.geometry.turks_head import turks_head

FAMILY: Final = GeometricFamily(
    "knot",
    ("continuity", "bond", "trust", "loyalty", "strength", "connection", "eternity", "craft"),
    (
        partial(turks_head, 2, 3, 0.44, 150),
        partial(turks_head, 2, 5, 0.30, 120),
        partial(turks_head, 3, 5, 0.34, 88, turn=180),
        partial(turks_head, 2, 7, 0.25, 104),
        partial(turks_head, 3, 5, 0.42, 76, accent=2),
        partial(turks_head, 2, 3, 0.62, 96, turn=180),
        partial(turks_head, 2, 5, 0.45, 84, turn=180),
        partial(turks_head, 3, 7, 0.4, 60, accent=2),
        partial(turks_head, 2, 9, 0.2, 84),
        partial(turks_head, 3, 8, 0.4, 56),
        partial(turks_head, 4, 5, 0.5, 54, accent=3),
        partial(turks_head, 2, 5, 0.36, 104, turn=180, accent=5),
    ),
    shape="one strand in a knot",
    meaning="one thread without an end",
    retired=frozenset({4, 7, 8, 9, 10}),
)
