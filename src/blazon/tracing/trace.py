"""A painted mark to outlines: `trace_mark` takes a picture, and says what came of it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pathops import Path
from PIL import Image, ImageFilter

from blazon.tracing.coverage import Separation, separate
from blazon.tracing.edges import draw_outlines
from blazon.tracing.inks import InkColour
from blazon.tracing.masks import border_of

Pixels = np.ndarray[Any, np.dtype[Any]]

# Sides in pixels between which a picture is traced: a larger one tells no more, a small one is enlarged first.
_LARGEST: Final = 1024
_SMALLEST: Final = 400
# Pixels by which an outline may stray, and how much more for noise, a standard deviation from 0 to 1.
_TOLERANCE: Final = 0.5
_FOR_NOISE: Final = 12.0
# Noise from which on a picture is blurred before it is looked at, and from which on more.
_GRAIN: Final = 0.004
_COARSE: Final = 0.01
_MOST_NOISE: Final = 0.02
# Noise is measured in tiles of so many pixels, of which some are paper and others so far from it, in levels.
_TILE: Final = 8
_INKED: Final = 16
_LEAST_TILES: Final = 5
_STRUCTURE: Final = 3.5
# The mean distance is 0.8 of a standard deviation, and the blur takes a twentieth of it; grey is the mean of channels,
# whose noise is 1.5 times as much.
_OF_MEAN: Final = 1.98
# Colours that are so far from those of the tracing, on average, or so many changes of ink along a row, are no mark of
# a few flat inks.
_UNLIKE: Final = 0.07
_UNLIKE_ANYWHERE: Final = 0.12  # of all of the picture, its sheet included, on which shadows and grain are left out
_MOST_EDGES: Final = 60
_SAMPLES: Final = 50_000
# A colour beside which a transparent picture can be told from its sheet.
_SHEETS: Final = ((255, 255, 255), (0, 0, 0), (255, 0, 255), (0, 255, 0), (255, 255, 0), (0, 0, 255))

NOTHING: Final = "nothing stands on the paper of this picture"
PHOTOGRAPHIC: Final = "this picture is painted in too many tones for outlines; it is better as the picture that it is"
FULL: Final = "this picture is painted up to its border, so that its paper is no part of the outlines"


@dataclass(frozen=True, slots=True)
class TracedInk:
    """What of a mark is in one ink.

    Args:
        path: its outline, in units of the traced picture; it reaches under the inks behind which it lies.
        colour: as `#rrggbb`; of a gradient the one in its middle.
        run: the colours of a gradient; None of one colour.
    """

    path: Path
    colour: str
    run: InkColour | None = None


@dataclass(frozen=True, slots=True)
class TracedMark:
    """A mark as outlines.

    Args:
        width, height: of the traced picture, in units of the outlines.
        inks: from back to front, none where there is no mark, or it is photographic.
        paper: colour of the sheet.
        plain: whether there is a sheet; if not, all of the picture was traced.
        warnings: what speaks against using it, a sentence each: `NOTHING`, `PHOTOGRAPHIC`, `FULL`.
    """

    width: int
    height: int
    inks: tuple[TracedInk, ...]
    paper: str
    plain: bool
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the outlines show what the picture shows."""
        return bool(self.inks) and PHOTOGRAPHIC not in self.warnings


def trace_mark(picture: Image.Image) -> TracedMark:
    """Return the mark in a picture of any size and mode as at most six filled outlines, holes as holes.

    Transparent parts count as its sheet.
    """
    fitted = _fit(_flatten(picture))
    noise = measure_noise(fitted)
    separation = part_picture(fitted, noise)
    warnings = _judge(np.asarray(fitted, dtype=np.float32) / 255, separation)
    inks: tuple[TracedInk, ...] = ()
    if PHOTOGRAPHIC not in warnings:
        inks = _draw_inks(separation, _TOLERANCE + _FOR_NOISE * min(noise, _COARSE))
    if not inks and not warnings:
        warnings = (NOTHING,)
    sheet = separation.sheet
    return TracedMark(fitted.width, fitted.height, inks, hex_of(sheet.colour), sheet.plain, warnings)


def _draw_inks(separation: Separation, tolerance: float) -> tuple[TracedInk, ...]:
    paths = draw_outlines(separation.shares, tolerance)
    return tuple(
        TracedInk(path, hex_of(ink.middle), ink if ink.slope is not None else None)
        for ink, path in zip(separation.inks, paths, strict=True)
        if any(path.bounds)
    )


