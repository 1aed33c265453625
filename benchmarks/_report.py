"""What every benchmark prints: the machine, then a table of what was measured against what is wanted."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from blazon import __version__


def machine() -> str:
    """Return the machine in one line: processor, cores in use, memory, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {cores} cores, {memory:.0f} GB, {platform.system()}, {python}, Blazon {__version__}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def report(title: str, rows: Iterable[tuple[str, str, str]]) -> None:
    """Print the machine and rows of what, measured and target."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2), header_style="bold")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right", style="dim")
    for row in rows:
        table.add_row(*row)
    console = Console(width=110)
    console.print(table)
    console.print(machine(), style="dim", highlight=False)
