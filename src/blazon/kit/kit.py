"""The kit of a logo, from its design to the bytes of a zip."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from blazon.draw.artwork import Materials, Variant
from blazon.draw.lettering import set_line
from blazon.draw.outline import scale_path
from blazon.kit.android_icons import make_android_icons, make_store_icon
from blazon.kit.apple_icons import make_single_size
from blazon.kit.archive import pack
from blazon.kit.bimi import bimi_svg
from blazon.kit.book.book import write_book
from blazon.kit.book.faces import open_faces
from blazon.kit.book.html import html_book
from blazon.kit.book.pdf import pdf_book
from blazon.kit.book.subject import Subject
from blazon.kit.colour_values import CmykProfile, list_swatches
from blazon.kit.disclosure import disclose
from blazon.kit.flutter_files import make_flutter_files
from blazon.kit.kit_file import KitFile, slug_of, text_file
from blazon.kit.logo_files import SMALL_SIZE, make_logo_files, make_small_files, small_picture
from blazon.kit.order import KitOrder
from blazon.kit.readme import write_readme
from blazon.kit.shape import Shape
from blazon.kit.social import make_social_pictures
from blazon.kit.tile import Tile, is_dark, make_tile, variant_for_light
from blazon.kit.tokens import make_tokens
from blazon.kit.type_files import KitFont, find_fonts, make_type_files
from blazon.kit.versions import Colouring, Layout, Version, draw_versions
from blazon.kit.web_icons import make_web_icons

_DESIGN: Final = "the design: Blazon draws all of this from it again"


def make_kit(order: KitOrder, materials: Materials, cmyk: CmykProfile | None = None) -> bytes:
    """Return the kit of a logo as a zip: the same bytes for the same order and version of Blazon.

    Args:
        cmyk: the profile of a press for whose inks the brand book has values; without one it has none.

    Raises:
        InvalidDesign, TextNotCovered: the design cannot be drawn.
    """
    files = list(disclose(order, make_files(order, materials, cmyk)))
    return pack(
        [write_readme(order, files), *files], slug_of(order.name), order.origin.disclosure if order.origin else ""
    )


def make_files(order: KitOrder, materials: Materials, cmyk: CmykProfile | None = None) -> Iterator[KitFile]:
    """Yield all files but README.txt and those of the origin.

    Raises:
        InvalidDesign, TextNotCovered: the design cannot be drawn.
    """
    slug, versions = slug_of(order.name), draw_versions(order.design, materials)
    fonts, tile = find_fonts(order.design, materials.fonts), make_tile(order.design, versions[Layout.MARK], materials)
    yield from _write_book(order, versions, tile, fonts, materials, cmyk)
    yield from make_logo_files(versions, slug, order.label)
    yield from make_small_files(order.design, materials, slug)
    yield from _make_icons(order, versions, tile, materials)
    yield from make_tokens(order.name, slug, versions, fonts)
    yield from make_type_files(fonts)
    yield text_file("design.json", json.dumps(order.design.to_dict(), ensure_ascii=False, indent=2) + "\n", _DESIGN)


def make_book(order: KitOrder, materials: Materials, cmyk: CmykProfile | None = None) -> Iterator[KitFile]:
    """Yield the brand book of a logo alone, as PDF and as HTML.

    Raises:
        InvalidDesign, TextNotCovered: the design cannot be drawn.
    """
    versions = draw_versions(order.design, materials)
    tile = make_tile(order.design, versions[Layout.MARK], materials)
    yield from _write_book(order, versions, tile, find_fonts(order.design, materials.fonts), materials, cmyk)


def _write_book(
    order: KitOrder,
    versions: dict[Layout, Version],
    tile: Tile,
    fonts: tuple[KitFont, ...],
    materials: Materials,
    cmyk: CmykProfile | None,
) -> Iterator[KitFile]:
    faces = open_faces(materials.fonts)
    small = partial(small_picture, order.design, materials, SMALL_SIZE)
    shown = {colour for one in versions.values() for fill in one.picture().fills for colour in (fill.colour, fill.end)}
    book = write_book(
        Subject(
            # What the type of the book cannot set is not said in it.
            order=replace(
                order,
                why=order.why if faces.covers(order.why) else "",
                shows=tuple(one for one in order.shows if faces.covers(one)),
            ),
            name=order.name,
            plate=None if faces.covers(order.name) else _set_plate(order, materials),
            versions=versions,
            tile=tile,
            small=small(Variant.COLOUR),
            small_on_light=small(variant_for_light(order.design.colours.paper)),
            fonts=fonts,
            swatches=list_swatches(order.design.colours, frozenset(colour for colour in shown if colour)),
            materials=materials,
            cmyk=cmyk,
        )
    )
    yield KitFile("brand-book.pdf", pdf_book(book, faces, order.label), "how to use the logo, to print and to send")
    yield text_file("brand-book.html", html_book(book, faces), "the same for a screen")


def _set_plate(order: KitOrder, materials: Materials) -> Shape | None:
    """Return the name as an outline in the logo's own type, its letters 1 high; None where it has none."""
    face = order.design.name_type
    if face is None:
        return None
    line = set_line(order.name, face, 1, materials.fonts)
    return Shape(scale_path(line.path, 1 / (line.cap_height or line.ascender)))


def _make_icons(
    order: KitOrder, versions: dict[Layout, Version], tile: Tile, materials: Materials
) -> Iterator[KitFile]:
    design, mark = order.design, versions[Layout.MARK]
    origin = f" {order.label.disclosure}." if order.label else ""
    dark = Colouring.COLOUR if is_dark(design.colours.paper) else Colouring.REVERSED
    night = make_tile(design, mark, materials, dark, solid=False)
    grey = make_tile(design, mark, materials, Colouring.WHITE, solid=False)
    yield from make_web_icons(design, tile, materials, order.name)
    yield from make_single_size("apps/ios/AppIcon.appiconset", tile, night, grey)
    yield from make_android_icons("apps/android/res", tile)
    yield make_store_icon("apps/android", tile)
    yield from make_flutter_files(versions, tile, design.colours, order.name)
    yield from make_social_pictures(versions, tile)
    yield text_file("email/bimi.svg", bimi_svg(tile, order.name, origin), "mark beside your mails (BIMI)")
