"""The sheet under a painted mark: where it shows, and which colour it has everywhere.

Painters of pixels know no transparency: they paint a sheet. It may be plain, graded, darker towards its corners, in the
shadow of the mark, or the checkerboard that drawing programs show for nothing. What these have in common is that the
sheet runs on smoothly from the border of the picture to the very edge of the mark: it is a part of the picture's flat
pixels. So no model of the sheet is needed to find it, only to find the holes in a mark, where it shows again.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from blazon.tracing.masks import Labels, Mask, border_of, grow, label_parts, shrink

Pixels = np.ndarray[Any, np.dtype[Any]]

# Levels, 0 to 1, by which a flat pixel differs from its neighbours, beside the noise.
_FLAT: Final = 0.014
_NOISES: Final = 3.5
# From this distance of colours on, a part at the border is no paper; in sRGB, 0 to 1 each.
_NOT_PAPER: Final = 0.22
# The least distance at which a colour is told from that of the paper, and the most, with uneven paper.
_SAME: Final = 0.013
_UNEVEN: Final = 0.05
# A sheet is plain when this share of the border shows it.
_PLAIN_SHARE: Final = 0.6
# Pixels of a part that says something about paper or ink.
_LEAST: Final = 12
_SAMPLES: Final = 20_000
# What share of a hole shows the bare sheet, if a shadow falls on the rest.
_BARE: Final = 0.25
# A shadow takes at most this much light, and keeps the colour of the sheet within this.
_DARKEST: Final = 0.6
_HUE: Final = 0.03
_SHADED_HOLE: Final = 0.1
_UNEVEN_HOLE: Final = 0.009
# A shadow on a checkerboard leaves this much light.
_SHADE: Final = 0.55
# A part of both colours of a checkerboard differs by so much in itself, in shares of their distance.
_BOTH: Final = 0.2
# A plateau is a part of the sheet that differs from it, everywhere as much: an ink whose edge is too soft to be seen.
_PLATEAU_PIXELS: Final = 400
_EDGE: Final = 3
_ONE_COLOUR: Final = 0.01
_SHARE_OF_OFF: Final = 0.12
_COMPACT: Final = 0.6
_MOST_PLATEAUS: Final = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture parted into sheet and what is on it.

    Args:
        parts: number of the flat part that each pixel is of; 0 where the picture is not flat.
        shows: where the sheet shows, the edges of the mark left out.
        colour: of the sheet in its middle, RGB, 0 to 1.
        second: of a checkerboard, the colour of its other squares.
        plain: whether there is a sheet at all.
        tolerance: distance of colours in sRGB within which a pixel is the sheet's.
    """

    parts: Labels
    shows: Mask
    colour: Pixels
    second: Pixels | None
    plain: bool
    tolerance: float


def find_sheet(colours: Pixels, noise: float) -> Sheet:
    """Find the sheet of a picture, RGB 0 to 1, whose flat pixels differ by `noise` (a standard deviation)."""
    parts = label_parts(find_flat(colours, noise))
    count = int(parts.max()) + 1
    sizes = np.bincount(parts.ravel(), minlength=count)
    at_border = np.bincount(border_of(parts), minlength=count)
    at_border[0] = 0
    means = _means(colours, parts, sizes)
    if (pair := _find_checkerboard(means, at_border, len(border_of(parts)))) is not None:
        return _checkered(colours, parts, sizes, means, pair, at_border)
    surface = _fit_surface(colours, _sample(np.isin(parts, np.flatnonzero(at_border))))
    sheet = _evaluate(surface, parts.shape)
    away = np.linalg.norm(colours - sheet, axis=-1)
    share = np.bincount(parts.ravel(), weights=away.ravel(), minlength=count) / np.maximum(sizes, 1)
    outside = (at_border > 0) & (share < _NOT_PAPER)
    plain = bool(at_border[outside].sum() >= _PLAIN_SHARE * len(border_of(parts)))
    if not plain:
        nowhere = np.zeros(parts.shape, dtype=np.bool_)
        return Sheet(parts, nowhere, np.median(border_of(colours), axis=0), None, plain=False, tolerance=_SAME)
    shown = outside[parts]
    # Once more, now that more of the sheet is known than its border.
    surface = _fit_surface(colours, _sample(shown))
    sheet = _evaluate(surface, parts.shape)
    away = np.linalg.norm(colours - sheet, axis=-1)
    uneven = float(np.percentile(away[_sample(shown)], 60))
    tolerance = min(max(_SAME, 2.5 * uneven), _UNEVEN)
    bare = np.bincount(parts.ravel(), weights=(away < tolerance).ravel(), minlength=count) / np.maximum(sizes, 1)
    holes = (bare >= _BARE) & (sizes >= _LEAST)
    holes |= _shaded(parts, shown, colours, sheet, means, sizes, tolerance)
    holes[0] = False
    shown = (outside | holes)[parts]
    _part_plateaus(parts, shown, colours, sheet, away > max(tolerance, _SAME + noise), noise)
    middle = np.median(sheet[shown], axis=0) if shown.any() else np.median(sheet.reshape(-1, 3), axis=0)
    return Sheet(parts, shown, middle, None, plain=True, tolerance=tolerance)


