"""A part of the brand book: a title, what is said, and what is shown beside it."""

from dataclasses import dataclass
from typing import Final

from blazon.kit.book.figure import Figure
from blazon.kit.shape import Shape

WIDTH: Final = 181.0
"""Of what is shown on a page, in mm."""
HEIGHT: Final = 170.0
GAP: Final = 7.0
"""Between two figures."""
CAPTION: Final = 11.0
"""What a caption takes below a figure, and the air under it."""
HEAD: Final = 7.0
"""The height of the head of a table, in mm."""
ROW: Final = 8.2
"""The height of its rows."""


def column_width(columns: int) -> float:
    """Return the width of a figure in a grid of so many columns, in mm."""
    return (WIDTH - GAP * (columns - 1)) / columns


def room_beside(*tables: "Table") -> float:
    """Return how high a figure without a caption is that fills a page together with tables, in mm."""
    return HEIGHT - sum(GAP + HEAD + ROW * len(table.rows) for table in tables)


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
class Patch:
    """A cell that is shown and not read: a field of a colour, with letters of another on it if there is one."""

    ground: str
    text: str = ""


Cell = str | Patch


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head; `widths` are shares of the width."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
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
    """The cover and the sections; `name` is of the brand, `plate` its outline where the book's type cannot set it."""

    name: str
    plate: Shape | None
    cover: Figure
    sections: tuple[Section, ...]
