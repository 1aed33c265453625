"""Icons of Android: an adaptive one of vectors, its monochrome form for themed icons, and pictures for old versions.

Sizes follow Android's documents: an adaptive icon is 108 x 108 dp, of which every mask shows a circle of 66 dp.
"""

from collections.abc import Iterator
from typing import Final

from blazon.draw.outline import to_svg
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.picture import Fill, Picture
from blazon.kit.tile import Tile

_DENSITIES: Final = {"mdpi": 48, "hdpi": 72, "xhdpi": 96, "xxhdpi": 144, "xxxhdpi": 192}
_REACH: Final = 0.29  # of 108 dp; a circle of 66 dp reaches 0.305
_STORE: Final = 512
_ADAPTIVE: Final = """<?xml version="1.0" encoding="utf-8"?>
<adaptive-icon xmlns:android="http://schemas.android.com/apk/res/android">
    <background android:drawable="@color/ic_launcher_background" />
    <foreground android:drawable="@drawable/ic_launcher_foreground" />
    <monochrome android:drawable="@drawable/ic_launcher_monochrome" />
</adaptive-icon>
"""
_COLOUR: Final = """<?xml version="1.0" encoding="utf-8"?>
<resources>
    <color name="ic_launcher_background">{}</color>
</resources>
"""


def make_android_icons(folder: str, tile: Tile) -> Iterator[KitFile]:
    """Yield the files of the `res` folder of an app."""
    foreground = tile.without_ground(_REACH)
    for name in ("ic_launcher", "ic_launcher_round"):
        yield text_file(f"{folder}/mipmap-anydpi-v26/{name}.xml", _ADAPTIVE, "adaptive icon; takes the files below")
    yield text_file(f"{folder}/values/ic_launcher_background.xml", _COLOUR.format(tile.ground), "its background")
    yield text_file(f"{folder}/drawable/ic_launcher_foreground.xml", vector_drawable(foreground), "its foreground")
    mono = foreground.in_one_colour("#ffffff")
    yield text_file(f"{folder}/drawable/ic_launcher_monochrome.xml", vector_drawable(mono), "its form for themed icons")
    for density, pixels in _DENSITIES.items():
        icon = tile.png(pixels)
        for name in ("ic_launcher", "ic_launcher_round"):
            yield KitFile(f"{folder}/mipmap-{density}/{name}.png", icon)


def make_store_icon(folder: str, tile: Tile) -> KitFile:
    """Return the icon that the Play Store asks for."""
    return KitFile(f"{folder}/play-store-512.png", tile.png(_STORE, 0.40), "icon for the listing in Google Play")


def vector_drawable(picture: Picture) -> str:
    """Return a square picture as a vector drawable of 108 x 108 dp."""
    side = f"{picture.box.width:g}"
    gradients = any(fill.end for fill in picture.fills)
    more = '\n    xmlns:aapt="http://schemas.android.com/aapt"' if gradients else ""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<vector xmlns:android="http://schemas.android.com/apk/res/android"{more}\n'
        '    android:width="108dp"\n    android:height="108dp"\n'
        f'    android:viewportWidth="{side}"\n    android:viewportHeight="{side}">\n'
    )
    return head + "".join(_path(fill) for fill in picture.fills) + "</vector>\n"


def _path(fill: Fill) -> str:
    data = to_svg(fill.path)
    if not fill.end:
        return f'    <path\n        android:fillColor="{fill.colour}"\n        android:pathData="{data}" />\n'
    box = fill.box
    return (
        f'    <path android:pathData="{data}">\n        <aapt:attr name="android:fillColor">\n'
        f'            <gradient android:type="linear" '
        f'android:startX="{box.left:.2f}" android:startY="{box.bottom:.2f}" '
        f'android:endX="{box.right:.2f}" android:endY="{box.top:.2f}" android:startColor="{fill.colour}" '
        f'android:endColor="{fill.end}" />\n        </aapt:attr>\n    </path>\n'
    )