def _part_plateaus(parts: Labels, shown: Mask, colours: Pixels, sheet: Pixels, away: Mask, noise: float) -> None:
    """Make parts of their own, no longer of the sheet, of what is unlike the sheet in one colour.

    They are inks that hardly differ from the sheet, and whose edges are too soft to have been seen. A shadow, which is
    unlike the sheet as well, is of no one colour.
    """
    away = away & shown
    if np.count_nonzero(away) < _PLATEAU_PIXELS:
        return
    areas = label_parts(away)
    cores = areas * shrink(away, _EDGE)
    sizes = np.bincount(cores.ravel(), minlength=int(areas.max()) + 1)
    sizes[0] = 0
    means = _means(colours, cores, sizes)
    sizes[np.unique(border_of(areas))] = 0
    wide = sizes >= np.maximum(_COMPACT * np.bincount(areas.ravel(), minlength=len(sizes)), _PLATEAU_PIXELS)
    first = int(parts.max()) + 1
    for number in np.flatnonzero(wide)[:_MOST_PLATEAUS]:
        core = cores == number
        spread = float(np.linalg.norm(colours[core] - means[number], axis=-1).mean())
        off = float(np.linalg.norm(sheet[core].mean(axis=0) - means[number]))
        if spread > min(_ONE_COLOUR, _SHARE_OF_OFF * off) + 2 * noise:
            continue
        edge = grow(areas == number, _EDGE)
        parts[edge], shown[edge] = 0, False
        parts[core] = first
        first += 1


def find_flat(colours: Pixels, noise: float) -> Mask:
    """Return where a pixel is as its neighbours beside, above and below it."""
    most = _FLAT + _NOISES * noise
    flat = np.ones(colours.shape[:2], dtype=np.bool_)
    steps = (np.abs(np.diff(colours, axis=axis)).max(axis=-1) < most for axis in (0, 1))
    down, across = steps
    flat[1:] &= down
    flat[:-1] &= down
    flat[:, 1:] &= across
    flat[:, :-1] &= across
    return flat


def _means(colours: Pixels, parts: Labels, sizes: Pixels) -> Pixels:
    sums = [np.bincount(parts.ravel(), colours[..., k].ravel(), minlength=len(sizes)) for k in range(3)]
    return np.column_stack(sums) / np.maximum(sizes, 1)[:, None]


