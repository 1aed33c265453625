"""A part of the brand book: a title, what is said, and what is shown beside it."""

import re
from dataclasses import dataclass
from typing import Final

from blazon.kit.book.figure import Figure

WIDTH: Final = 181.0
"""Of what is shown on a page, in mm."""
HEIGHT: Final = 170.0
GAP: Final = 7.0
"""Between two figures."""
CAPTION: Final = 11.0
"""What a caption takes below a figure, and the air under it."""
PATCH: Final = re.compile(r"(#[0-9a-f]{6})(?: on (#[0-9a-f]{6}))?")
"""A cell of a table that is shown and not read: a colour, or letters of one on another."""


def column_width(columns: int) -> float:
    """Return the width of a figure in a grid of so many columns, in mm."""
    return (WIDTH - GAP * (columns - 1)) / columns


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with what stands under it: a few words, and a line that says more."""

    figure: Figure
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures side by side, all of one format, in so many columns."""

    columns: int
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head; `widths` are shares of the width.

    A cell `#rrggbb` is shown as a patch of that colour, `#rrggbb on #rrggbb` as letters on a ground.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


Block = Grid | Table


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the PDF, one part of the HTML."""

    key: str
    title: str
    text: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The cover and the sections; `name` is of the brand."""

    name: str
    cover: Figure
    sections: tuple[Section, ...]
