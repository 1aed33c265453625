"""Designs to make kits of, and the kits as files by name."""

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, FrameShape, SymbolMark, Treatment, Typeface
from blazon.draw.artwork import Materials
from blazon.kit.kit import make_kit
from blazon.kit.order import KitOrder

_DAY = ColourScheme("#0a5c4a", "#d1495b", "#cfe8e0", "#15201d", "#3d4f4a", "#ffffff")
_FLAT = ColourScheme("#0a5c4a", "#0a5c4a", "#cfe8e0", "#15201d", "#3d4f4a", "#f6f4ee")

DESIGNS = {
    "lockup": Design(
        "Fox & Sons (Ltd)",
        LayoutKind.HORIZONTAL,
        SymbolMark("mdi:coffee"),
        _DAY,
        brand_name="Fox & Sons",
        slogan="Since ever",
        name_type=Typeface("Outfit", 600),
        slogan_type=Typeface("Outfit", 500),
        credits=("Coffee by Somebody, CC BY 4.0",),
    ),
    "gradient": Design(
        "Aurora", LayoutKind.STACKED, SymbolMark("mdi:leaf"), _DAY, Treatment.GRADIENT, brand_name="Aurora",
        name_type=Typeface("Sora", 600),
    ),
    "wordmark": Design(
        "Øresund", LayoutKind.WORDMARK, None, _FLAT, brand_name="Øresund", name_type=Typeface("Jost", 600)
    ),
    "symbol": Design(
        "A leaf", LayoutKind.SYMBOL, SymbolMark("mdi:leaf"), _FLAT, Treatment.KNOCKED_OUT, FrameShape.SQUIRCLE
    ),
    "arabic": Design(
        "قهوة", LayoutKind.STACKED, SymbolMark("mdi:coffee"), _FLAT, brand_name="قهوة", name_type=Typeface("Cairo", 600)
    ),
}  # fmt: skip


def read_zip(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by their paths under its one folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def materials() -> Materials:
    return Materials.open()


@pytest.fixture(scope="session")
def kit_of(materials: Materials) -> Callable[[str], dict[str, bytes]]:
    """Return the files of the kit of one of `DESIGNS`."""

    @cache
    def make(name: str) -> dict[str, bytes]:
        design = DESIGNS[name]
        order = KitOrder(
            design, ("coffee",), "Coffee is what it sells.", "blazon/vector-1", "Apache-2.0", design.credits
        )
        return read_zip(make_kit(order, materials))

    return make


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """Run a program and return what it prints.

    Where it is not installed the test is skipped, and says why; continuous integration installs it, so there it fails.
    """

    def call(tool: str, *arguments: str | Path) -> str:
        path = shutil.which(tool)
        if path is None:
            missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            missing(f"{tool} is not installed")
        done = subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


@pytest.fixture(scope="session")
def difference() -> Callable[[bytes, bytes], float]:
    """Return the mean difference of the channels of two PNGs, 0 to 255, on grey and in the size of the second."""

    def measure(one: bytes, other: bytes) -> float:
        first, second = (_on_grey(Image.open(io.BytesIO(png))) for png in (one, other))
        return sum(ImageStat.Stat(ImageChops.difference(first.resize(second.size), second)).mean) / 3

    return measure


def _on_grey(picture: Image.Image) -> Image.Image:
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "#808080"), picture).convert("RGB")


@pytest.fixture(scope="session")
def designs() -> dict[str, Design]:
    return DESIGNS
