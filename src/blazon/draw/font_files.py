"""Fonts that do not come with Blazon: the user's own, and those of the system.

A family is read from its files: its name, its weights, and what kind of type it is.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

import uharfbuzz as hb

from blazon.brief import Style, TypeKind
from blazon.draw.typefaces import FontFile, TypeFamily
from blazon.errors import InvalidFont
from blazon.settings import Settings

_ENDINGS: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_WEB_ENDINGS: Final = frozenset({".woff", ".woff2"})
_OUTLINES: Final = ("glyf", "CFF ", "CFF2")
_USUAL_WIDTH: Final = 5
_MOST_FACES: Final = 256  # in one collection

# Words in the name of a family that say what it is.
_WORDS: Final = {
    "slab": TypeKind.SLAB,
    "script": TypeKind.SCRIPT,
    "hand": TypeKind.SCRIPT,
    "mono": TypeKind.MONO,
    "fraktur": TypeKind.BLACKLETTER,
    "blackletter": TypeKind.BLACKLETTER,
    "condensed": TypeKind.CONDENSED,
    "narrow": TypeKind.CONDENSED,
    "wide": TypeKind.WIDE,
    "expanded": TypeKind.WIDE,
    "rounded": TypeKind.ROUNDED,
    "stencil": TypeKind.STENCIL,
}
_STYLES: Final = {
    TypeKind.SCRIPT: (Style.HANDMADE,),
    TypeKind.MONO: (Style.TECH,),
    TypeKind.SERIF: (Style.CLASSIC, Style.ELEGANT),
    TypeKind.SANS: (Style.MODERN, Style.MINIMAL),
}


class _Face(NamedTuple):
    """What one font says of itself."""

    file: FontFile
    family: str
    kinds: frozenset[TypeKind]
    italic: bool
    width: int


@dataclass(frozen=True, slots=True)
class FontSources:
    """Where the user's own fonts are.

    Args:
        folder: one whose fonts join the others.
        chosen: files of which one must be taken.
        uploads: where uploaded fonts are, which are taken where their name is said; see `uploaded_fonts`.
    """

    folder: Path | None = None
    chosen: tuple[Path, ...] = ()
    uploads: Path | None = None

    @classmethod
    def configured(cls, settings: Settings) -> "FontSources":
        """Return what the settings name."""
        return cls(settings.fonts_dir, settings.fonts, find_upload_folder(settings))


NO_FONTS: Final = FontSources()


def find_upload_folder(settings: Settings) -> Path | None:
    """Return where uploaded fonts are kept: beside the pictures; None where not all who draw would see that folder."""
    if settings.cluster:
        return None
    if not settings.storage_url:
        return settings.data_dir.absolute() / "fonts"
    url = urlsplit(settings.storage_url)
    return Path(unquote(url.path)) / "fonts" if url.scheme.lower() == "file" else None


def read_family_files(paths: Iterable[Path]) -> tuple[TypeFamily, ...]:
    """Return the families that some files hold, by name; of a collection the first.

    Raises:
        InvalidFont: one is no font that can be set; one line says why and what to do.
    """
    return _families(_read_faces(path)[0] for path in paths)


def read_families(folder: Path) -> tuple[tuple[TypeFamily, ...], tuple[str, ...]]:
    """Return the families in a folder and the folders in it, by name, and a line for each file that cannot be used.

    Files that are no fonts by their ending are passed over.

    Raises:
        InvalidFont: there is no such folder.
    """
    if not folder.is_dir():
        raise InvalidFont(f"{folder} is no folder")
    faces: list[_Face] = []
    problems = []
    for path in _font_paths(folder, _ENDINGS | _WEB_ENDINGS):
        try:
            faces += _read_faces(path)
        except InvalidFont as error:
            problems.append(str(error))
    return _families(faces), tuple(problems)


def read_system_families(folders: Iterable[Path]) -> tuple[TypeFamily, ...]:
    """Return the families that are installed on the system, those of the first folder first."""
    found: dict[str, TypeFamily] = {}
    for folder in folders:
        if folder.is_dir():
            for family in read_families(folder)[0]:
                found.setdefault(family.name, family)
    return tuple(found.values())


def system_folders() -> tuple[Path, ...]:
    """Return the folders in which Linux (as fontconfig has it), macOS and Windows keep fonts."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    return (
        data / "fonts",
        home / ".fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
        home / "Library/Fonts",
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
        Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts",
    )


def _font_paths(folder: Path, endings: frozenset[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names) if Path(name).suffix.lower() in endings)


