"""Icons of a site: favicon, an SVG that follows dark mode, touch icon, PWA icons, the manifest and the `<head>` lines.

Sizes and names follow the HTML standard (4.6.7.8, rel=icon), the Web Application Manifest (maskable icons: a circle of
40 % of the side is always seen) and Apple's documents of Safari for web icons.
"""

import json
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape as escape_xml

from blazon.design import Design
from blazon.draw.artwork import Materials
from blazon.draw.svg import xml_safe
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.logo_files import SMALL_SIZE, small_picture
from blazon.kit.png_file import bitmap_of
from blazon.kit.svg_file import view_box, write_fills
from blazon.kit.tile import Tile, variant_for_dark, variant_for_light

FAVICON_SIZES: Final = (16, 32, 48)
_TOUCH: Final = 180
_PWA: Final = (192, 512)
_FULL: Final = 0.44  # how far a mark reaches on an icon that nothing masks


def make_web_icons(design: Design, tile: Tile, materials: Materials, name: str) -> Iterator[KitFile]:
    """Yield the files of `web/`; they belong in the root of a site."""
    yield KitFile(
        "web/favicon.ico", favicon(design, materials), "16, 32 and 48 pixels, for browsers and search engines"
    )
    yield text_file("web/icon.svg", icon_svg(design, materials), "favicon that changes its colours with dark mode")
    yield KitFile("web/apple-touch-icon.png", tile.png(_TOUCH, _FULL), "home screen of iPhone and iPad")
    for pixels in _PWA:
        yield KitFile(f"web/icon-{pixels}.png", tile.png(pixels, _FULL), "installed web app")
    for pixels in _PWA:
        yield KitFile(
            f"web/icon-maskable-{pixels}.png", tile.png(pixels), "the same where Android cuts a shape out of it"
        )
    yield text_file("web/site.webmanifest", manifest(name, tile.ground), "names the icons of the installed web app")
    yield text_file("web/head.html", head_lines(tile.ground), "lines for the <head> of every page")


def favicon(design: Design, materials: Materials) -> bytes:
    """Return an ICO with the drawing for each of its sizes, as bitmaps that every reader knows."""
    variant = variant_for_light(design.colours.paper)
    images = [bitmap_of(small_picture(design, materials, size, variant), size) for size in FAVICON_SIZES]
    file = BytesIO()
    sizes = [(size, size) for size in FAVICON_SIZES]
    images[-1].save(file, "ICO", sizes=sizes, append_images=images[:-1], bitmap_format="bmp")
    return file.getvalue()


def icon_svg(design: Design, materials: Materials) -> str:
    """Return the mark for small sizes as SVG: one drawing for a light browser, another for a dark one."""
    paper = design.colours.paper
    day = small_picture(design, materials, SMALL_SIZE, variant_for_light(paper))
    night = small_picture(design, materials, SMALL_SIZE, variant_for_dark(paper))
    style = "#night{display:none}@media (prefers-color-scheme:dark){#day{display:none}#night{display:inline}}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box(day)}">',
        f"<title>{escape_xml(xml_safe(day.title))}</title>",
        f"<style>{style}</style>",
        '<g id="day">',
        *write_fills(day),
        '</g><g id="night">',
        *write_fills(night),
        "</g>",
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def manifest(name: str, ground: str) -> str:
    """Return a web app manifest."""
    icons = [
        {"src": f"/icon-{kind}{pixels}.png", "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": purpose}
        for kind, purpose in (("", "any"), ("maskable-", "maskable"))
        for pixels in _PWA
    ]
    document = {
        "name": name,
        "short_name": name[:12].strip(),
        "start_url": "/",
        "display": "standalone",
        "background_color": ground,
        "theme_color": ground,
        "icons": icons,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def head_lines(ground: str) -> str:
    """Return what stands in the `<head>` of a page."""
    lines = [
        '<link rel="icon" href="/favicon.ico" sizes="32x32">',
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">',
        '<link rel="apple-touch-icon" href="/apple-touch-icon.png">',
        '<link rel="manifest" href="/site.webmanifest">',
        f'<meta name="theme-color" content="{escape(ground)}">',
        '<meta property="og:image" content="https://example.com/open-graph-1200x630.png">',
    ]
    return "\n".join(lines) + "\n"
