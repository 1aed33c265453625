"""The kit of a logo, from its design to the bytes of a zip."""

import json
from collections.abc import Iterator
from typing import Final

from blazon.draw.artwork import Materials
from blazon.kit.android_icons import make_android_icons, make_store_icon
from blazon.kit.apple_icons import make_single_size
from blazon.kit.archive import pack
from blazon.kit.bimi import bimi_svg
from blazon.kit.flutter_files import make_flutter_files
from blazon.kit.kit_file import KitFile, slug_of, text_file
from blazon.kit.logo_files import make_logo_files, make_small_files
from blazon.kit.order import KitOrder
from blazon.kit.readme import write_readme
from blazon.kit.social import make_social_pictures
from blazon.kit.tile import is_dark, make_tile
from blazon.kit.tokens import make_tokens
from blazon.kit.type_files import find_fonts, make_type_files
from blazon.kit.versions import Colouring, Layout, Version, draw_versions
from blazon.kit.web_icons import make_web_icons

_DESIGN: Final = "the design: Blazon draws all of this from it again"


def make_kit(order: KitOrder, materials: Materials) -> bytes:
    """Return the kit of a logo as a zip: the same bytes for the same order and version of Blazon.

    Raises:
        InvalidDesign, TextNotCovered: the design cannot be drawn.
    """
    files = list(make_files(order, materials))
    return pack([write_readme(order, files), *files], slug_of(order.name))


def make_files(order: KitOrder, materials: Materials) -> Iterator[KitFile]:
    """Yield all files but README.txt.

    Raises:
        InvalidDesign, TextNotCovered: the design cannot be drawn.
    """
    slug, versions = slug_of(order.name), draw_versions(order.design, materials)
    yield from make_logo_files(versions, slug)
    yield from make_small_files(order.design, materials, slug)
    yield from _make_icons(order, versions, materials)
    fonts = find_fonts(order.design, materials.fonts)
    yield from make_tokens(order.name, slug, versions, fonts)
    yield from make_type_files(fonts)
    yield text_file("design.json", json.dumps(order.design.to_dict(), ensure_ascii=False, indent=2) + "\n", _DESIGN)


def _make_icons(order: KitOrder, versions: dict[Layout, Version], materials: Materials) -> Iterator[KitFile]:
    design, mark = order.design, versions[Layout.MARK]
    tile = make_tile(design, mark, materials)
    dark = Colouring.COLOUR if is_dark(design.colours.paper) else Colouring.REVERSED
    night = make_tile(design, mark, materials, dark, solid=False)
    grey = make_tile(design, mark, materials, Colouring.WHITE, solid=False)
    yield from make_web_icons(design, tile, materials, order.name)
    yield from make_single_size("apps/ios/AppIcon.appiconset", tile, night, grey)
    yield from make_android_icons("apps/android/res", tile)
    yield make_store_icon("apps/android", tile)
    yield from make_flutter_files(versions, tile, design.colours, order.name)
    yield from make_social_pictures(versions, tile)
    yield text_file("email/bimi.svg", bimi_svg(tile.picture(), order.name), "mark beside your mails (BIMI)")
