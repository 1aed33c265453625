"""Fonts that are brought along: what is kept of them, and what is refused."""

import struct
from io import BytesIO

import pytest
import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.draw.families import FAMILIES
from blazon.draw.fonts import FontLibrary
from blazon.errors import InvalidUpload
from blazon.imports.fonts import read_font

RUBIK = FontLibrary(FAMILIES).file_of("Rubik", 600).path.read_bytes()


def build(change=lambda _: None, names=None, letters="abc", segments=4):
    """Return a font of boxes."""
    glyphs = [".notdef", *letters]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(letter): letter for letter in letters})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for step in range(1, segments):
        pen.lineTo((500 if step % 2 else 0, 700 * step // segments + step % 7))
    pen.closePath()
    shape = pen.glyph()
    builder.setupGlyf(dict.fromkeys(glyphs, shape))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable(names or {"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(fsType=0)
    builder.setupPost()
    change(builder.font)
    file = BytesIO()
    builder.font.save(file)
    return file.getvalue()


BOXES = build()


def set_flag(flag):
    def change(font):
        font["OS/2"].fsType = flag

    return change


def test_a_font_is_written_anew_with_what_setting_needs_and_the_same_each_time():
    font = read_font(RUBIK)
    assert (font.title, font.embedding) == ("Rubik", "installable")
    assert "OFL" in font.licence_text or "Open Font" in font.licence_text
    assert read_font(RUBIK).content == font.content
    tables = set(TTFont(BytesIO(font.content)).keys())
    assert not tables & {"fpgm", "prep", "DSIG", "SVG ", "COLR"}
    before, after = (hb.Font(hb.Face(content)) for content in (RUBIK, font.content))
    for glyph in map(before.get_nominal_glyph, map(ord, "RUBgß")):
        assert before.get_glyph_extents(glyph) == after.get_glyph_extents(glyph)


@pytest.mark.parametrize(
    ("flag", "told"), [(0x0, "installable"), (0x4, "preview"), (0x8, "editable"), (0x6, "preview")]
)
def test_what_the_licence_flag_allows_is_known(flag, told):
    font = read_font(build(set_flag(flag)))
    assert font.embedding == told
    assert font.licence_text == ""  # nothing says that it may be passed on
    assert any("kits" in warning for warning in font.warnings)


@pytest.mark.parametrize("flag", [0x2, 0x102, 0x200])
def test_a_font_that_must_not_be_embedded_is_refused(flag):
    with pytest.raises(InvalidUpload, match="must not be embedded"):
        read_font(build(set_flag(flag)))


def test_only_a_font_whose_licence_is_open_goes_into_kits():
    names = {"familyName": "Boxes", "styleName": "Regular", "licenseDescription": "SIL Open Font License 1.1"}
    assert read_font(build(names=names)).licence_text == "SIL Open Font License 1.1"
    assert read_font(build(set_flag(4), names)).licence_text == ""


def test_its_name_can_do_no_harm():
    name = '"};@import url(x)\u202e<b>\n#1234 ' + 300 * "x"
    title = read_font(build(names={"familyName": name, "styleName": "Regular"})).title
    assert title.startswith("import url x b 1234 x")
    assert len(title) <= 46
    assert read_font(build(names={"familyName": "###", "styleName": "x"})).title == "Unnamed"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a font"),
        (b"hello", "not a font"),
        (b"<svg", "not a font"),
        (b"ttcf" + bytes(40), "collection"),
        (b"wOFF" + bytes(40), "first kind"),
        (b"OTTO" + bytes(40), "damaged"),
        (RUBIK[:200], "damaged"),
        (RUBIK[: len(RUBIK) // 2], "damaged"),
        (RUBIK + bytes(5_000_000), "at most 4000000"),
        (build(letters="123"), "no letters"),
        (build(segments=5_000), "too many lines"),
    ],
    ids=range(11),
)
def test_what_cannot_be_used_is_refused_with_the_reason(content, why):
    with pytest.raises(InvalidUpload, match=why):
        read_font(content)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_font_is_read_or_refused_and_nothing_else(changes):
    content = bytearray(BOXES)
    for place, value in changes:
        content[place % len(content)] = value
    try:
        font = read_font(bytes(content))
    except InvalidUpload:
        return
    assert hb.Face(font.content).glyph_count


def pack(content):
    font, file = TTFont(BytesIO(content)), BytesIO()
    font.flavor = "woff2"
    font.save(file)
    return file.getvalue()


def test_a_woff2_is_unpacked():
    pytest.importorskip("brotli")
    font = read_font(pack(BOXES))
    assert font.title == "Boxes"
    assert font.content[:4] == b"\x00\x01\x00\x00"


def find_stream(brotli, packed):
    """Return where the compressed tables of a WOFF2 begin."""
    (size,) = struct.unpack(">L", packed[20:24])
    for start in range(48, 400):
        try:
            brotli.decompress(packed[start : start + size])
        except brotli.error:
            continue
        return start
    raise AssertionError("there is none")


def test_a_woff2_that_unpacks_to_more_than_it_says_is_refused():
    brotli = pytest.importorskip("brotli")
    packed, bomb = pack(BOXES), brotli.compress(bytes(60_000_000), quality=3)
    start = find_stream(brotli, packed)
    content = packed[:20] + struct.pack(">L", len(bomb)) + packed[24:start] + bomb
    assert len(content) < 10_000
    with pytest.raises(InvalidUpload, match="once it is unpacked"):
        read_font(content)
    with pytest.raises(InvalidUpload, match=r"too early|damaged"):
        read_font(packed[:-60])
