"""The kit of a logo, from its design to the bytes of a zip."""

from collections.abc import Iterator

from blazon.draw.artwork import Materials
from blazon.kit.archive import pack
from blazon.kit.kit_file import KitFile, slug_of
from blazon.kit.logo_files import make_logo_files, make_small_files
from blazon.kit.order import KitOrder
from blazon.kit.readme import write_readme
from blazon.kit.versions import draw_versions


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
