"""Icons of iOS and macOS as asset catalogues of Xcode; none has an alpha channel where the App Store refuses one."""

import json
from collections.abc import Iterator
from typing import Any, Final

from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.tile import Tile

# Points, scale and idiom of each icon in the template of a Flutter app.
_PHONE: Final = ((20, 2), (20, 3), (29, 1), (29, 2), (29, 3), (40, 2), (40, 3), (60, 2), (60, 3))
_PAD: Final = ((20, 1), (20, 2), (29, 1), (29, 2), (40, 1), (40, 2), (76, 1), (76, 2), (83.5, 2))
_STORE: Final = 1024
_MAC: Final = (16, 32, 64, 128, 256, 512, 1024)
_MAC_SLOTS: Final = ((16, 1), (16, 2), (32, 1), (32, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 2))
_INFO: Final = {"version": 1, "author": "xcode"}
_REACH: Final = 0.40


def make_single_size(folder: str, day: Tile, night: Tile, grey: Tile) -> Iterator[KitFile]:
    """Yield a catalogue of Xcode 15 and newer: one picture for all sizes, one for dark mode, one that is tinted."""
    tiles = {"AppIcon.png": day, "AppIcon-Dark.png": night, "AppIcon-Tinted.png": grey}
    uses = (
        "app icon and App Store, 1024 pixels, without alpha",
        "the same in dark mode",
        "the same where iOS tints it",
    )
    for (name, tile), use in zip(tiles.items(), uses, strict=True):
        yield KitFile(f"{folder}/{name}", tile.png(_STORE, _REACH), use)
    images: list[dict[str, Any]] = [
        {"filename": name, "idiom": "universal", "platform": "ios", "size": "1024x1024"} for name in tiles
    ]
    for image, value in zip(images[1:], ("dark", "tinted"), strict=True):
        image["appearances"] = [{"appearance": "luminosity", "value": value}]
    yield _contents(folder, images)


def make_ios_set(folder: str, tile: Tile) -> Iterator[KitFile]:
    """Yield a catalogue with a picture for each size, as the template of a Flutter app has it."""
    slots = [("iphone", *slot) for slot in _PHONE] + [("ipad", *slot) for slot in _PAD]
    images = [
        {"size": f"{points:g}x{points:g}", "idiom": idiom, "filename": _ios_name(points, scale), "scale": f"{scale}x"}
        for idiom, points, scale in slots
    ]
    images.append({"size": "1024x1024", "idiom": "ios-marketing", "filename": _ios_name(_STORE, 1), "scale": "1x"})
    pixels = {_ios_name(points, scale): round(points * scale) for _, points, scale in slots} | {
        _ios_name(_STORE, 1): _STORE
    }
    drawn = {side: tile.png(side, _REACH) for side in {*pixels.values()}}
    for name, side in pixels.items():
        yield KitFile(f"{folder}/{name}", drawn[side])
    yield _contents(folder, images)


def make_mac_set(folder: str, tile: Tile) -> Iterator[KitFile]:
    """Yield the catalogue of a macOS app, as the template of a Flutter app has it."""
    for side in _MAC:
        yield KitFile(f"{folder}/app_icon_{side}.png", tile.png(side, _REACH))
    images = [
        {
            "size": f"{points}x{points}",
            "idiom": "mac",
            "filename": f"app_icon_{points * scale}.png",
            "scale": f"{scale}x",
        }
        for points, scale in _MAC_SLOTS
    ]
    yield _contents(folder, images)


def _ios_name(points: float, scale: int) -> str:
    return f"Icon-App-{points:g}x{points:g}@{scale}x.png"


def _contents(folder: str, images: list[dict[str, Any]]) -> KitFile:
    return text_file(f"{folder}/Contents.json", json.dumps({"images": images, "info": _INFO}, indent=2) + "\n")
