import json
import math
import re
from collections.abc import Callable
from io import BytesIO
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from blazon.draw.curves import combine_paths
from blazon.draw.outline import Box, rectangle
from blazon.kit.bimi import bimi_svg
from blazon.kit.picture import Picture, fill
from blazon.kit.tile import Tile

Kit = Callable[[str], dict[str, bytes]]
ANDROID = "{http://schemas.android.com/apk/res/android}"


def read(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("name", ["lockup", "gradient", "wordmark", "symbol"])
def test_what_a_mask_leaves_holds_the_whole_mark(kit_of: Kit, name: str) -> None:
    files = kit_of(name)
    for path in ("web/icon-maskable-192.png", "apps/android/res/mipmap-xxxhdpi/ic_launcher.png"):
        picture = read(files[path]).convert("RGB")
        side, pixels = picture.width, picture.load()
        for x, y in product(range(side), repeat=2):
            if math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) > 0.40 * side + 1:
                assert pixels[x, y] == pixels[0, 0]


def test_the_favicon_has_three_sizes_of_its_own(kit_of: Kit) -> None:
    content = kit_of("lockup")["web/favicon.ico"]
    assert content[:6] == b"\0\0\1\0\3\0"  # reserved, an icon, three pictures
    assert sorted(content[6 + 16 * number] for number in range(3)) == [16, 32, 48]
    assert read(content).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_no_icon_of_apple_has_an_alpha_channel(kit_of: Kit) -> None:
    files = kit_of("lockup")
    icons = [path for path in files if path.endswith(".png") and ("apple-touch" in path or "AppIcon" in path)]
    assert len(icons) > 20
    assert {read(files[path]).mode for path in icons} == {"RGB"}


def test_asset_catalogues_name_files_of_the_right_size(kit_of: Kit) -> None:
    files = kit_of("wordmark")
    catalogues = [path for path in files if path.endswith("Contents.json")]
    assert len(catalogues) == 3
    for catalogue in catalogues:
        for image in json.loads(files[catalogue])["images"]:
            picture = read(files[catalogue.replace("Contents.json", image["filename"])])
            side = float(image["size"].partition("x")[0]) * int(image.get("scale", "1x")[0])
            assert picture.size == (side, side)


def test_manifests_name_files_of_the_right_size(kit_of: Kit) -> None:
    files = kit_of("arabic")
    for path in ("web/site.webmanifest", "flutter/web/manifest.json"):
        manifest = json.loads(files[path])
        assert manifest["name"] == "قهوة"
        assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
        for icon in manifest["icons"]:
            picture = read(files[f"{path.rpartition('/')[0]}/{icon['src'].lstrip('/')}"])
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_head_lines_name_files_that_are_there(kit_of: Kit) -> None:
    files = kit_of("lockup")
    for name in re.findall(r'href="/([^"]+)"', files["web/head.html"].decode()):
        assert f"web/{name}" in files


def test_the_icon_follows_dark_mode(
    kit_of: Kit, tmp_path: Path, run: Callable[..., str], difference: Callable[[bytes, bytes], float]
) -> None:
    svg = kit_of("wordmark")["web/icon.svg"].decode()
    assert len(ElementTree.fromstring(svg)) == 4
    drawn = {}
    for scheme in ("light", "dark"):
        page, shot = tmp_path / "page.html", tmp_path / f"{scheme}.png"
        page.write_text(f'<meta name="color-scheme" content="{scheme}"><body style="background:#808080">{svg}')
        # What a page prefers is a wish of the system: the query is turned over instead.
        if scheme == "dark":
            page.write_text(page.read_text().replace("prefers-color-scheme:dark", "prefers-color-scheme:light"))
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=300,300")
        run("chromium", *options, f"--screenshot={shot}", page)
        drawn[scheme] = shot.read_bytes()
    assert difference(drawn["light"], drawn["dark"]) > 3