def part_picture(picture: Image.Image, noise: float) -> Separation:
    """Part an RGB picture, whose noise was measured, into its sheet and its inks."""
    if noise >= _GRAIN:
        radius = 0.8 if noise < _COARSE else 1.2
        picture = picture.filter(ImageFilter.GaussianBlur(radius))
        # What a Gaussian leaves of white noise.
        noise = min(noise / (2 * float(np.sqrt(np.pi)) * radius), _MOST_NOISE)
    return separate(np.asarray(picture, dtype=np.float32) / 255, noise)


def measure_noise(picture: Image.Image) -> float:
    """Return the standard deviation of the noise in a picture, 0 to 1: at its border, or in what is not paper.

    It is what a blur takes away where nothing else is: in the calmest tenth of the tiles of either.
    """
    grey = picture.convert("L")
    soft = np.asarray(grey.filter(ImageFilter.GaussianBlur(1.5)), dtype=np.float32)
    rough = np.abs(np.asarray(grey, dtype=np.float32) - soft)
    border = float(np.median(border_of(rough, 25)))
    rows, columns = (side // _TILE * _TILE for side in rough.shape)
    if not rows or not columns:
        return border * _OF_MEAN / 255
    tiles = rough[:rows, :columns].reshape(rows // _TILE, _TILE, columns // _TILE, _TILE).mean(axis=(1, 3))
    middles = soft[_TILE // 2 : rows : _TILE, _TILE // 2 : columns : _TILE]
    inked = np.abs(middles - np.median(border_of(soft, 25))) > _INKED
    inside = float(np.percentile(tiles[inked], 10)) if np.count_nonzero(inked) >= _LEAST_TILES else 0.0
    if inside > _STRUCTURE:  # no tile is calm: these are edges
        inside = 0.0
    return max(border, inside) * _OF_MEAN / 255


def hex_of(colour: Pixels) -> str:
    """Return a colour, RGB 0 to 1, as `#rrggbb`."""
    return "#" + bytes(int(value) for value in np.rint(np.clip(colour, 0, 1) * 255)).hex()


def _flatten(picture: Image.Image) -> Image.Image:
    """Return a picture as RGB; a transparent one on a sheet of a colour that it does not have."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    small = clear.resize((64, 64), Image.Resampling.NEAREST)
    pixels = np.asarray(small, dtype=np.float32).reshape(-1, 4)
    used = pixels[pixels[:, 3] >= 128][:, :3]
    if len(used) == len(pixels):
        return clear.convert("RGB")

    def distance(sheet: tuple[int, int, int]) -> float:
        return float(np.linalg.norm(used - np.array(sheet), axis=1).min(initial=1000))

    background = Image.new("RGBA", clear.size, max(_SHEETS, key=distance))
    background.alpha_composite(clear)
    return background.convert("RGB")


def _fit(picture: Image.Image) -> Image.Image:
    """Return a picture in the size in which it is traced."""
    longest = max(picture.size)
    if longest > _LARGEST:
        scale = _LARGEST / longest
    elif longest < _SMALLEST:
        scale = float(-(-_SMALLEST // longest)) if longest > 1 else float(_SMALLEST)
    else:
        return picture
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)


def _judge(colours: Pixels, separation: Separation) -> tuple[str, ...]:
    """Return what speaks against tracing a separated picture, a sentence each."""
    if not separation.inks:
        return (NOTHING,)
    warnings = []
    inked = np.nonzero(separation.shares[0] < 0.5)
    anywhere = np.unravel_index(np.arange(colours.shape[0] * colours.shape[1]), colours.shape[:2])
    unlike = _compare(colours, separation, *inked) > _UNLIKE
    unlike = unlike or _compare(colours, separation, *anywhere) > _UNLIKE_ANYWHERE
    home = separation.shares.argmax(axis=0)
    if unlike or np.count_nonzero(home[:, 1:] != home[:, :-1]) > _MOST_EDGES * len(home):
        warnings.append(PHOTOGRAPHIC)
    if not separation.sheet.plain:
        warnings.append(FULL)
    return tuple(warnings)


def _compare(colours: Pixels, separation: Separation, rows: Pixels, columns: Pixels) -> float:
    """Return how far colours are from those of their tracing, on average over some pixels; 0 for none."""
    every = max(1, len(rows) // _SAMPLES)
    rows, columns = rows[::every], columns[::every]
    shown = separation.shares[0][rows, columns, None] * separation.under[rows, columns]
    for share, ink in zip(separation.shares[1:], separation.inks, strict=True):
        shown = shown + share[rows, columns, None] * ink.at(rows, columns)
    return float(np.linalg.norm(colours[rows, columns] - shown, axis=-1).mean()) if len(rows) else 0.0
