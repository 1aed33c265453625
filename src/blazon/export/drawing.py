"""A stored SVG, read back: its paper apart from its shapes, so that either can be written without the other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from blazon.draw.outline import Box, number, rectangle, to_svg
from blazon.draw.svg import escape_text
from blazon.errors import InvalidDesign
from blazon.export.provenance import Provenance, rdf

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LEFT_OUT: Final = {f"{_SVG}title", f"{_SVG}metadata"}
# What the outlines of a logo may say. Nothing that runs, loads or refers.
_ATTRIBUTES: Final = {"fill", "fill-rule", "d"}
# A gradient, and what its two stops may say.
_GRADIENT: Final = f"{_SVG}linearGradient"
_STOP: Final = f"{_SVG}stop"
_GRADIENT_ATTRIBUTES: Final = {"id", "x1", "y1", "x2", "y2"}
_STOP_ATTRIBUTES: Final = {"offset", "stop-color"}
_CORNERS: Final = re.compile(r"[MLHVZ\s,0-9.+-]+")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_NO_NAME: Final = "Logo"


@dataclass(frozen=True, slots=True)
class Gradient:
    """A linear gradient: its attributes and those of its stops."""

    attributes: Mapping[str, str]
    stops: tuple[Mapping[str, str], ...]

    @classmethod
    def read(cls, element: ElementTree.Element) -> "Gradient":
        """Read a gradient that Blazon wrote.

        Raises:
            InvalidDesign: it says more than one of ours.
        """
        strange = {*element.keys()} != _GRADIENT_ATTRIBUTES or any(
            stop.tag != _STOP or {*stop.keys()} != _STOP_ATTRIBUTES or len(stop) for stop in element
        )
        if strange:
            raise InvalidDesign(f"the stored logo holds a strange gradient: {ElementTree.tostring(element)[:80]!r}")
        return cls(dict(element.items()), tuple(dict(stop.items()) for stop in element))

    def svg(self) -> str:
        stops = "".join(f"<stop {_attributes(stop)}/>" for stop in self.stops)
        return f"<linearGradient {_attributes(self.attributes)}>{stops}</linearGradient>"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of filled outlines, from back to front.

    Args:
        box: what it shows, in its own units.
        paper: colour of the rectangle behind everything, as it was written; None where there is none.
        shapes: the attributes of each path.
        title: what it shows, in words.
        gradients: those that shapes are filled with, by `url(#id)`.
    """

    box: Box
    paper: str | None
    shapes: tuple[Mapping[str, str], ...]
    title: str
    gradients: tuple["Gradient", ...] = ()

    @classmethod
    def read(cls, content: bytes) -> "Drawing":
        """Read an SVG that Blazon wrote. Titles and metadata of older versions are left behind.

        Raises:
            InvalidDesign: it holds anything but filled paths.
        """
        try:
            root = ElementTree.fromstring(content)  # noqa: S314  # our own file; expat guards against entity bombs
        except ElementTree.ParseError as error:
            raise InvalidDesign(f"the stored logo is not an SVG: {error}") from None
        box = _view_box(root)
        gradients = tuple(map(Gradient.read, root.findall(_GRADIENT)))
        shapes = tuple(_shape(element) for element in root if element.tag not in {*_LEFT_OUT, _GRADIENT})
        title = root.findtext(f"{_SVG}title") or ""
        if shapes and _covers(shapes[0]["d"], box):
            return cls(box, shapes[0]["fill"], shapes[1:], title, gradients)
        return cls(box, None, shapes, title, gradients)

    def without_paper(self) -> "Drawing":
        return replace(self, paper=None)

    def in_format(self, width: int, height: int) -> "Drawing":
        """Return the drawing in the middle of a wider or higher sheet of `width` : `height`."""
        if self.box.width * height >= self.box.height * width:
            more = (self.box.width * height / width - self.box.height) / 2
            box = Box(self.box.left, self.box.top - more, self.box.right, self.box.bottom + more)
        else:
            more = (self.box.height * width / height - self.box.width) / 2
            box = Box(self.box.left - more, self.box.top, self.box.right + more, self.box.bottom)
        return replace(self, box=box)

    def padded(self, share: float) -> "Drawing":
        """Return the drawing on a larger sheet: of a square one, `share` of its side is new at each edge."""
        side = min(self.box.width, self.box.height)
        return replace(self, box=self.box.inset(-share * side / (1 - 2 * share)))

    def _choose_title(self, provenance: Provenance | None, named: bool) -> str:
        if provenance is None:
            return self.title if named else ""
        return provenance.name if provenance.prompt is None else self.title

    def svg(self, width: int, height: int, provenance: Provenance | None = None, *, named: bool = False) -> str:
        """Return the drawing as a document of `width` x `height` pixels.

        Without provenance it has no name either, unless it is to be `named`: a logo without a brand name is named for
        its prompt. Where the prompt is not told, it has the name that the logo shows.
        """
        box = self.box
        view = f"{number(box.left)} {number(box.top)} {number(box.width)} {number(box.height)}"
        title = self._choose_title(provenance, named) or _NO_NAME
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{width}" height="{height}" role="img">',
            f"<title>{escape_text(title)}</title>",
        ]
        if provenance is not None:
            parts.append(f"<metadata>{rdf(provenance)}</metadata>")
        if self.paper is not None:
            parts.append(_path({"fill": self.paper, "d": to_svg(rectangle(box))}))
        parts += [gradient.svg() for gradient in self.gradients]
        parts += map(_path, self.shapes)
        return "\n".join([*parts, "</svg>", ""])


def _path(attributes: Mapping[str, str]) -> str:
    return f"<path {_attributes(attributes)}/>"


def _attributes(attributes: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())


def _view_box(root: ElementTree.Element) -> Box:
    numbers = [float(value) for value in _NUMBER.findall(root.get("viewBox", ""))]
    if root.tag != f"{_SVG}svg" or len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise InvalidDesign("the stored logo is not an SVG with a viewBox")
    left, top, width, height = numbers
    return Box(left, top, left + width, top + height)


def _shape(element: ElementTree.Element) -> Mapping[str, str]:
    strange = {*element.keys()} - _ATTRIBUTES or {"fill", "d"} - {*element.keys()} or list(element)
    if element.tag != f"{_SVG}path" or strange:
        raise InvalidDesign(f"the stored logo holds more than filled paths: {ElementTree.tostring(element)[:80]!r}")
    return dict(element.items())


def _covers(data: str, box: Box) -> bool:
    """Say whether an outline is the rectangle around everything, as `draw.svg` writes it."""
    if not _CORNERS.fullmatch(data):
        return False
    numbers = [float(value) for value in _NUMBER.findall(data)]
    corners = [box.left, box.top, box.right, box.top, box.right, box.bottom, box.left, box.bottom]
    return len(numbers) == 8 and all(abs(a - b) < 0.01 for a, b in zip(numbers, corners, strict=True))
