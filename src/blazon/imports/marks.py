"""A mark from elsewhere, as SVG or as a picture, to the mark of a design: up to three inks that do not overlap."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

from pathops import Path, PathOpsError
from PIL import Image

from blazon.design import OutlineMark, OutlinePart
from blazon.draw.composition import without_specks
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    bounds,
    from_svg,
    inked_area,
    subtract_paths,
    to_svg,
    union,
)
from blazon.draw.outline_mark import MAX_OUTLINE_TEXT, SIDE
from blazon.draw.palette import lch_of
from blazon.draw.reduction import reduce_layers
from blazon.draw.treatments import fit_layers
from blazon.errors import InvalidUpload
from blazon.export.trace import draw_traced, trace_picture
from blazon.imports.checked_svg import FilledShape, PlainSvg, read_svg
from blazon.imports.pictures import read_picture

_INKS: Final[tuple[Literal["mark", "accent", "tint"], ...]] = ("mark", "accent", "tint")
# OKLab distances: within it two colours are one ink; within the other a colour passes for white paper.
_SAME: Final = 0.08
_WHITE: Final = 0.06
_SPECK: Final = 3.0  # units of the square of the mark
_COVERS: Final = 0.98
_FRACTION: Final = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class OwnMark:
    """A mark that was brought along, and what whoever brought it should know of it, a sentence each."""

    mark: OutlineMark
    warnings: tuple[str, ...] = ()

    @property
    def palette(self) -> str:
        """Its colours as `Brief` takes a palette."""
        return ", ".join(part.colour for part in self.mark.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        parts = [{"ink": part.ink, "colour": part.colour, "data": part.data} for part in self.mark.parts]
        return {
            "mark": {"kind": self.mark.kind, "parts": parts},
            "palette": self.palette,
            "warnings": list(self.warnings),
        }


def read_mark(content: bytes) -> OwnMark:
    """Return the mark in an SVG, or one traced from a PNG, JPEG or WebP.

    White is paper: what is white on another colour becomes a hole. More than three colours are reduced to three.

    Raises:
        InvalidUpload: it is neither, or there is no mark in it; one line says what helps.
    """
    if content[:8].startswith((b"\x89PNG", b"\xff\xd8", b"RIFF")):
        plain = _trace(read_picture(content))
    else:
        plain = read_svg(content)
    shapes = _drop_paper(plain)
    inks, more = _choose_inks(shapes)
    try:
        layers = _separate(shapes, inks)
    except PathOpsError:
        raise InvalidUpload("the outlines of this mark cannot be merged; simplify them, or send it as a PNG") from None
    warnings = plain.warnings
    if more:
        told = f"Its {more + len(inks)} colours were reduced to {len(inks)}."
        warnings = (*warnings, told)
    return OwnMark(OutlineMark(_write(layers, inks)), warnings)


def _trace(picture: Image.Image) -> PlainSvg:
    """Return a picture as the outlines of its flat colours.

    Raises:
        InvalidUpload: nothing stands on its paper, or there is none.
    """
    side = max(picture.size)
    corner = (side - picture.width) // 2, (side - picture.height) // 2
    try:
        if picture.getchannel("A").getextrema()[0] < 255:  # type: ignore[operator]
            sheet = Image.new("RGBA", (side, side))
            sheet.paste(picture, corner)
        else:
            sheet = Image.new("RGB", (side, side), picture.convert("RGB").getpixel((0, 0)))
            sheet.paste(picture.convert("RGB"), corner)
        traced = trace_picture(sheet)
    except ImportError:
        raise InvalidUpload("tracing a picture needs numpy, which is not installed here; send an SVG") from None
    shapes = tuple(
        FilledShape(shape["d"], _rgb(shape["fill"])) for shape in draw_traced(traced, gradients=False).shapes
    )
    if not traced.plain:
        raise InvalidUpload("the picture has no plain paper around the mark; cut the mark out, or send an SVG")
    if traced.warnings:
        raise InvalidUpload(f"{traced.warnings[0]}; send another picture of the mark, or an SVG")
    return PlainSvg(shapes, None, ("It was traced from pixels; an SVG is exact.",))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Sequence[int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def _distance(one: str, other: str) -> float:
    """Return the distance of two colours in OKLab."""
    places = []
    for lightness, chroma, hue in (lch_of(one), lch_of(other)):
        angle = math.radians(hue)
        places.append((lightness, chroma * math.cos(angle), chroma * math.sin(angle)))
    return math.dist(*places)


def _drop_paper(plain: PlainSvg) -> tuple[FilledShape, ...]:
    """Return the shapes without a first one that fills all that the file shows."""
    if plain.view is None or len(plain.shapes) < 2:
        return plain.shapes
    left, top, width, height = plain.view
    path = from_svg(plain.shapes[0].data)
    box, near = bounds([path]), 0.02 * max(width, height)
    around = box.left <= left + near and box.top <= top + near
    covers = inked_area(path) >= _COVERS * max(width * height, box.width * box.height)
    return plain.shapes[1:] if covers and around else plain.shapes


def _choose_inks(shapes: Iterable[FilledShape]) -> tuple[list[str], int]:
    """Return up to three colours, the largest first, and how many more there are."""
    areas: dict[str, float] = {}
    for shape in shapes:
        colour = _hex(shape.colour)
        areas[colour] = areas.get(colour, 0.0) + inked_area(from_svg(shape.data))
    coloured = {colour: area for colour, area in areas.items() if _distance(colour, "#ffffff") >= _WHITE} or areas
    inks: list[str] = []
    more = 0
    for colour in sorted(coloured, key=lambda one: (-coloured[one], one)):
        if all(_distance(colour, ink) >= _SAME for ink in inks):
            if len(inks) < len(_INKS):
                inks.append(colour)
            else:
                more += 1
    return inks, more


def _separate(shapes: Sequence[FilledShape], inks: Sequence[str]) -> tuple[Layer, ...]:
    """Return what is seen of each ink, fitted in the square of a mark.

    Raises:
        InvalidUpload: nothing of it is seen.
    """
    groups = [
        (ink, union([from_svg(shape.data) for shape in group]))
        for ink, group in groupby(shapes, key=lambda shape: _nearest(_hex(shape.colour), inks))
    ]
    seen: list[list[Path]] = [[] for _ in inks]
    cover: Path | None = None
    for ink, path in reversed(groups):
        visible = path if cover is None else subtract_paths(path, cover)
        cover = path if cover is None else union([cover, path])
        if ink is not None:
            seen[ink].append(visible)
    layers = [Layer(union(paths), Ink(_INKS[place])) for place, paths in enumerate(seen) if paths]
    fitted = fit_layers([layer for layer in layers if any(layer.path.bounds)], Box(0, 0, SIDE, SIDE))
    clean = [Layer(without_specks(layer.path, _SPECK), layer.ink) for layer in reduce_layers(fitted)]
    kept = tuple(layer for layer in clean if any(layer.path.bounds))
    if not kept:
        raise InvalidUpload("there is no mark to be seen in this file")
    return kept


def _nearest(colour: str, inks: Sequence[str]) -> int | None:
    """Return which ink a colour is printed in; None for white, unless that is an ink."""
    ways = [(_distance(colour, ink), place) for place, ink in enumerate(inks)]
    nearest, place = min(ways)
    return None if _distance(colour, "#ffffff") < min(_WHITE, nearest) else place


def _write(layers: Sequence[Layer], inks: Sequence[str]) -> tuple[OutlinePart, ...]:
    """Return layers as parts whose texts fit in a request.

    Raises:
        InvalidUpload: they do not, not even in whole units.
    """
    texts = [to_svg(layer.path) for layer in layers]
    if sum(map(len, texts)) > MAX_OUTLINE_TEXT:
        texts = [_FRACTION.sub(lambda number: f"{float(number[0]):.0f}".replace("-0", "0"), text) for text in texts]
    if (length := sum(map(len, texts))) > MAX_OUTLINE_TEXT:
        raise InvalidUpload(f"the mark is too detailed: {length} characters of outlines, at most {MAX_OUTLINE_TEXT}")
    return tuple(
        OutlinePart(_INKS[_INKS.index(layer.ink.value)], inks[_INKS.index(layer.ink.value)], text)
        for layer, text in zip(layers, texts, strict=True)
    )
