"""Plain shapes that several families cut up, about 1000 units across, centred on the origin."""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.curves import ORIGIN, arc_to, polar
from blazon.draw.frames import frame
from blazon.draw.outline import Box, move_path, polygon

Shape = Callable[[], Path]

_BOX: Final = Box(-500, -500, 500, 500)
DISC: Final[Shape] = partial(frame, FrameShape.CIRCLE, _BOX)
SQUARE: Final[Shape] = partial(frame, FrameShape.SQUIRCLE, _BOX)
HEXAGON: Final[Shape] = partial(frame, FrameShape.HEXAGON, _BOX)
SHIELD: Final[Shape] = partial(frame, FrameShape.SHIELD, _BOX)


def triangle() -> Path:
    return polygon([(0, -460), (500, 400), (-500, 400)])


def diamond() -> Path:
    return polygon([(0, -500), (500, 0), (0, 500), (-500, 0)])


def leaf() -> Path:
    """Return a square with two opposite corners fully rounded."""
    path = Path()
    path.moveTo(-500, 500)
    path.lineTo(-500, 0)
    arc_to(path, ORIGIN, 500, 180, 270)
    path.lineTo(500, -500)
    path.lineTo(500, 0)
    arc_to(path, ORIGIN, 500, 0, 90)
    path.close()
    return path


def arch() -> Path:
    path = Path()
    path.moveTo(-400, 500)
    path.lineTo(-400, -100)
    arc_to(path, (0, -100), 400, 180, 360)
    path.lineTo(400, 500)
    path.close()
    return path


def drop() -> Path:
    """Return a disc drawn out to a point at the top, where its two tangents meet."""
    radius, angle = 340.0, 36.0
    tip = radius / math.sin(math.radians(angle))
    path = Path()
    path.moveTo(0, -tip)
    path.lineTo(*polar(radius, -angle))
    arc_to(path, ORIGIN, radius, -angle, 180 + angle)
    path.close()
    return move_path(path, 0, (tip - radius) / 2)
