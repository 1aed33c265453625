"""What every benchmark prints, and keeps if told where: the machine, and what was measured against what is wanted."""

import argparse
import datetime
import json
import os
import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from blazon import __version__

Row = tuple[str, str, str]
"""What, measured, target."""


def options(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser for a benchmark's arguments, with those that all of them take."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep the numbers there, in a folder of the machine")
    return parser


def report(
    title: str, rows: Iterable[Row], *, out: Path | None = None, name: str = "", device: str = "", raw: object = None
) -> None:
    """Print a table, and keep it in `out` if that is given; the other arguments are those of `keep`."""
    rows = list(rows)
    _print(title, rows)
    if out is not None:
        keep(title, rows, out, name=name, device=device, raw=raw)


def keep(title: str, rows: Iterable[Row], out: Path, *, name: str = "", device: str = "", raw: object = None) -> None:
    """Write a table to a file.

    Args:
        out: folder; the file goes into one of the machine in it.
        name: of the file; that of the script if not given.
        device: that draws; empty for the processor.
        raw: what the table was made from.
    """
    folder = out / _slug(device or f"{_processor()}, {_cores()} cores")
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "title": title,
        "command": _command(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "device": device,
        "rows": list(rows),
        "raw": raw,
    }
    path = folder / f"{name or Path(sys.argv[0]).stem}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def machine() -> str:
    """Return the machine in one line: processor, cores in use, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {_cores()} cores, {memory:.0f} GB, {platform.system()}, {python}, Blazon {__version__}"


def _print(title: str, rows: Iterable[Row]) -> None:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right", style="dim")
    for row in rows:
        table.add_row(*row)
    console = Console(width=110)
    console.print(f"\n  {title}\n", style="bold", highlight=False)
    console.print(table)
    console.print(f"\n  {machine()}", style="dim", highlight=False)


def _command() -> str:
    """Return how the script was called, without where the numbers go."""
    words = [word for word in sys.argv[1:] if not word.startswith("--out=")]
    if "--out" in words:
        place = words.index("--out")
        del words[place : place + 2]
    return " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