def _sample(mask: Mask) -> Pixels:
    """Return the places of some pixels of a mask, evenly spread, as rows and columns; of all if there are none."""
    places = np.flatnonzero(mask)
    if not len(places):
        places = np.arange(mask.size)
    chosen = places[:: max(1, len(places) // _SAMPLES)]
    return np.unravel_index(chosen, mask.shape)  # type: ignore[return-value]


def _terms(rows: Pixels, columns: Pixels, shape: tuple[int, ...]) -> Pixels:
    y, x = rows / shape[0] - 0.5, columns / shape[1] - 0.5
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _fit_surface(colours: Pixels, places: Any) -> Pixels:
    """Return the quadratic surface through the colours at most of some places: least squares, the farthest left out."""
    rows, columns = places
    terms, values = _terms(rows, columns, colours.shape), colours[rows, columns].astype(np.float64)
    # First flat: shadows and what else is on the sheet must not bend it.
    away = np.linalg.norm(values - np.median(values, axis=0), axis=-1)
    for share in (75, 75, 75, 80):
        near = away <= np.percentile(away, share) + 1e-9
        surface, *_ = np.linalg.lstsq(terms[near], values[near], rcond=None)
        away = np.linalg.norm(values - terms @ surface, axis=-1)
    return np.asarray(surface)


def _evaluate(surface: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Return the colours of a surface at every pixel."""
    y = (np.arange(shape[0], dtype=np.float32) / shape[0] - 0.5)[:, None, None]
    x = (np.arange(shape[1], dtype=np.float32) / shape[1] - 0.5)[None, :, None]
    a, b, c, d, e, f = (row.astype(np.float32) for row in surface)
    return np.asarray(np.clip((a + c * y + f * y * y) + (b + e * y) * x + (d * x) * x, 0, 1))


def _shaded(
    parts: Labels, shown: Mask, colours: Pixels, sheet: Pixels, means: Pixels, sizes: Pixels, tolerance: float
) -> Mask:
    """Return which parts are holes wholly in a shadow, if a shadow falls on the sheet beside the mark.

    They have the hue of the sheet, and are not of one colour, as an ink would be.
    """
    darkness = 1 - colours[shown].sum(axis=-1) / np.maximum(sheet[shown].sum(axis=-1), 1e-3)
    most = float(np.percentile(darkness, 99.5)) if len(darkness) else 0.0
    if not 2 * tolerance < most < _DARKEST:
        return np.zeros(len(sizes), dtype=np.bool_)
    under = np.median(sheet[shown], axis=0)
    light = means @ under / (under @ under)
    off = np.linalg.norm(means - light[:, None] * under, axis=-1)
    brightness = colours.sum(axis=-1).ravel() / 3
    squares = np.bincount(parts.ravel(), brightness * brightness, minlength=len(sizes)) / np.maximum(sizes, 1)
    uneven = np.sqrt(np.maximum(squares - (means.sum(axis=-1) / 3) ** 2, 0)) > _UNEVEN_HOLE * max(
        float(under.mean()), 0.3
    )
    alike = (off < _HUE) & (light > 1 - most - 0.04) & (light < 1.01)
    return np.asarray(alike & uneven & (sizes < _SHADED_HOLE * parts.size))


def _find_checkerboard(means: Pixels, at_border: Pixels, length: int) -> tuple[Pixels, Pixels] | None:
    """Return the two colours of a checkerboard at the border, the lighter first; None where there is none.

    It is many parts of two colours, both of them in many places, and of a size.
    """
    touching = np.flatnonzero(at_border >= _LEAST)  # smaller ones lie on the soft edge between two squares
    if len(touching) < 16 or at_border.sum() < length / 3:
        return None
    light = means[touching] @ np.ones(3) / 3
    middle = (np.percentile(light, 10) + np.percentile(light, 90)) / 2
    groups = touching[light > middle], touching[light <= middle]
    if min(map(len, groups)) < len(touching) / 4 or min(map(len, groups)) < 6:
        return None
    one, other = (np.median(means[group], axis=0) for group in groups)
    spread = max(
        float(np.median(np.linalg.norm(means[g] - c, axis=-1))) for g, c in zip(groups, (one, other), strict=True)
    )
    if np.linalg.norm(one - other) < max(0.03, 2 * spread):
        return None
    return one, other


def _checkered(
    colours: Pixels, parts: Labels, sizes: Pixels, means: Pixels, pair: tuple[Pixels, Pixels], at_border: Pixels
) -> Sheet:
    """Return the sheet of a checkerboard: all parts of its colours that are not larger than a square.

    Where its edges are so soft that squares run into each other, parts of both colours are sheet, whatever their size.
    """
    squares = np.flatnonzero(at_border)
    square = float(np.percentile(sizes[squares], 90))
    near = np.linalg.norm(pair[0] - pair[1]) / 3
    like = np.minimum(*(np.linalg.norm(means - colour, axis=-1) for colour in pair)) < near
    # In a shadow, a square is darker than both, and of their hue.
    light = means @ pair[0] / (pair[0] @ pair[0])
    shaded = np.linalg.norm(means - light[:, None] * pair[0], axis=-1) < _HUE
    like |= shaded & (light > _SHADE) & (light < 1.02) & (sizes <= 1.2 * square)
    shows = like & (sizes <= 1.5 * square) & (sizes >= _LEAST)
    shows |= like & (at_border > 0)
    towards = pair[1] - pair[0]
    across = (colours - pair[0]) @ towards / (towards @ towards)
    at, squared = (
        np.bincount(parts.ravel(), weights=values.ravel(), minlength=len(sizes)) / np.maximum(sizes, 1)
        for values in (across, across * across)
    )
    off = np.linalg.norm(means - pair[0] - at[:, None] * towards, axis=-1)
    shows |= (squared - at * at > _BOTH**2) & (at > -0.2) & (at < 1.2) & (off < _HUE) & (sizes >= _LEAST)
    shows[0] = False
    tolerance = float(np.linalg.norm(pair[0] - pair[1])) / 3
    return Sheet(parts, shows[parts], pair[0], pair[1], plain=True, tolerance=tolerance)
