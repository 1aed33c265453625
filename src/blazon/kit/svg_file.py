"""Pictures as SVG 1.1: filled paths, and nothing that runs, loads or refers to anything outside."""

from typing import Final
from xml.sax.saxutils import escape

from blazon.draw.outline import number, to_svg
from blazon.draw.svg import xml_safe
from blazon.kit.picture import IDENTITY, Fill, Picture, write_matrix

# A stated size is what browsers and office programs show at first; the longer side in CSS pixels.
_SIDE: Final = 512


def svg_of(picture: Picture, side: float = _SIDE, *, plain: bool = True) -> str:
    """Return a picture as an SVG document whose longer side is `side` CSS pixels; see `write_fills` for `plain`."""
    box = picture.box
    factor = side / max(box.width, box.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box(picture)}" '
        f'width="{number(box.width * factor)}" height="{number(box.height * factor)}" role="img">'
    )
    title = f"<title>{escape(xml_safe(picture.title))}</title>"
    return "\n".join([head, title, *write_fills(picture, plain=plain), "</svg>", ""])


def view_box(picture: Picture) -> str:
    """Return the `viewBox` of a picture."""
    box = picture.box
    return f"{number(box.left)} {number(box.top)} {number(box.width)} {number(box.height)}"


def write_fills(picture: Picture, *, plain: bool = True) -> list[str]:
    """Return the fills of a picture as elements of SVG, and the gradients that they refer to before them.

    Args:
        plain: without transforms, as other programs like to have them; with them the outlines are written faster.
    """
    gradients = dict.fromkeys(gradient_element(fill) for fill in picture.fills if fill.end)
    write = _write_plain if plain else _write_moved
    return [*gradients, *(write(fill) for fill in picture.fills)]


def paint(fill: Fill) -> str:
    """Return the value of the `fill` attribute."""
    return f"url(#{_gradient_id(fill)})" if fill.end else fill.colour


def transform_of(fill: Fill) -> str:
    """Return the `transform` attribute of a fill with a blank before it; nothing where it is shown as it is."""
    if fill.matrix == IDENTITY:
        return ""
    return f' transform="matrix({write_matrix(fill.matrix)})"'


def gradient_element(fill: Fill) -> str:
    """Return the gradient that a fill refers to."""
    return (
        f'<linearGradient id="{_gradient_id(fill)}" x1="0" y1="1" x2="1" y2="0">'
        f'<stop offset="0" stop-color="{fill.colour}"/><stop offset="1" stop-color="{fill.end}"/></linearGradient>'
    )


def _write_plain(fill: Fill) -> str:
    data = fill.shape.svg if fill.matrix == IDENTITY else to_svg(fill.path)
    return f'<path fill="{paint(fill)}" d="{data}"/>'


def _write_moved(fill: Fill) -> str:
    return f'<path fill="{paint(fill)}"{transform_of(fill)} d="{fill.shape.svg}"/>'


def _gradient_id(fill: Fill) -> str:
    return f"from-{fill.colour[1:]}-to-{(fill.end or fill.colour)[1:]}"
