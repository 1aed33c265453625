"""A palette from a picture: few colours that it is made of, told apart in OKLCH, and the paper that they stand on."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from blazon.brief import MAX_PALETTE_COLOURS
from blazon.draw.palette import Lch, lch_of
from blazon.errors import InvalidUpload
from blazon.imports.pictures import read_picture

_SIDE: Final = 160  # that a picture is looked at in
_COLOURS: Final = 64
# OKLab distance below which two colours are one.
_SAME: Final = 0.09
_LEAST_SHARE: Final = 0.01
# Share of the border from which on its colour is the paper.
_PAPER_SHARE: Final = 0.6
_OPAQUE: Final = 128
# How much a lively colour counts before a dull one that covers as much.
_LIVELY: Final = 8.0


@dataclass(frozen=True, slots=True)
class FoundColour:
    """One colour of a picture: as `#rrggbb`, and the share of what is not paper that it covers, 0 to 1."""

    colour: str
    share: float


@dataclass(frozen=True, slots=True)
class FoundPalette:
    """The colours of a picture, the most telling first, one to five; and the paper, where there is some."""

    colours: tuple[FoundColour, ...]
    paper: str | None

    @property
    def text(self) -> str:
        """The colours as `Brief` takes them."""
        return ", ".join(found.colour for found in self.colours)


def find_palette(content: bytes) -> FoundPalette:
    """Return the colours that a PNG, JPEG or WebP is made of.

    A picture of one colour has a palette of one. Paper is left out, unless there is nothing else.

    Raises:
        InvalidUpload: it is no picture, or nothing of it is opaque.
    """
    picture = read_picture(content, smallest=1)
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    counts = Counter(_list_opaque(picture))
    if not counts:
        raise InvalidUpload("there is nothing in this picture but transparency")
    clusters = _cluster(_few(counts))
    paper = _find_paper(picture, clusters)
    inks = [one for one in clusters if one[0] != paper] or clusters
    whole = sum(count for _, count in inks)
    kept = [one for one in inks if one[1] >= _LEAST_SHARE * whole][: 2 * MAX_PALETTE_COLOURS]
    order = sorted(kept, key=lambda one: (-round(one[1] * (1 + _LIVELY * lch_of(one[0])[1])), one[0]))
    found = tuple(FoundColour(colour, round(count / whole, 4)) for colour, count in order[:MAX_PALETTE_COLOURS])
    return FoundPalette(found, paper if inks is not clusters else None)


def _list_opaque(picture: Image.Image) -> list[tuple[int, int, int]]:
    pixels = picture.tobytes()
    return [
        (pixels[at], pixels[at + 1], pixels[at + 2]) for at in range(0, len(pixels), 4) if pixels[at + 3] >= _OPAQUE
    ]


def _few(counts: "Counter[tuple[int, int, int]]") -> list[tuple[str, int]]:
    """Return at most 64 colours as `#rrggbb` with how many pixels have each, the most frequent first."""
    if len(counts) > _COLOURS:
        strip = Image.new("RGB", (sum(counts.values()), 1))
        strip.putdata([colour for colour, count in sorted(counts.items()) for _ in range(count)])
        few = strip.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        counts = Counter(dict(_name(few.convert("RGB"))))
    named = [(_hex(colour), count) for colour, count in counts.items()]
    return sorted(named, key=lambda one: (-one[1], one[0]))


def _name(picture: Image.Image) -> list[tuple[tuple[int, int, int], int]]:
    return [(colour, count) for count, colour in picture.getcolors(maxcolors=_COLOURS) or []]  # type: ignore[misc]


def _cluster(colours: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return colours that are apart, each the most frequent of its neighbours, with the pixels of all of these."""
    places: list[tuple[float, float, float]] = []
    sizes: list[int] = []
    names: list[str] = []
    for colour, count in colours:
        place = _place(lch_of(colour))
        near = [index for index, other in enumerate(places) if math.dist(place, other) < _SAME]
        if near:
            sizes[min(near, key=lambda index: math.dist(place, places[index]))] += count
        else:
            places.append(place)
            sizes.append(count)
            names.append(colour)
    return sorted(zip(names, sizes, strict=True), key=lambda one: (-one[1], one[0]))


def _hex(colour: Sequence[int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _place(colour: Lch) -> tuple[float, float, float]:
    lightness, chroma, hue = colour
    return lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


def _find_paper(picture: Image.Image, clusters: Sequence[tuple[str, int]]) -> str | None:
    """Return the colour of the clusters that most of an opaque border has; None if it has none or is transparent."""
    width, height = picture.size
    spots = [(x, y) for x in range(width) for y in (0, height - 1)] + [
        (x, y) for y in range(height) for x in (0, width - 1)
    ]
    border = [picture.getpixel(spot) for spot in spots]
    opaque = [_hex(one[:3]) for one in border if isinstance(one, tuple) and one[3] >= _OPAQUE]
    if len(opaque) < _PAPER_SHARE * len(border):
        return None
    nearest = Counter(
        min(clusters, key=lambda one: math.dist(_place(lch_of(one[0])), _place(lch_of(colour))))[0] for colour in opaque
    )
    colour, count = nearest.most_common(1)[0]
    return colour if count >= _PAPER_SHARE * len(border) else None
