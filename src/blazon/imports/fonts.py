"""A font from elsewhere, as TTF, OTF or WOFF2: checked, and written anew with what setting a name needs.

What is left out could do harm or nothing: programs that hint, colours, pictures, signatures and unknown tables.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import uharfbuzz as hb
from fontTools.misc import sstruct
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import WOFF2DirectoryEntry, woff2DirectoryFormat, woff2DirectorySize
from pathops import Path, PathOpsError

from blazon.draw.outline_crossings import meet_too_often
from blazon.errors import InvalidUpload

MAX_FONT_BYTES: Final = 4_000_000
_MOST_UNPACKED: Final = 16_000_000
_KINDS: Final = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"wOF2")
_WOFF2: Final = b"wOF2"
_NEEDED: Final = ("cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2")
_KEPT: Final = frozenset(
    (*_NEEDED, "post", "glyf", "loca", "CFF ", "CFF2", "GPOS", "GSUB", "GDEF", "kern", "fvar", "avar", "gvar", "HVAR")
) | {"STAT", "MVAR"}
_REWRITTEN: Final = (*_NEEDED, "glyf", "loca", "CFF ", "CFF2")
_MOST_GLYPHS: Final = 30_000
_MOST_SEGMENTS: Final = 2_000  # of one glyph; letters with swashes have 300
_PLAIN: Final = 120  # so few segments cross seldom enough
_MOST_TITLE: Final = 46
# OpenType, OS/2, fsType: what its maker lets others do.
_RESTRICTED: Final = 0x0002
_LEVELS: Final = 0x000F
_PICTURES_ONLY: Final = 0x0200
_NAMES: Final = {0: "installable", 4: "preview", 8: "editable"}
# Words in the licence of a font that may be passed on.
_OPEN: Final = ("open font license", "ofl", "apache", "ubuntu font", "creative commons zero", "cc0", "mit license")
_PRINTED: Final = frozenset(" -_.'&+")


@dataclass(frozen=True, slots=True)
class OwnFont:
    """A font that was brought along.

    Args:
        title: the name of its family.
        content: the file as it is kept, TrueType or OpenType.
        embedding: what its flag fsType allows: `installable`, `editable` or `preview`.
        licence: what it says of its licence, in a line; empty where it says nothing.
        licence_text: the same in full where it may be passed on, and so be in a kit; else empty.
        warnings: what whoever brought it should know, a sentence each.
    """

    title: str
    content: bytes = field(repr=False)
    embedding: str
    licence: str
    licence_text: str
    warnings: tuple[str, ...] = ()


def read_font(content: bytes) -> OwnFont:
    """Return a font, checked and written anew; the same bytes for the same file.

    Raises:
        InvalidUpload: it is none, is damaged or too large, or its licence flag forbids it; one line says what helps.
    """
    _check_file(content)
    try:
        with TTFont(BytesIO(content), recalcBBoxes=False, recalcTimestamp=False, lazy=True) as font:
            _check_tables(font)
            embedding = _read_embedding(font)
            title, licence = _read_title(font), _read_licence(font)
            clean = _write(font)
    except InvalidUpload:
        raise
    except Exception as error:  # noqa: BLE001 - fontTools raises of every kind on damaged files
        raise InvalidUpload(f"this font is damaged: {type(error).__name__} {str(error)[:80]}".strip()) from None
    warnings = tuple(_examine(clean))
    is_open = embedding == "installable" and any(word in licence.casefold() for word in _OPEN)
    if not is_open:
        warnings = (*warnings, "It is not put into kits: nothing in it says that it may be passed on.")
    return OwnFont(title, clean, embedding, licence[:200], licence if is_open else "", warnings)


def _check_file(content: bytes) -> None:
    """Refuse what is no font, or larger than what is read, unpacked as well.

    Raises:
        InvalidUpload: so it is.
    """
    if len(content) > MAX_FONT_BYTES:
        raise InvalidUpload(f"the font has {len(content)} bytes; at most {MAX_FONT_BYTES} are read")
    if content[:4] == b"ttcf":
        raise InvalidUpload("this is a collection of fonts; send one of them as TTF or OTF")
    if content[:4] == b"wOFF":
        raise InvalidUpload("this is a WOFF of the first kind; send the TTF, OTF or WOFF2 of the font")
    if content[:4] not in _KINDS:
        raise InvalidUpload("this is not a font: a TTF, OTF or WOFF2 is needed")
    if content[:4] == _WOFF2:
        _limit_unpacked(content)


def _limit_unpacked(content: bytes) -> None:
    """Refuse a WOFF2 that is more than it may be once it is unpacked, whatever its head claims.

    See https://www.w3.org/TR/WOFF2/ for the format.

    Raises:
        InvalidUpload: so it is, or it is damaged.
    """
    try:
        import brotli
    except ImportError:
        raise InvalidUpload("WOFF2 cannot be unpacked here; send the TTF or OTF of the font") from None
    try:
        file = BytesIO(content)
        head: dict[str, Any] = sstruct.unpack(woff2DirectoryFormat, file.read(woff2DirectorySize))
        for _ in range(head["numTables"]):
            WOFF2DirectoryEntry().fromFile(file)
        start = file.tell()
        packed = content[start : start + head["totalCompressedSize"]]
        unpacking, unpacked = brotli.Decompressor(), 0
        while not unpacking.is_finished():
            part = unpacking.process(packed, output_buffer_limit=1_000_000)
            packed, unpacked = b"", unpacked + len(part)
            if unpacked > _MOST_UNPACKED or head["totalSfntSize"] > _MOST_UNPACKED:
                raise InvalidUpload(f"the font is larger than {_MOST_UNPACKED} bytes once it is unpacked")
            if not part and unpacking.can_accept_more_data():
                raise InvalidUpload("this WOFF2 ends too early")
    except InvalidUpload:
        raise
    except Exception as error:  # noqa: BLE001 - as fontTools and brotli have it
        raise InvalidUpload(f"this WOFF2 is damaged: {str(error)[:80]}") from None


def _check_tables(font: TTFont) -> None:
    missing = [tag for tag in _NEEDED if tag not in font]
    if missing:
        raise InvalidUpload(f"this font is damaged: it has no table {', '.join(missing)}")
    if not any(tag in font for tag in ("glyf", "CFF ", "CFF2")):
        raise InvalidUpload("this font has no outlines, only pictures of letters")
    if (count := int(font["maxp"].numGlyphs)) > _MOST_GLYPHS:
        raise InvalidUpload(f"the font has {count} glyphs; at most {_MOST_GLYPHS} are read: send it with fewer scripts")


def _read_embedding(font: TTFont) -> str:
    """Return what fsType allows; of several levels the most lenient counts.

    Raises:
        InvalidUpload: it may not be embedded.
    """
    flags = int(font["OS/2"].fsType)
    levels = flags & _LEVELS
    if levels == _RESTRICTED or flags & _PICTURES_ONLY:
        raise InvalidUpload(
            "the licence flag of this font (fsType) says that it must not be embedded anywhere; ask its maker for "
            "another licence, or for a file that says so"
        )
    return _NAMES[8 if levels & 8 else 4 if levels & 4 else 0]


def _read_title(font: TTFont) -> str:
    """Return the name of the family, of letters, digits and few signs: it goes into CSS, XML and names of files."""
    names = font["name"]
    told = next((name for which in (16, 1) if (name := names.getDebugName(which))), "")
    kept = "".join(char if char in _PRINTED or unicodedata.category(char)[0] in "LN" else " " for char in told)
    return " ".join(unicodedata.normalize("NFC", kept).split())[:_MOST_TITLE].strip() or "Unnamed"


def _read_licence(font: TTFont) -> str:
    names = font["name"]
    told = " ".join(name.strip() for which in (13, 14) if (name := names.getDebugName(which)))
    return "".join(char for char in told if char.isprintable())[:8_000]


def _write(font: TTFont) -> bytes:
    """Return the font with the tables that are kept.

    Those that outlines come from are read and written anew; of the rules for layout and variations, which take longer
    to read than all else, HarfBuzz checks each offset whenever it reads one.
    """
    for tag in [tag for tag in font.keys() if tag not in _KEPT and tag != "GlyphOrder"]:  # noqa: SIM118
        del font[tag]
    font.flavor = None
    for tag in _REWRITTEN:
        if tag in font:
            font[tag]  # which reads it
    if "glyf" in font:
        for glyph in font["glyf"].glyphs.values():
            glyph.expand(font["glyf"])
            glyph.removeHinting()
    file = BytesIO()
    font.save(file, reorderTables=True)
    return file.getvalue()


def _examine(content: bytes) -> Iterator[str]:
    """Draw all glyphs as they will be drawn; yield what is to be known of them.

    Raises:
        InvalidUpload: HarfBuzz cannot read it, or a glyph would take long to draw.
    """
    face = hb.Face(content)
    letters = [char for char in map(chr, face.unicodes) if char.isalpha()]
    if not letters:
        raise InvalidUpload("this font has no letters")
    font = hb.Font(face)
    if not 16 <= face.upem <= 16_384:
        raise InvalidUpload("this font is damaged: the size of its em is none")
    for glyph in range(face.glyph_count):
        _check_glyph(font, glyph, face.upem)
    if not {*"abcdefghijklmnopqrstuvwxyz"} <= {*letters}:
        yield "It has not all letters from a to z."


def _check_glyph(font: hb.Font, glyph: int, upem: int) -> None:
    path = Path()
    try:
        font.draw_glyph_with_pen(glyph, path.getPen(glyphSet=None))
        segments = sum(1 for _ in path.segments)
    except (PathOpsError, ValueError) as error:
        raise InvalidUpload(f"glyph {glyph} of this font cannot be drawn: {str(error)[:60]}") from None
    box = path.bounds
    if not all(map(math.isfinite, box)) or max(map(abs, box), default=0) > 40 * upem:
        raise InvalidUpload(f"glyph {glyph} of this font reaches far beyond its line")
    if segments > _MOST_SEGMENTS or (segments > _PLAIN and meet_too_often([path])):
        raise InvalidUpload(f"glyph {glyph} of this font is drawn with too many lines that cross; simplify it")
