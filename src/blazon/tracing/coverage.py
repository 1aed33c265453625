"""How much of each pixel is of which ink, and of the sheet: colour unmixing.

A pixel on the edge between two colours A and B is their mixture C = t B + (1 - t) A, where t is the projection of C - A
on B - A. This is done in sRGB, because browsers and drawing programs mix there. Which two colours meet in a pixel is
looked for among those whose flat parts lie near: the pair that explains the pixel best. So a blurred edge from black to
white is no strip of a grey that the mark has elsewhere.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from blazon.tracing.inks import InkColour, find_inks
from blazon.tracing.masks import Mask, grow, spread_index
from blazon.tracing.paper import Sheet, find_sheet

Pixels = np.ndarray[Any, np.dtype[Any]]

# How far from the flat parts of a colour its edges reach, in pixels.
_REACH: Final = 4
_SHEET_REACH: Final = 14
# What a colour that is not near counts as beside its error, in sRGB.
_STRANGE: Final = 0.05
# Pixels that are as dark or bright as it gets around them, if no flat part of the mark is near, tell an ink, too.
_PEAK_REACH: Final = 2
_LEAST_PEAKS: Final = 12
_STANDS_OUT: Final = 0.12
# Coverage that is nearly all or nothing is so: noise and the traces of compression are no part of a mark.
_NOTHING: Final = 0.045


@dataclass(frozen=True, slots=True)
class Separation:
    """A picture parted into inks.

    Args:
        sheet: that the mark stands on.
        inks: of the mark, the one of the largest area first.
        shares: of each pixel, first the sheet's and then each ink's, 0 to 1; they add up to 1.
        under: the colour of the sheet at each pixel, RGB 0 to 1.
    """

    sheet: Sheet
    inks: tuple[InkColour, ...]
    shares: Pixels
    under: Pixels


def separate(colours: Pixels, noise: float) -> Separation:
    """Part a picture, RGB 0 to 1, into its sheet and its inks."""
    sheet = find_sheet(colours, noise)
    count = int(sheet.parts.max()) + 1
    of_sheet = np.zeros(count, dtype=np.bool_)
    of_sheet[np.unique(sheet.parts[sheet.shows])] = True
    of_mark = ~of_sheet
    of_mark[0] = False
    inks, owner = find_inks(colours, sheet.parts, of_mark, sheet.colour)
    home = np.where(sheet.shows, 0, owner[sheet.parts] + 1)
    known = (sheet.parts > 0) & (sheet.shows | (home > 0))
    nearest = spread_index(sheet.shows, _SHEET_REACH)
    under = colours.reshape(-1, 3)[np.maximum(nearest, 0)]
    under[nearest < 0] = sheet.colour
    if not inks or _has_thin(colours, under, known, home):
        inks = _add_thin(colours, under, known, home, inks, sheet)
    shares = np.zeros((len(inks) + 1, *known.shape), dtype=np.float32)
    for place in range(len(inks) + 1):
        shares[place][known & (home == place)] = 1
    _unmix(colours, under, known, home, inks, sheet, shares)
    return Separation(sheet, inks, shares, under)


def _peaks(colours: Pixels, under: Pixels, known: Mask, home: Pixels) -> tuple[Pixels, Pixels]:
    """Return rows and columns of what stands out from the sheet most, far from all flat parts of the mark."""
    far = ~known & ~grow(known & (home > 0), 2 * _REACH)
    away = np.where(known, 0, np.linalg.norm(colours - under, axis=-1))
    summit = away
    for _ in range(_PEAK_REACH):
        padded = np.pad(summit, 1, mode="edge")
        summit = np.maximum.reduce(
            [padded[1:-1, 1:-1], padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
        )
    return np.nonzero(far & (away >= 0.97 * summit) & (away > _STANDS_OUT))  # type: ignore[return-value]


def _has_thin(colours: Pixels, under: Pixels, known: Mask, home: Pixels) -> bool:
    return len(_peaks(colours, under, known, home)[0]) >= _LEAST_PEAKS


def _add_thin(
    colours: Pixels, under: Pixels, known: Mask, home: Pixels, inks: tuple[InkColour, ...], sheet: Sheet
) -> tuple[InkColour, ...]:
    """Return the inks with one more if the thin strokes of a mark are in no ink that is known."""
    rows, columns = _peaks(colours, under, known, home)
    if len(rows) < _LEAST_PEAKS or len(inks) >= 6:
        return inks
    values = colours[rows, columns]
    away = np.linalg.norm(values - under[rows, columns], axis=-1)
    strong = values[away >= np.percentile(away, 60)]
    colour = np.median(strong, axis=0)
    # A stroke too thin to be solid is a tint of the ink that lies behind it, seen from the sheet.
    if any(_is_tint(colour, ink.middle, sheet.colour) for ink in inks):
        return inks
    return (*inks, InkColour(colour.astype(np.float64)))


def _is_tint(colour: Pixels, ink: Pixels, paper: Pixels) -> bool:
    towards = ink - paper
    share = float(np.dot(colour - paper, towards) / max(float(np.dot(towards, towards)), 1e-6))
    return 0.35 < share < 1.1 and float(np.linalg.norm(colour - paper - share * towards)) < 0.08


def _unmix(
    colours: Pixels,
    under: Pixels,
    known: Mask,
    home: Pixels,
    inks: tuple[InkColour, ...],
    sheet: Sheet,
    shares: Pixels,
) -> None:
    rows, columns = np.nonzero(~known)
    if not len(rows):
        return
    seen = colours[rows, columns]
    palette = [under[rows, columns], *(ink.at(rows, columns) for ink in inks)]
    near = [grow(known & (home == place), _REACH)[rows, columns] for place in range(len(palette))]
    slot = list(range(len(palette)))
    if sheet.second is not None:  # both colours of a checkerboard are sheet, and what a shadow makes of them
        squares = (sheet.colour, sheet.second, 0.6 * sheet.second)
        palette += [np.broadcast_to(colour.astype(np.float32), seen.shape) for colour in squares]
        near += [near[0]] * len(squares)
        slot += [0] * len(squares)
    best = np.full(len(rows), np.inf, dtype=np.float32)
    one, other = np.zeros(len(rows), dtype=np.intp), np.zeros(len(rows), dtype=np.intp)
    share = np.zeros(len(rows), dtype=np.float32)
    pairs = combinations(range(len(palette)), 2) if len(palette) > 1 else [(0, 0)]
    for a, b in pairs:
        towards = palette[b] - palette[a]
        length = np.maximum((towards * towards).sum(axis=-1), 1e-6)
        t = np.clip(((seen - palette[a]) * towards).sum(axis=-1) / length, 0, 1)
        error = np.linalg.norm(seen - palette[a] - t[:, None] * towards, axis=-1)
        error += _STRANGE * ((~near[a]).astype(np.float32) + ~near[b])
        better = error < best
        best[better], share[better] = error[better], t[better]
        one[better], other[better] = slot[a], slot[b]
    share = np.where(share < _NOTHING, 0, np.where(share > 1 - _NOTHING, 1, share))
    np.add.at(shares, (one, rows, columns), 1 - share)
    np.add.at(shares, (other, rows, columns), share)
