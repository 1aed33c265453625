"""From the SVG of an icon to outlines in one box, and from outlines to a measure of their quality."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from pathops import FillType, Path
from PIL import Image

from blazon.draw.outline import Box, Ink, Layer, circle, ellipse, polygon, rectangle, to_svg, union
from blazon.draw.symbols import BOX
from blazon.export.raster import png_of

# Outlines are stored as whole numbers in a square of this side.
UNITS: Final = 4000

Point = tuple[float, float]


class Unusable(ValueError):
    """An icon uses something that the outlines here do not express."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an icon: `kind` is F (filled), S (a line of the icon's width) or T (filled, tint)."""

    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class Outline:
    """An icon in the stored square; `line_width` is in stored units, 0 where nothing is stroked."""

    parts: tuple[Part, ...]
    line_width: int


def read_outline(svg: str) -> Outline:
    """Read an icon's SVG.

    Raises:
        Unusable: it has transforms, clips or several colours.
    """
    root = ElementTree.fromstring(svg)
    left, top, width, height = (float(n) for n in root.attrib["viewBox"].split())
    scale = UNITS / max(width, height)
    shift_x = (UNITS - width * scale) / 2 - left * scale
    shift_y = (UNITS - height * scale) / 2 - top * scale
    parts: dict[str, list[Path]] = {}
    for kind, path in _draw(root):
        parts.setdefault(kind, []).append(path.transform(scale, 0, 0, scale, shift_x, shift_y))
    line = float(root.attrib.get("stroke-width", 0)) * scale if "S" in parts else 0
    return Outline(tuple(Part(kind, _merge(kind, paths)) for kind, paths in sorted(parts.items())), round(line))


def _draw(root: ElementTree.Element) -> Iterator[tuple[str, Path]]:
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag in ("svg", "title", "desc"):
            continue
        if tag not in _SHAPES or set(element.attrib) & {"transform", "clip-path", "mask", "style"}:
            raise Unusable(tag)
        stroke = element.attrib.get("stroke", root.attrib.get("stroke", "none"))
        fill = element.attrib.get("fill", root.attrib.get("fill", "black"))
        path = _SHAPES[tag](element.attrib)
        if fill != "none":
            even_odd = element.attrib.get("fill-rule", root.attrib.get("fill-rule")) == "evenodd"
            yield ("T" if "opacity" in element.attrib else "F"), _non_zero(path) if even_odd else path
        if stroke != "none":
            yield "S", path


def _non_zero(path: Path) -> Path:
    """Return an even-odd outline as one that fills the same with the non-zero rule."""
    path = Path(path, fillType=FillType.EVEN_ODD)
    path.simplify(fix_winding=True, keep_starting_points=True)
    return Path(path, fillType=FillType.WINDING)


def _merge(kind: str, paths: list[Path]) -> Path:
    if len(paths) == 1:
        return paths[0]
    if kind != "S":
        return union(paths)
    joined = Path()
    for path in paths:
        joined.addPath(path)
    return joined


def _path(attributes: dict[str, str]) -> Path:
    path = Path()
    parse_path(attributes["d"], path.getPen(glyphSet=None, allow_open_paths=True))
    return path


def _circle(attributes: dict[str, str]) -> Path:
    x, y, r = (float(attributes.get(key, 0)) for key in ("cx", "cy", "r"))
    return circle((x, y), r)


def _ellipse(attributes: dict[str, str]) -> Path:
    x, y, rx, ry = (float(attributes.get(key, 0)) for key in ("cx", "cy", "rx", "ry"))
    return ellipse((x, y), rx, ry)


def _rect(attributes: dict[str, str]) -> Path:
    x, y, width, height = (float(attributes.get(key, 0)) for key in ("x", "y", "width", "height"))
    radius = float(attributes.get("rx", attributes.get("ry", 0)))
    return rectangle(Box(x, y, x + width, y + height), radius)


def _line(attributes: dict[str, str]) -> Path:
    x1, y1, x2, y2 = (float(attributes.get(key, 0)) for key in ("x1", "y1", "x2", "y2"))
    return _open_line([(x1, y1), (x2, y2)])


def _points(attributes: dict[str, str]) -> list[Point]:
    numbers = [float(n) for n in attributes["points"].replace(",", " ").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _open_line(points: list[Point]) -> Path:
    path = Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


_SHAPES: Final = {
    "path": _path,
    "circle": _circle,
    "ellipse": _ellipse,
    "rect": _rect,
    "line": _line,
    "polyline": lambda attributes: _open_line(_points(attributes)),
    "polygon": lambda attributes: polygon(_points(attributes)),
}


class _CompactPen(BasePen):
    """Writes an SVG path with relative whole numbers, which compress far better than absolute ones."""

    def __init__(self) -> None:
        super().__init__(glyphSet=None)
        self.parts: list[str] = []
        self._at = (0, 0)
        self._start = (0, 0)

    def _put(self, verb: str, *points: Point) -> None:
        rounded = [(round(x), round(y)) for x, y in points]
        x, y = self._at
        numbers = [str(n) for px, py in rounded for n in (px - x, py - y)]
        self.parts.append(verb + "".join(n if i == 0 or n.startswith("-") else " " + n for i, n in enumerate(numbers)))
        self._at = rounded[-1]

    def _moveTo(self, pt: Point) -> None:  # noqa: N802
        self._put("m", pt)
        self._start = self._at

    def _lineTo(self, pt: Point) -> None:  # noqa: N802
        dx, dy = round(pt[0]) - self._at[0], round(pt[1]) - self._at[1]
        if dx and dy:
            self._put("l", pt)
        elif dx or dy or not self.parts[-1].startswith("l"):
            self.parts.append(f"v{dy}" if dx == 0 else f"h{dx}")
            self._at = (round(pt[0]), round(pt[1]))

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        self._put("c", pt1, pt2, pt3)

    def _qCurveToOne(self, pt1: Point, pt2: Point) -> None:  # noqa: N802
        self._put("q", pt1, pt2)

    def _closePath(self) -> None:  # noqa: N802
        self.parts.append("z")
        self._at = self._start

    def _endPath(self) -> None:  # noqa: N802
        pass


def write_outline(outline: Outline) -> str:
    """Return the stored form: parts joined by `|`, each its kind and its path; a line's width goes first."""
    parts = []
    for part in outline.parts:
        pen = _CompactPen()
        part.path.draw(pen)
        parts.append(part.kind + (f"{outline.line_width}," if part.kind == "S" else "") + "".join(pen.parts))
    return "|".join(parts)


def to_picture(layers: Iterable[Layer]) -> str:
    """Return a symbol's layers as an SVG document (tint at a fifth of the ink)."""
    drawn = (
        f'<path d="{to_svg(layer.path)}"' + (' opacity="0.2"/>' if layer.ink is Ink.TINT else "/>") for layer in layers
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BOX} {BOX}">{"".join(drawn)}</svg>'


def coverage(svg: str, size: int) -> np.ndarray:
    """Render a picture and return how much ink covers each pixel, 0..1, shape (size, size)."""
    return np.asarray(Image.open(io.BytesIO(png_of(svg, size))).convert("RGBA"), dtype=np.float32)[..., 3] / 255


def segments(outline: Outline) -> int:
    return sum(1 for part in outline.parts for _ in part.path.segments)
