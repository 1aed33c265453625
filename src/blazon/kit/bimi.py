"""The mark for mail: SVG Tiny Portable/Secure, as BIMI asks for it (draft-svg-tiny-ps-abrotman).

Square, opaque, with a title, no scripts, no references to the outside, no `x` and `y` on the root, at most 32 KB.
"""

from typing import Final
from xml.sax.saxutils import escape

from blazon.draw.svg import xml_safe
from blazon.kit.picture import Picture
from blazon.kit.svg_file import view_box, write_fills
from blazon.kit.tile import Tile

_MOST_LETTERS: Final = 64
_MOST_BYTES: Final = 32_000


def bimi_svg(tile: Tile, name: str, origin: str = "") -> str:
    """Return a tile as SVG Tiny PS, with the name of the brand as its title; a mark of many points is simplified.

    Args:
        origin: where the mark comes from, in words; the profile knows no other metadata.
    """
    whole = _write(tile.picture(), name, origin)
    return whole if len(whole.encode()) <= _MOST_BYTES else _write(tile.small_picture(), name, origin)


def _write(picture: Picture, name: str, origin: str) -> str:
    title = xml_safe(name)[:_MOST_LETTERS]
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="{view_box(picture)}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(f'The mark of {title}.{xml_safe(origin)}')}</desc>",
        *write_fills(picture),
        "</svg>",
        "",
    ]
    return "\n".join(parts)
