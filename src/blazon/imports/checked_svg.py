"""An SVG from elsewhere, made safe and plain: filled outlines in one colour each; nothing that runs, loads or refers.

expat counts what there is, before anything builds a tree; py-svg-hush leaves out scripts, references and foreign
elements; picosvg resolves what is left to filled paths.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat

from lxml import etree
from PIL import ImageColor

from blazon.draw.outline import from_svg
from blazon.errors import InvalidUpload

MAX_SVG_BYTES: Final = 1_000_000
_MOST_ELEMENTS: Final = 3000
_NUMBERS: Final = 5  # of coordinates, that take as long as an element
_DEEPEST: Final = 60
_LARGEST: Final = 1e6  # of a side of what is shown, in its own units
_FARTHEST: Final = 1e7  # of a point from the origin, in the units of the file
_FINEST: Final = 0.001  # of dashes, in sides of what is shown; finer ones are many, and look like a line
_DASHES: Final = "stroke-dasharray"
_SVG: Final = "http://www.w3.org/2000/svg"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_TEXTS: Final = frozenset({"text", "tspan", "textPath"})
# What no outlines follow from, whatever is done.
_PICTURES: Final = frozenset({"image", "filter", "mask", "pattern", "foreignObject"})
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_PIXELS: Final = re.compile(r"(\d|\d\.)px\b")
_PAINT: Final = ("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "opacity", "fill-rule")
_FAINT: Final = 0.1


@dataclass(frozen=True, slots=True)
class FilledShape:
    """One filled outline.

    Args:
        data: as in the `d` of an SVG path; filled by the non-zero rule.
        colour: 0 to 255 each.
    """

    data: str
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PlainSvg:
    """Outlines from back to front, and what of the file they leave out, a sentence each."""

    shapes: tuple[FilledShape, ...]
    view: tuple[float, float, float, float] | None
    warnings: tuple[str, ...] = ()


def read_svg(content: bytes) -> PlainSvg:
    """Return an SVG as filled outlines.

    Raises:
        InvalidUpload: it is none, it is too large, or nothing of it is an outline; one line says what helps.
    """
    from py_svg_hush import filter_svg

    if len(content) > MAX_SVG_BYTES:
        raise InvalidUpload(f"the SVG has {len(content)} bytes; at most {MAX_SVG_BYTES} are read")
    names = _survey(content)
    try:
        clean = filter_svg(content, keep_data_url_mime_types={})
    except ValueError:
        raise InvalidUpload("the SVG is not well-formed") from None
    root = etree.fromstring(clean, etree.XMLParser(resolve_entities=False, no_network=True))
    _tidy(root)
    _resolve_references(root)
    _apply_classes(root)
    view = _read_view(root)
    _drop_fine_dashes(root, max(view[2:]) if view else 1.0)
    shapes = tuple(_list_shapes(_to_paths(root)))
    if not shapes:
        raise InvalidUpload("there are no filled outlines or lines in this SVG; export it with its text as outlines")
    return PlainSvg(shapes, view, tuple(_tell_left_out(names)))


def _survey(content: bytes) -> set[str]:
    """Return the names of the elements in a document that is small enough to be read.

    Raises:
        InvalidUpload: it is not, or declares entities.
    """
    counter = _Counter()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = counter.begin, counter.end
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InvalidUpload(f"this is not an SVG: {expat.ErrorString(error.code)}, line {error.lineno}") from None
    except (ValueError, LookupError):  # an encoding that there is not
        raise InvalidUpload("this is not an SVG in an encoding that is known; save it as UTF-8") from None
    if "svg" not in counter.names:
        raise InvalidUpload("this is not an SVG")
    return counter.names


class _Counter:
    """Counts the elements of a document as they come."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._elements = 0
        self._depth = 0

    def begin(self, name: str, _: dict[str, str]) -> None:
        self.names.add(name.rpartition(":")[2])
        self._elements += 1
        self._depth += 1
        if self._elements > _MOST_ELEMENTS:
            raise InvalidUpload(f"the SVG has more than {_MOST_ELEMENTS} elements; simplify it")
        if self._depth > _DEEPEST:
            raise InvalidUpload(f"the SVG is nested more than {_DEEPEST} deep; ungroup it")

    def end(self, _: str) -> None:
        self._depth -= 1


