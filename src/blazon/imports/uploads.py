"""Uploads in, JSON out: what a server calls in the process that reads them.

Some outlines cross themselves so often that merging them takes hours, and no bound that is checked before tells which.
So the time of the processor is limited too: the system ends the process, and the server goes on.
"""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from blazon.imports.fonts import read_font
from blazon.imports.marks import read_mark
from blazon.imports.palettes import find_palette

_SECONDS: Final = 8.0


def make_mark(content: bytes, seconds: float = _SECONDS) -> bytes:
    """Return a mark as JSON, see `marks.read_mark`."""
    with _limit_time(seconds):
        return json.dumps(read_mark(content).to_dict()).encode()


def list_palette(content: bytes, seconds: float = _SECONDS) -> bytes:
    """Return a palette as JSON, see `palettes.find_palette`."""
    with _limit_time(seconds):
        found = find_palette(content)
    colours = [{"colour": one.colour, "share": one.share} for one in found.colours]
    return json.dumps({"palette": found.text, "colours": colours, "paper": found.paper}).encode()


def make_font(content: bytes, seconds: float = _SECONDS) -> bytes:
    """Return what is known of a font as a line of JSON, and after it the font as it is kept, see `fonts.read_font`."""
    with _limit_time(seconds):
        font = read_font(content)
    notes = {
        "family": font.title,
        "embedding": font.embedding,
        "licence": font.licence,
        "licence_text": font.licence_text,
        "warnings": list(font.warnings),
    }
    return json.dumps(notes).encode() + b"\n" + font.content


@contextmanager
def _limit_time(seconds: float) -> Iterator[None]:
    """End this process after so many seconds of the processor, if it is one that may end: one with an alarm set."""
    may_end = hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0
    if may_end:
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        if may_end:
            signal.setitimer(signal.ITIMER_PROF, 0)
