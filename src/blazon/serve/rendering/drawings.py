"""Drawings of designs for the server: drawn when they are first asked for, and kept while there is room."""

import json
import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cachetools import LRUCache

from blazon.brief import LayoutKind
from blazon.design import Design
from blazon.draw.artwork import Variant
from blazon.draw.font_files import FontSources
from blazon.serve.compute.pool import ComputePool
from blazon.serve.engines.vector import redraw

_BYTES: Final = 4_000_000  # a hundred or more: whoever changes a design looks at it next


class Look(NamedTuple):
    """How a design is drawn: for a favicon of `size` pixels or whole, in which colouring, in which layout."""

    size: int | None = None
    variant: Variant = Variant.COLOUR
    layout: LayoutKind | None = None


WHOLE: Final = Look()
"""In its own colours and layout."""


class Drawings:
    """Draws designs in compute processes. Threads may share it.

    Args:
        own_fonts: with which the logos were drawn.
    """

    def __init__(self, own_fonts: FontSources) -> None:
        self.own_fonts = own_fonts
        self._kept: LRUCache[tuple[str, Look], bytes] = LRUCache(_BYTES, getsizeof=len)
        self._lock = threading.Lock()

    def draw(self, design: Mapping[str, Any], processes: ComputePool, look: Look = WHOLE) -> bytes:
        """Return the SVG of a stored design.

        Raises:
            InvalidDesign: this version cannot draw it, or not in that layout.
        """
        key = write_key(design), look
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = processes.call(redraw, self.own_fonts, Design.from_dict(dict(design)), *look)
            self._keep(key, known)
        return known

    def keep(self, design: Mapping[str, Any], svg: bytes) -> None:
        """Keep the SVG of a whole design in its colours and layout, which was drawn already."""
        self._keep((write_key(design), WHOLE), svg)

    def _keep(self, key: tuple[str, Look], svg: bytes) -> None:
        if len(svg) <= self._kept.maxsize:
            with self._lock:
                self._kept[key] = svg


def write_key(design: Mapping[str, Any] | None) -> str:
    """Return a text that tells a design from all others."""
    return json.dumps(design, sort_keys=True)
