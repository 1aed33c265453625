"""A Flutter app, dressed: files with the names and places that `flutter create` gives, to be copied over an app."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Final

from blazon.design import ColourScheme
from blazon.kit.android_icons import make_android_icons
from blazon.kit.apple_icons import make_ios_set, make_mac_set
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.png_file import bitmap_of, png_of
from blazon.kit.tile import Tile
from blazon.kit.versions import Colouring, Layout, Version

_ICO: Final = (16, 32, 48, 256)
_HEIGHT: Final = 64  # logical pixels of a logo in the assets
_SCALES: Final = {1: "", 2: "2.0x/", 3: "3.0x/"}
_SHOWN: Final = (Layout.HORIZONTAL, Layout.STACKED, Layout.MARK, Layout.WORDMARK)
_PUBSPEC: Final = """# Lines for pubspec.yaml; Flutter takes the folders 2.0x and 3.0x by itself.
flutter:
  assets:
    - assets/brand/
"""


def make_flutter_files(
    versions: Mapping[Layout, Version], tile: Tile, colours: ColourScheme, name: str
) -> Iterator[KitFile]:
    """Yield the files of `flutter/`."""
    root = "flutter"
    yield from _without_uses(make_android_icons(f"{root}/android/app/src/main/res", tile))
    yield from make_ios_set(f"{root}/ios/Runner/Assets.xcassets/AppIcon.appiconset", tile)
    yield from make_mac_set(f"{root}/macos/Runner/Assets.xcassets/AppIcon.appiconset", tile)
    yield KitFile(f"{root}/windows/runner/resources/app_icon.ico", _windows_icon(tile))
    yield KitFile(f"{root}/web/favicon.png", tile.png(32))
    for pixels in (192, 512):
        yield KitFile(f"{root}/web/icons/Icon-{pixels}.png", tile.png(pixels, 0.44))
        yield KitFile(f"{root}/web/icons/Icon-maskable-{pixels}.png", tile.png(pixels))
    yield text_file(f"{root}/web/manifest.json", _manifest(name, tile.ground))
    yield from _assets(f"{root}/assets/brand", versions)
    use = "copy flutter/ over the app: icons of five systems, assets and colours"
    yield text_file(
        f"{root}/lib/brand.dart", brand_dart(colours, [layout for layout in _SHOWN if layout in versions]), use
    )
    yield text_file(f"{root}/pubspec-lines.yaml", _PUBSPEC, "what pubspec.yaml needs besides")


def brand_dart(colours: ColourScheme, layouts: list[Layout]) -> str:
    """Return the colours and the paths of the assets as Dart."""
    roles = ("mark", "accent", "tint", "name", "slogan", "paper")
    lines = [
        "import 'package:flutter/painting.dart';",
        "",
        "/// Colours and pictures of the brand.",
        "abstract final class Brand {",
    ]
    lines += [f"  static const {role} = Color(0xFF{getattr(colours, role)[1:].upper()});" for role in roles]
    for layout in layouts:
        for colouring in (Colouring.COLOUR, Colouring.REVERSED):
            constant = layout.value + ("" if colouring is Colouring.COLOUR else "Reversed")
            lines.append(f"  static const {constant}Logo = AssetImage('assets/brand/{layout}-{colouring}.png');")
    return "\n".join([*lines, "}", ""])


def _assets(folder: str, versions: Mapping[Layout, Version]) -> Iterator[KitFile]:
    for layout in _SHOWN:
        for colouring in (Colouring.COLOUR, Colouring.REVERSED):
            if layout in versions:
                picture = versions[layout].picture(colouring)
                longest = _HEIGHT * max(1.0, picture.box.width / picture.box.height)
                for scale, place in _SCALES.items():
                    yield KitFile(f"{folder}/{place}{layout}-{colouring}.png", png_of(picture, round(longest * scale)))


def _windows_icon(tile: Tile) -> bytes:
    images = [bitmap_of(tile.picture(0.44), pixels) for pixels in _ICO]
    file = BytesIO()
    sizes = [(pixels, pixels) for pixels in _ICO]
    images[-1].save(file, "ICO", sizes=sizes, append_images=images[:-1])
    return file.getvalue()


def _manifest(name: str, ground: str) -> str:
    icons = [
        {"src": f"icons/Icon-{kind}{pixels}.png", "sizes": f"{pixels}x{pixels}", "type": "image/png"}
        | ({"purpose": "maskable"} if kind else {})
        for kind in ("", "maskable-")
        for pixels in (192, 512)
    ]
    document = {
        "name": name,
        "short_name": name[:12].strip(),
        "start_url": ".",
        "display": "standalone",
        "background_color": ground,
        "theme_color": ground,
        "orientation": "portrait-primary",
        "prefer_related_applications": False,
        "icons": icons,
    }
    return json.dumps(document, ensure_ascii=False, indent=4) + "\n"


def _without_uses(files: Iterator[KitFile]) -> Iterator[KitFile]:
    return (KitFile(file.path, file.content) for file in files)
