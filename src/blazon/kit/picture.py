"""A picture of filled outlines with a box: what every vector file of the kit is written from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pathops import Path

from blazon.draw.outline import Box, rectangle, transform_path
from blazon.kit.shape import Shape

Matrix = tuple[float, float, float, float, float, float]
"""An affine map as SVG writes it: x' = a x + c y + e, y' = b x + d y + f."""

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Fill:
    """An outline, filled by the non-zero rule.

    Args:
        shape: the outline.
        colour: `#rrggbb`.
        end: the other end of a gradient from the lower left to the upper right of the outline's box; None for none.
        matrix: where it is shown.
    """

    shape: Shape
    colour: str
    end: str | None = None
    matrix: Matrix = IDENTITY

    @property
    def path(self) -> Path:
        """The outline where it is shown."""
        return self.shape.path if self.matrix == IDENTITY else transform_path(self.shape.path, *self.matrix)

    @property
    def box(self) -> Box:
        """The tight box around it; around the box of the outline where that is turned."""
        a, b, c, d, e, f = self.matrix
        box = self.shape.box
        corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs, ys = [a * x + c * y + e for x, y in corners], [b * x + d * y + f for x, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


def fill(path: Path, colour: str) -> Fill:
    """Return an outline filled in one colour."""
    return Fill(Shape(path), colour)


@dataclass(frozen=True, slots=True)
class Picture:
    """Fills from back to front, of which a box is shown."""

    box: Box
    fills: tuple[Fill, ...]
    title: str = ""

    @property
    def ink(self) -> Box:
        """The box around everything that is filled."""
        return box_around(self.fills)

    def on(self, paper: str) -> "Picture":
        """Return the picture with its box filled in one colour, behind everything."""
        return replace(self, fills=(fill(rectangle(self.box), paper), *self.fills))

    def in_one_colour(self, colour: str) -> "Picture":
        """Return the picture with every fill in one colour."""
        return replace(self, fills=tuple(replace(one, colour=colour, end=None) for one in self.fills))

    def show(self, box: Box) -> "Picture":
        """Return the same fills with another box around them."""
        return replace(self, box=box)


def box_around(fills: Iterable[Fill]) -> Box:
    """Return the box around some fills, of which there is one at least."""
    boxes = [one.box for one in fills]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def write_matrix(matrix: Matrix) -> str:
    """Return the six numbers of a map with blanks between them, none with an exponent, which PDF does not know."""
    return " ".join(f"{part:.6f}".rstrip("0").rstrip(".") for part in matrix)


def place(fills: Sequence[Fill], source: Box, target: Box) -> tuple[Fill, ...]:
    """Return fills of which the box `source` comes as large as it fits into the middle of `target`."""
    factor = min(target.width / source.width, target.height / source.height)
    (x, y), (to_x, to_y) = source.centre, target.centre
    return transform_fills(fills, (factor, 0, 0, factor, to_x - factor * x, to_y - factor * y))


def transform_fills(fills: Sequence[Fill], matrix: Matrix) -> tuple[Fill, ...]:
    """Return fills under a further map."""
    return tuple(replace(one, matrix=_chain(matrix, one.matrix)) for one in fills)


def _chain(after: Matrix, before: Matrix) -> Matrix:
    a, b, c, d, e, f = after
    p, q, r, s, t, u = before
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)
