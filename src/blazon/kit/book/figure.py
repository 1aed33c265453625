"""Figures of the brand book: outlines, lines and labels in a box, in millimetres, y down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pathops import Path

from blazon.draw.outline import Box, Point, circle, rectangle
from blazon.kit.picture import Fill, fill, place, transform_fills
from blazon.kit.shape import Shape
from blazon.kit.versions import Colouring, Version

INK: Final = "#16181d"
GREY: Final = "#686d76"
LINE: Final = "#d3d6db"
WHITE: Final = "#ffffff"
RED: Final = "#d0342c"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line along an outline: its colour, its width in mm, and the lengths of dash and gap if it is dashed."""

    path: Path
    colour: str
    width: float = 0.2
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; `x`, `y` is where its baseline begins, is in the middle or ends, `size` in mm."""

    x: float
    y: float
    text: str
    size: float = 2.6
    colour: str = GREY
    anchor: Anchor = "start"
    strong: bool = False


Item = Fill | Stroke | Label


@dataclass(frozen=True, slots=True)
class Figure:
    """Items from back to front in a box of `width` x `height` mm, on a ground; `framed` with a hair line around it."""

    width: float
    height: float
    items: tuple[Item, ...]
    ground: str = WHITE
    framed: bool = False

    @property
    def box(self) -> Box:
        return Box(0, 0, self.width, self.height)


def show(version: Version, box: Box, colouring: Colouring = Colouring.COLOUR) -> tuple[Fill, ...]:
    """Return a version as large as its ink fits into the middle of a box."""
    return place(version.picture(colouring).fills, version.ink, box)


def fit(inside: Box, across: float, down: float) -> Box:
    """Return the box in the middle of another one that takes these shares of its width and height."""
    x, y = inside.width * (1 - across) / 2, inside.height * (1 - down) / 2
    return Box(inside.left + x, inside.top + y, inside.right - x, inside.bottom - y)


def at(inside: Box, left: float, top: float, right: float, bottom: float) -> Box:
    """Return a part of a box, its sides as shares of that box."""
    return Box(
        inside.left + left * inside.width,
        inside.top + top * inside.height,
        inside.left + right * inside.width,
        inside.top + bottom * inside.height,
    )


def line(
    start: Point, end: Point, colour: str = LINE, width: float = 0.2, dash: tuple[float, float] | None = None
) -> Stroke:
    """Return a straight line."""
    path = Path()
    path.moveTo(*start)
    path.lineTo(*end)
    return Stroke(path, colour, width, dash)


def block(box: Box, colour: str, radius: float = 0.0) -> Fill:
    """Return a rectangle, filled."""
    return fill(rectangle(box, radius), colour)


def outline(box: Box, colour: str = LINE, width: float = 0.2, dash: tuple[float, float] | None = None) -> Stroke:
    """Return a rectangle as a line."""
    return Stroke(rectangle(box), colour, width, dash)


def cross(centre: Point, half: float, colour: str = RED, width: float = 0.7) -> tuple["Item", ...]:
    """Return the sign for what is wrong, on white."""
    x, y = centre
    return (
        fill(circle(centre, 1.7 * half), WHITE),
        line((x - half, y - half), (x + half, y + half), colour, width),
        line((x - half, y + half), (x + half, y - half), colour, width),
    )


def set_plate(plate: Shape, x: float, y: float, size: float, colour: str, anchor: Anchor = "start") -> Fill:
    """Return a name that is an outline as if it were a label; its letters are 1 high, its baseline is at 0."""
    factor, box = 0.72 * size, plate.box
    edge = {"start": box.left, "middle": box.centre[0], "end": box.right}[anchor]
    return Fill(plate, colour, None, (factor, 0, 0, factor, x - factor * edge, y))


def mix(one: str, other: str, share: float) -> str:
    """Return a colour `#rrggbb` with a share (0 to 1) of another one in it."""
    channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in channels).hex()


def stretch(fills: Sequence[Fill], across: float, down: float, about: Point) -> tuple[Fill, ...]:
    """Return fills made wider and higher by these factors about a point."""
    x, y = about
    return transform_fills(fills, (across, 0, 0, down, x - across * x, y - down * y))