def _refuse_entity(*_: object) -> None:
    raise InvalidUpload("the SVG declares entities; export it without them (in Illustrator: no 'Preserve editing')")


def _tidy(root: etree._Element) -> None:
    """Write lengths in pixels as numbers, which are the same, and links as the groups that they are drawn as."""
    for element in root.iter(etree.Element):
        if _is(element, "a") or _is(element, "switch"):
            element.tag = f"{{{_SVG}}}g"
        for name, value in element.attrib.items():
            if "px" in value and name not in ("id", "class", "d"):
                element.set(name, _PIXELS.sub(r"\1", value))


def _resolve_references(root: etree._Element) -> None:
    """Write all references as picosvg reads them, and refuse those that go on for ever, or to too many copies.

    Raises:
        InvalidUpload: with all copies there would be too many elements.
    """
    by_name = {one.get("id"): one for one in root.iter(etree.Element) if one.get("id")}
    counts: dict[etree._Element, float] = {}

    def count(element: etree._Element, above: tuple[etree._Element, ...]) -> float:
        if element in above or len(above) > _DEEPEST:
            return math.inf
        if element not in counts:
            within = (*above, element)
            target = by_name.get(element.get(_HREF, "").removeprefix("#")) if _is(element, "use") else None
            copies = 0.0 if target is None else count(target, within)
            own = 1 + len(_NUMBER.findall(element.get("d", "") + element.get("points", ""))) / _NUMBERS
            counts[element] = own + copies + sum(count(child, within) for child in element.iterchildren(etree.Element))
        return counts[element]

    for element in list(root.iter(etree.Element)):
        if (reference := element.attrib.pop("href", None)) is not None:
            element.set(_HREF, reference)
        if _is(element, "use") and element.get(_HREF, "").removeprefix("#") not in by_name:
            element.getparent().remove(element)
    if count(root, ()) > _MOST_ELEMENTS:
        raise InvalidUpload(
            f"with its copies the SVG has more than {_MOST_ELEMENTS} elements or {_MOST_ELEMENTS * _NUMBERS} numbers; "
            "simplify it"
        )


def _is(element: etree._Element, name: str) -> bool:
    return bool(element.tag == f"{{{_SVG}}}{name}")


def _apply_classes(root: etree._Element) -> None:
    """Write what a style sheet gives to classes, names and elements, as drawing programs use it, as attributes."""
    rules: dict[str, dict[str, tuple[int, str]]] = {}  # by selector: which value comes last, and where it stands
    sheets = list(root.iter(f"{{{_SVG}}}style"))
    for place, (selector, found) in enumerate(rule for sheet in sheets for rule in _list_rules(sheet.text or "")):
        rules.setdefault(selector, {}).update((name, (place, value)) for name, value in found.items())
    for sheet in sheets:
        sheet.text = ""
    for element in root.iter(etree.Element):
        keys = {"." + one for one in element.get("class", "").split()}
        keys |= {"#" + element.get("id", ""), element.tag.rpartition("}")[2]}
        values = [(place, name, value) for key in keys for name, (place, value) in rules.get(key, {}).items()]
        for _, name, value in sorted(values):
            element.set(name, value)


