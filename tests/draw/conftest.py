from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from blazon.draw.artwork import Materials


@pytest.fixture(scope="session")
def materials() -> Materials:
    return Materials.open()


@pytest.fixture(scope="session")
def write_font() -> Callable[..., Path]:
    return _write_font


def _write_font(
    path: Path,
    family: str = "Own Face",
    letters: str = "Hxd",
    *,
    weight: int = 400,
    italic: bool = False,
    top: int = 700,
) -> Path:
    """Write a TrueType font that has boxes of height `top` for some letters, and return its path."""
    names = [".notdef", "space", *(f"u{ord(letter):04X}" for letter in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space", **{ord(letter): f"u{ord(letter):04X}" for letter in letters}})
    empty, pen = TTGlyphPen(None).glyph(), TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, top), (450, top), (450, 0)):
        pen.lineTo(point)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf({name: empty if name in names[:2] else box for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(usWeightClass=weight, fsSelection=1 if italic else 64)
    builder.setupPost()
    builder.save(path)
    return path