def _read_faces(path: Path) -> list[_Face]:
    if path.suffix.lower() in _WEB_ENDINGS:
        raise InvalidFont(f"{path} is packed for the web; give the TTF or OTF file of the font")
    try:
        blob = hb.Blob.from_file_path(str(path))
    except hb.HarfBuzzError:
        raise InvalidFont(f"{path} cannot be read") from None
    try:
        return [_read_face(path, hb.Face(blob, index), index) for index in range(_count_faces(blob.data[:12]))]
    except UnicodeDecodeError:  # names of tables and axes that are no text
        raise InvalidFont(f"{path} is damaged") from None


def _count_faces(header: bytes) -> int:
    """Return how many fonts a file holds by its first bytes; what is damaged holds one, which cannot be read."""
    count: int = struct.unpack(">L", header[8:12])[0] if header[:4] == b"ttcf" and len(header) == 12 else 1
    return count if count <= _MOST_FACES else 1


def _read_face(path: Path, face: hb.Face, index: int) -> _Face:
    if not face.glyph_count or not len(face.unicodes):
        raise InvalidFont(f"{path} is damaged, or no font: nothing in it can be read as TrueType or OpenType")
    if not any(face.reference_table(tag).data for tag in _OUTLINES):
        raise InvalidFont(f"{path} has no outlines, only pictures of letters")
    name = _read_name(face)
    if not name:
        raise InvalidFont(f"{path} does not say the name of its family")
    metrics = face.reference_table("OS/2").data
    weight, width = struct.unpack(">HH", metrics[4:8]) if len(metrics) >= 64 else (400, _USUAL_WIDTH)
    italic = len(metrics) >= 64 and bool(struct.unpack(">H", metrics[62:64])[0] & 1)
    variable = any(axis.tag == "wght" for axis in face.axis_infos)
    kinds = _kinds(name, face, metrics[32:42] if len(metrics) >= 64 else b"")
    file = FontFile(path, min(max(weight, 100), 900), index, variable, path.stat().st_mtime_ns)
    return _Face(file, name, kinds, italic, width)


def _read_name(face: hb.Face) -> str:
    for which in (hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY, hb.OTNameIdPredefined.FONT_FAMILY):
        if name := (face.get_name(which, "en") or "").strip():
            return str(name)
    return ""


def _kinds(name: str, face: hb.Face, panose: bytes) -> frozenset[TypeKind]:
    """Return what the words of the name, the widths of letters and PANOSE's first two digits (OpenType, OS/2) say."""
    words = name.lower().replace("-", " ").split()
    kinds = {kind for word, kind in _WORDS.items() if word in words}
    font = hb.Font(face)
    narrow, broad = (font.get_glyph_h_advance(font.get_nominal_glyph(ord(letter)) or 0) for letter in "im")
    if narrow == broad:
        kinds.add(TypeKind.MONO)
    family, serif = panose[:2] if len(panose) >= 2 else (0, 0)
    if family == 3:
        kinds.add(TypeKind.SCRIPT)
    if not kinds & {TypeKind.SCRIPT, TypeKind.BLACKLETTER}:
        plain = "sans" in words or not (
            "serif" in words or TypeKind.SLAB in kinds or (family == 2 and 2 <= serif <= 10)
        )
        kinds.add(TypeKind.SANS if plain else TypeKind.SERIF)
    return frozenset(kinds)


def _families(faces: Iterable[_Face]) -> tuple[TypeFamily, ...]:
    """Return the families of some fonts, by name; of two fonts of one weight, the upright one of the usual width."""
    by_name: dict[str, list[_Face]] = {}
    for face in faces:
        by_name.setdefault(face.family, []).append(face)
    return tuple(_family(name, by_name[name]) for name in sorted(by_name))


def _family(name: str, faces: list[_Face]) -> TypeFamily:
    ranked = sorted(faces, key=lambda face: (face.italic, not face.file.variable, abs(face.width - _USUAL_WIDTH)))
    best = [face for face in ranked if face.italic == ranked[0].italic]
    if best[0].file.variable:
        files: dict[int, FontFile] = {600: best[0].file}
        weights: tuple[int, ...] = (600, 500, 700)
    else:
        files = {}
        for face in best:
            files.setdefault(face.file.weight, face.file)
        weights = tuple(sorted(files, key=lambda weight: (abs(weight - 600), weight)))
    kinds = best[0].kinds
    styles = next((_STYLES[kind] for kind in _STYLES if kind in kinds), (Style.CLASSIC,))
    capitals = not kinds & {TypeKind.SCRIPT, TypeKind.BLACKLETTER}
    return TypeFamily(
        name,
        kinds,
        styles,
        weights,
        capitals=capitals,
        connected=TypeKind.SCRIPT in kinds,
        files=tuple(files[weight] for weight in sorted(files)),
    )
