"""What people see: results on stdout, progress on stderr and only on a terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from blazon.watching import Step


def stdout() -> Console:
    """Return a console that prints what it is given: no guessed colours, no lines broken to a width."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


class Work:
    """Shows on a bar what is going on and how many pieces of work are finished. Threads may tell it."""

    def __init__(self, bar: Progress, doing: str, total: int) -> None:
        self._bar = bar
        self._doing = doing
        self._finished = 0
        self._task = bar.add_task(doing, total=total)

    def tell(self, doing: str) -> None:
        """Say what is going on."""
        self._doing = doing
        self._bar.update(self._task, description=doing)

    def step(self, step: Step) -> None:
        """Show how far the piece under way is."""
        self._bar.update(
            self._task,
            description=f"{self._doing}, step {step.step} of {step.steps}",
            completed=self._finished + step.step / step.steps,
        )

    def count_one(self) -> None:
        """Count one more finished piece."""
        self._finished += 1
        self._bar.update(self._task, completed=self._finished)


@contextmanager
def progress(total: int, doing: str, quiet: bool = False) -> Iterator[Work]:
    """Show a bar on stderr, if that is a terminal, until the work is done."""
    console = Console(stderr=True)
    parts = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=32, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
    )
    shown = console.is_terminal and not quiet
    with Progress(*parts, console=console, transient=True, disable=not shown) as bar:
        yield Work(bar, doing, total)


def columns(rows: Sequence[Sequence[str | Text]]) -> Text:
    """Return rows set in columns two spaces apart, the first column in the colour of names."""
    cells = [[Text(row[0], "cyan") if isinstance(row[0], str) else row[0], *map(_text, row[1:])] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    lines = [Text("  ").join(_pad(*pair) for pair in zip(row, widths, strict=True)) for row in cells]
    for line in lines:
        line.rstrip()
    return Text("\n").join(lines)


def _pad(cell: Text, width: int) -> Text:
    return Text.assemble(cell, " " * (width - cell.cell_len))


def _text(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def swatches(colours: Sequence[str], console: Console) -> Text:
    """Return colours as patches, or by their hex where colours cannot be shown."""
    if console.color_system is None:
        return Text(" ".join(colours))
    return Text.assemble(*(("  ", f"on {colour}") for colour in colours))