def _list_rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the selectors of a style sheet with what they give, in a time that grows with its length alone."""
    kept, *commented = sheet.split("/*")
    for rule in (kept + "".join(part.partition("*/")[2] for part in commented)).split("}"):
        head, _, body = rule.rpartition("{")
        pairs = (declaration.partition(":") for declaration in body.split(";"))
        named = {name.strip(): value.partition("!")[0].strip() for name, _, value in pairs}
        found = {name: _PIXELS.sub(r"\1", named[name]) for name in _PAINT if named.get(name)}
        for selector in head.rpartition("{")[2].rpartition(";")[2].split(",") if found else ():
            yield selector.strip(), found


def _read_view(root: etree._Element) -> tuple[float, float, float, float] | None:
    """Return left, top, width and height of what the file shows, None if it does not say."""
    numbers = [float(number) for number in _NUMBER.findall(root.get("viewBox", ""))]
    if len(numbers) != 4:
        sides = [_NUMBER.match(root.get(name, "").strip()) for name in ("width", "height")]
        if None in sides or "%" in root.get("width", ""):
            return None
        numbers = [0.0, 0.0, *(float(side[0]) for side in sides if side)]
    left, top, width, height = numbers
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST and abs(left) <= _LARGEST and abs(top) <= _LARGEST):
        raise InvalidUpload(f"the viewBox of the SVG is not between 0 and {_LARGEST:g} wide and high")
    return left, top, width, height


def _drop_fine_dashes(root: etree._Element, side: float) -> None:
    for element in root.iter(etree.Element):
        styles = [one.partition(":") for one in element.get("style", "").split(";") if one.strip()]
        own = [(name.strip(), value) for name, _, value in styles]
        written = " ".join([element.get(_DASHES, ""), *(value for name, value in own if name == _DASHES)])
        lengths = [float(number) for number in _NUMBER.findall(written)]
        if lengths and not sum(lengths) > _FINEST * side:
            element.attrib.pop(_DASHES, None)
            if own:
                element.set("style", ";".join(f"{name}:{value}" for name, value in own if name != _DASHES))


def _to_paths(root: etree._Element) -> etree._Element:
    """Return a document of filled paths, with all transforms, strokes, copies and clips resolved.

    Raises:
        InvalidUpload: it cannot be made one.
    """
    from picosvg.svg import SVG

    try:
        read: Any = SVG  # without types of its own
        return read(root).topicosvg(drop_unsupported=True).toetree()
    except Exception as error:  # noqa: BLE001 - the library asserts what it expects of a file, and Skia gives up on some outlines
        raise InvalidUpload(
            f"the outlines of the SVG cannot be read: {str(error)[:100] or type(error).__name__}"
        ) from None


def _list_shapes(root: etree._Element) -> Iterator[FilledShape]:
    for element, opacity in _walk(root, 1.0):
        data, colour = element.get("d", ""), _read_colour(element, root)
        opacity *= _read_share(element.get("fill-opacity")) * _read_share(element.get("opacity"))
        if colour is None or opacity < _FAINT:
            continue
        if any(_read_bounds(data)):
            # As it looks on white.
            red, green, blue = (round(255 - opacity * (255 - part)) for part in colour)
            yield FilledShape(data, (red, green, blue))


def _read_bounds(data: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of an outline.

    Raises:
        InvalidUpload: it reaches farther than any drawing does.
    """
    bounds = from_svg(data).bounds
    if bounds is None or max(map(abs, bounds)) > _FARTHEST:  # None where a number is infinite
        raise InvalidUpload(f"an outline of the SVG reaches beyond {_FARTHEST:g} units; scale it down")
    left, top, right, bottom = bounds
    return left, top, right, bottom


def _walk(element: etree._Element, opacity: float) -> Iterator[tuple[etree._Element, float]]:
    for child in element:
        if child.tag == f"{{{_SVG}}}path":
            yield child, opacity
        elif child.tag == f"{{{_SVG}}}g":
            yield from _walk(child, opacity * _read_share(child.get("opacity")))


def _read_share(text: str | None) -> float:
    match = _NUMBER.match((text or "1").strip())
    share = float(match[0]) if match else 1.0
    return max(0.0, min(1.0, share / 100 if text and text.strip().endswith("%") else share))


def _read_colour(element: etree._Element, root: etree._Element) -> tuple[int, int, int] | None:
    """Return what a path is filled with; of a gradient the middle of its stops; None for nothing."""
    fill = (element.get("fill") or "black").strip()
    if (reference := re.match(r"url\(#([^)]*)\)", fill)) is not None:
        stops = [
            colour
            for one in root.iter()
            if one.get("id") == reference[1]
            for stop in one
            if (colour := parse_colour(stop.get("stop-color", "black"))) is not None
        ]
        if not stops:
            return None
        red, green, blue = (round(sum(parts) / len(stops)) for parts in zip(*stops, strict=True))
        return red, green, blue
    return parse_colour(fill)


def parse_colour(text: str) -> tuple[int, int, int] | None:
    """Return a colour of CSS; None for `none`, black for what is not understood, as it is where it is inherited."""
    word = text.strip().lower()
    if word in ("none", "transparent"):
        return None
    try:
        red, green, blue = ImageColor.getrgb(word)[:3]
    except ValueError:
        return 0, 0, 0
    return red, green, blue


def _tell_left_out(names: set[str]) -> Iterator[str]:
    if names & _TEXTS:
        yield "Text was left out; export it as outlines."
    if names & _PICTURES:
        yield f"Left out, as there are no outlines in it: {', '.join(sorted(names & _PICTURES))}."
