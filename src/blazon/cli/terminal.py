"""What people see: results on stdout, progress on stderr and only on a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_Item = TypeVar("_Item")


def stdout() -> Console:
    """Return a console that never breaks or guesses: long lines stay whole where nobody looks at them."""
    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=1000)


def tracked(items: Iterable[_Item], total: int, doing: str, quiet: bool = False) -> Iterator[_Item]:
    """Yield `items` while a bar on stderr counts them; the bar is gone when they are done."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = console.is_terminal and not quiet
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        yield from progress.track(items, total=total, description=doing)


def grid(rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return rows set in columns, without lines: the first column in the colour of names."""
    table = Table.grid(padding=(0, 2))
    for row in rows:
        while len(table.columns) < len(row):
            table.add_column(style="cyan" if not table.columns else None, overflow="fold")
        table.add_row(*row)
    return table


def swatches(colours: Sequence[str], console: Console) -> Text:
    """Return colours as coloured squares, or by their hex where colours cannot be shown."""
    if console.color_system is None:
        return Text(" ".join(colours))
    return Text.assemble(*((chr(0x25A0), colour) for colour in colours))
