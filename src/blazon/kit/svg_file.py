"""Pictures as SVG 1.1: filled paths, and nothing that runs, loads or refers to anything outside."""

from typing import Final
from xml.sax.saxutils import escape

from blazon.draw.outline import number, to_svg
from blazon.draw.svg import xml_safe
from blazon.kit.picture import Fill, Picture

# A stated size is what browsers and office programs show at first; the longer side in CSS pixels.
_SIDE: Final = 512


def svg_of(picture: Picture, side: float = _SIDE) -> str:
    """Return a picture as an SVG document whose longer side is `side` CSS pixels."""
    box = picture.box
    factor = side / max(box.width, box.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box(picture)}" '
        f'width="{number(box.width * factor)}" height="{number(box.height * factor)}" role="img">'
    )
    return "\n".join([head, f"<title>{escape(xml_safe(picture.title))}</title>", *write_fills(picture), "</svg>", ""])


def view_box(picture: Picture) -> str:
    """Return the `viewBox` of a picture."""
    box = picture.box
    return f"{number(box.left)} {number(box.top)} {number(box.width)} {number(box.height)}"


def write_fills(picture: Picture) -> list[str]:
    """Return the fills of a picture as elements of SVG, and the gradients that they refer to before them."""
    gradients = dict.fromkeys(_gradient(fill) for fill in picture.fills if fill.end)
    return [*gradients, *(f'<path fill="{paint(fill)}" d="{to_svg(fill.path)}"/>' for fill in picture.fills)]


def paint(fill: Fill) -> str:
    """Return the value of the `fill` attribute."""
    return f"url(#{_gradient_id(fill)})" if fill.end else fill.colour


def _gradient(fill: Fill) -> str:
    return (
        f'<linearGradient id="{_gradient_id(fill)}" x1="0" y1="1" x2="1" y2="0">'
        f'<stop offset="0" stop-color="{fill.colour}"/><stop offset="1" stop-color="{fill.end}"/></linearGradient>'
    )


def _gradient_id(fill: Fill) -> str:
    return f"from-{fill.colour[1:]}-to-{(fill.end or fill.colour)[1:]}"
