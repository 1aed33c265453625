"""The outlines of the inks of a mark, from back to front.

Where two inks meet, the edge is drawn once: what lies behind reaches under what lies on it by a few pixels, as printers
trap colours, so that no hairline of the paper shows between them.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from pathops import Path
from PIL import Image, ImageFilter

from blazon.draw.curve_fitting import Piece
from blazon.tracing.contours import area_of, find_contours
from blazon.tracing.fitting import fit_contour

Pixels = np.ndarray[Any, np.dtype[Any]]

# How far what lies behind reaches under what lies on it, in pixels. An edge that is blurred by so much (a standard
# deviation) falls to this level so far away.
_TRAP: Final = 2.5
_TRAP_LEVEL: Final = 0.16
_STEEP: Final = 2.0
_SHARPER: Final = 1.2
# Square pixels of the smallest spot or hole.
_LEAST_AREA: Final = 14.0


def draw_outlines(shares: Pixels, tolerance: float) -> tuple[Path, ...]:
    """Return the outline of each ink, in pixels; an ink of which nothing is left has an empty one.

    Args:
        shares: of each pixel, the sheet's and then each ink's, as (1 + inks, rows, columns); an ink lies on those
            before it.
        tolerance: pixels by which an outline may stray.
    """
    return tuple(_draw_field(_field_of(shares, place), tolerance) for place in range(1, len(shares)))


def _field_of(shares: Pixels, place: int) -> Pixels:
    """Return a field that is above zero where an ink is to be, under those on it too."""
    own = _sharpen(shares[place])
    field = own - 0.5
    above = shares[place + 1 :].sum(axis=0)
    if not above.size or float(above.max(initial=0)) <= 0:
        return np.asarray(field)
    near = _blur(own, _TRAP) - _TRAP_LEVEL
    return np.asarray(np.maximum(field, np.minimum(own + above - 0.5, near * _STEEP)))


def _sharpen(share: Pixels) -> Pixels:
    """Return a share sharpened: edges stay in place, and lines too thin to be solid are as wide as they were."""
    return np.asarray(2 * share - _blur(share, _SHARPER))


def _blur(share: Pixels, deviation: float) -> Pixels:
    bytes_of = Image.fromarray((np.clip(share, 0, 1) * 255).astype(np.uint8))
    return np.asarray(bytes_of.filter(ImageFilter.GaussianBlur(deviation)), dtype=np.float32) / 255


def _draw_field(field: Pixels, tolerance: float) -> Path:
    path = Path()
    for curve in find_contours(soften(field)):
        if abs(area_of(curve)) >= _LEAST_AREA:
            _add_pieces(path, fit_contour(curve, tolerance))
    return path


def soften(field: Pixels) -> Pixels:
    """Return a field, each value averaged with its neighbours: the steps of pixels go, edges stay in place."""
    padded = np.pad(field, 1, mode="edge")
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return np.asarray((across[:-2] + 2 * across[1:-1] + across[2:]) / 16)


def _add_pieces(path: Path, pieces: Sequence[Piece]) -> None:
    if not pieces:
        return
    path.moveTo(pieces[0].start.real, pieces[0].start.imag)
    for place, piece in enumerate(pieces):
        if not piece.straight:
            first, second, end = piece.first, piece.second, piece.end
            path.cubicTo(first.real, first.imag, second.real, second.imag, end.real, end.imag)
        elif place + 1 < len(pieces):  # the last one is the closing
            path.lineTo(piece.end.real, piece.end.imag)
    path.close()