def test_an_adaptive_icon_names_what_is_there_and_keeps_within_66_dp(kit_of: Kit) -> None:
    for name in ("lockup", "gradient"):
        files, root = kit_of(name), "apps/android/res"
        for child in ElementTree.fromstring(files[f"{root}/mipmap-anydpi-v26/ic_launcher.xml"]):
            kind, _, target = child.get(f"{ANDROID}drawable", "").removeprefix("@").partition("/")
            folder = "values" if kind == "color" else "drawable"
            assert f"{root}/{folder}/{target}.xml" in files
        vector = ElementTree.fromstring(files[f"{root}/drawable/ic_launcher_foreground.xml"])
        side = float(vector.get(f"{ANDROID}viewportWidth", "0"))
        for path in vector.iter("path"):
            numbers = [float(part) for part in re.findall(r"-?[\d.]+", path.get(f"{ANDROID}pathData", ""))]
            assert min(numbers) > side * (0.5 - 33 / 108)
            assert max(numbers) < side * (0.5 + 33 / 108)


def test_flutter_files_have_the_names_of_a_new_app(kit_of: Kit) -> None:
    files = {path.removeprefix("flutter/") for path in kit_of("lockup") if path.startswith("flutter/")}
    for density in ("mdpi", "hdpi", "xhdpi", "xxhdpi", "xxxhdpi"):
        assert f"android/app/src/main/res/mipmap-{density}/ic_launcher.png" in files
    assert "ios/Runner/Assets.xcassets/AppIcon.appiconset/Icon-App-83.5x83.5@2x.png" in files
    assert "macos/Runner/Assets.xcassets/AppIcon.appiconset/app_icon_1024.png" in files
    assert {"windows/runner/resources/app_icon.ico", "web/favicon.png", "web/icons/Icon-maskable-512.png"} <= files
    dart = kit_of("lockup")["flutter/lib/brand.dart"].decode()
    assert "static const mark = Color(0xFF0A5C4A);" in dart
    for asset in re.findall(r"AssetImage\('([^']+)'\)", dart):
        assert {asset, asset.replace("brand/", "brand/2.0x/"), asset.replace("brand/", "brand/3.0x/")} <= files


def test_pictures_for_networks_have_the_size_in_their_names(kit_of: Kit) -> None:
    files = {path: content for path, content in kit_of("symbol").items() if path.startswith("social/")}
    assert len(files) == 5
    for path, content in files.items():
        size = re.search(r"-(\d+)(?:x(\d+))?\.png", path)
        assert size is not None
        assert read(content).size == (int(size[1]), int(size[2] or size[1]))


# The elements and attributes of SVG Tiny PS that a filled drawing may have (draft-svg-tiny-ps-abrotman, and the
# schema of the AuthIndicators group); all that animates, scripts, links or loads is not in it.
_TINY = {
    "svg": {"version", "baseProfile", "viewBox"},
    "title": set(),
    "desc": set(),
    "path": {"d", "fill"},
    "linearGradient": {"id", "x1", "y1", "x2", "y2"},
    "stop": {"offset", "stop-color"},
}


@pytest.mark.parametrize("name", ["lockup", "gradient", "wordmark", "symbol", "arabic"])
def test_the_mark_for_mail_is_svg_tiny_portable_secure(kit_of: Kit, name: str) -> None:
    content = kit_of(name)["email/bimi.svg"]
    assert len(content) <= 32_000
    root = ElementTree.fromstring(content)
    assert (root.get("version"), root.get("baseProfile")) == ("1.2", "tiny-ps")
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert width == height
    for element in root.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert set(element.attrib) <= _TINY[tag]
        # Tiny has no arcs.
        assert not set(element.get("d", "")) & set("Aa")
    title = root[0]
    assert title.tag.endswith("title")
    assert 0 < len(title.text or "") <= 64


def test_a_mark_of_many_points_is_simplified_for_mail() -> None:
    paper = Box(0, 0, 1000, 1000)
    comb = combine_paths([rectangle(Box(n, n % 3, n + 0.5, 900.5 - n % 7)) for n in range(1200)])
    plain = Picture(paper, (fill(rectangle(paper), "#0a5c4a"),))
    tile = Tile(Picture(paper, (fill(comb, "#0a5c4a"),)), {48: plain}, "#ffffff")
    assert len(bimi_svg(tile, "Comb").encode()) < 1000
