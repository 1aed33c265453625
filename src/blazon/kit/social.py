"""Pictures for social networks: an avatar, the card of a link, and covers, clear of what the networks lay over them."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from blazon.draw.outline import Box
from blazon.kit.kit_file import KitFile
from blazon.kit.picture import Picture, place
from blazon.kit.png_file import opaque_png_of
from blazon.kit.tile import Tile
from blazon.kit.versions import Colouring, Layout, Version


class Sheet(NamedTuple):
    """A picture: its size in pixels, the share of width and height that the logo may take, and what it is for."""

    name: str
    width: int
    height: int
    across: float
    down: float
    use: str


SHEETS: Final = (
    Sheet("open-graph-1200x630", 1200, 630, 0.62, 0.46, "card of a link in chats and networks (og:image)"),
    Sheet("header-1500x500", 1500, 500, 0.40, 0.44, "header of X, Mastodon and Bluesky"),
    Sheet("cover-1584x396", 1584, 396, 0.34, 0.46, "cover of a LinkedIn profile, and of a page when cropped"),
    Sheet("post-1080x1080", 1080, 1080, 0.64, 0.50, "square post"),
)
_AVATAR: Final = 800
_WIDE: Final = 1.6


def make_social_pictures(versions: Mapping[Layout, Version], tile: Tile) -> Iterator[KitFile]:
    """Yield the files of `social/`."""
    yield KitFile("social/avatar-800.png", tile.png(_AVATAR), "profile picture everywhere; nothing is lost in a circle")
    for sheet in SHEETS:
        picture = lay_out(sheet, versions)
        yield KitFile(f"social/{sheet.name}.png", opaque_png_of(picture, max(sheet.width, sheet.height)), sheet.use)


def lay_out(sheet: Sheet, versions: Mapping[Layout, Version]) -> Picture:
    """Return the logo in the middle of a sheet on its paper, in the version that suits its format."""
    wide = sheet.width > _WIDE * sheet.height
    order = (Layout.HORIZONTAL, Layout.WORDMARK) if wide else (Layout.STACKED, Layout.WORDMARK)
    version = next((versions[layout] for layout in order if layout in versions), versions[Layout.MARK])
    box = Box(0, 0, sheet.width, sheet.height)
    x, y = box.width * (1 - sheet.across) / 2, box.height * (1 - sheet.down) / 2
    target = Box(x, y, box.width - x, box.height - y)
    logo = version.picture()
    fills = place(logo.fills, version.ink, target)
    return Picture(box, fills, logo.title).on(version.paper(Colouring.COLOUR))
