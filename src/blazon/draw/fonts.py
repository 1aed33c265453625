"""The fonts: where their files are, which characters they have, and one HarfBuzz font for each weight."""

import json
import logging
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache, partial
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any, Final, NamedTuple

import uharfbuzz as hb
from pathops import Path

from blazon.brief import Style, TypeKind
from blazon.draw.families import FAMILIES
from blazon.draw.font_files import (
    FontSources,
    read_families,
    read_family_files,
    read_system_families,
    system_folders,
)
from blazon.draw.outline import union
from blazon.draw.typefaces import FontFile, TypeFamily
from blazon.draw.uploaded_fonts import read_uploaded_family
from blazon.draw.writing import make_printable
from blazon.errors import EngineUnavailable, InvalidDesign, TextNotCovered

log = logging.getLogger(__name__)

# Fonts kept open: their files are mapped, not read, so that one costs well under a megabyte.
OPEN_FONTS: Final = 16
_UPLOADS: Final = 256  # families of which it is known what they are


class Extent(NamedTuple):
    """The box of an outline, y up."""

    left: float
    low: float
    right: float
    high: float

    @classmethod
    def of(cls, path: Path) -> "Extent":
        return cls(*path.bounds)


class FontInstance:
    """One family at one weight, ready to be shaped with. All measures are in units of `upem`.

    It is never changed after it is made: HarfBuzz lets threads share such a font.
    """

    def __init__(self, font: hb.Font) -> None:
        self.font = font
        self.upem: int = font.face.upem
        self._outlines: dict[int, Path] = {}
        self._dots: dict[str, tuple[Extent, ...]] = {}

    def outline(self, glyph: int) -> Path:
        """Return the outline of a glyph without overlaps, y up, its origin on the baseline.

        It is shared: move it (`outline.move_path` copies), never change it.
        """
        if glyph not in self._outlines:
            path = Path()
            self.font.draw_glyph_with_pen(glyph, path.getPen(glyphSet=None))
            self._outlines[glyph] = union([path])
        return self._outlines[glyph]

    def dots(self, letter: str) -> tuple[Extent, ...]:
        """Return the boxes of what stands free over the body of a letter: dots and accents."""
        if letter not in self._dots:
            glyph = self.font.get_nominal_glyph(ord(letter))
            parts = [Extent.of(contour) for contour in self.outline(glyph).contours] if glyph else []
            body = max(parts, key=lambda part: (part.right - part.left) * (part.high - part.low), default=None)
            self._dots[letter] = tuple(part for part in parts if body and part.low >= body.high)
        return self._dots[letter]

    def height(self, letter: str) -> float:
        """Return how far `letter` rises above the baseline, 0 if the font has not got it."""
        glyph = self.font.get_nominal_glyph(ord(letter))
        extents = self.font.get_glyph_extents(glyph) if glyph else None
        return extents.y_bearing if extents else 0.0


_SHIPPED: Final = FilePath(__file__).parents[1] / "data/fonts"
# Kinds that say which weights a family has as well, and not what it looks like.
_WEIGHTS: Final = frozenset({TypeKind.THIN, TypeKind.HEAVY})
# How the names of Chinese, Japanese and Korean letters begin in Unicode.
_CJK: Final = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "BOPOMOFO ", "HALFWIDTH ", "FULLWIDTH ", "IDEOGRAPHIC ")
NOTHING_SEEN: Final = "has no character that can be seen"


class FontLibrary:
    """The installed families. Cheap to make: a file is opened when a text is first set in it.

    It may be shared by threads. At most `capacity` fonts stay open.

    Args:
        families: what it offers. Of two of one name the last counts: the user's own.
        chosen: names of families of which one must be taken wherever it covers the text.
        system: folders in which a font is looked for that covers what no family does; none is read before.
        uploads: the folder of uploaded fonts; each is read when its name is first said.
    """

    def __init__(
        self,
        families: tuple[TypeFamily, ...] = FAMILIES,
        capacity: int = OPEN_FONTS,
        *,
        chosen: Collection[str] = (),
        system: tuple[FilePath, ...] = (),
        uploads: FilePath | None = None,
    ) -> None:
        self._by_name = {family.name: family for family in families}
        self.families = tuple(self._by_name.values())
        self._offered = tuple(self._by_name[name] for name in chosen) or self.families
        # Names that are none of an upload are kept as well; one that is missing is looked for each time.
        self._uploaded = lru_cache(maxsize=_UPLOADS)(partial(read_uploaded_family, folder=uploads))
        self._system = cache(lambda: {family.name: family for family in read_system_families(system)})
        self._files: Callable[[str], tuple[FontFile, ...]] = lru_cache(maxsize=None)(self._find)
        self._characters: Callable[[str], hb.Set] = lru_cache(maxsize=None)(self._read_characters)
        self._fonts: Callable[[str, int], FontInstance] = lru_cache(maxsize=capacity)(self._load)

    @classmethod
    def open(cls, own: FontSources) -> "FontLibrary":
        """Return the library with the user's own fonts in it, and those of the system as the last resort.

        A file in the folder that cannot be used leaves a line in the log.

        Raises:
            InvalidFont: there is no such folder, or a chosen file cannot be used; one line says why.
        """
        found, problems = read_families(own.folder) if own.folder else ((), ())
        for problem in problems:
            log.warning("a font in FONTS_DIR is not used: %s", problem)
        chosen = read_family_files(own.chosen)
        names = tuple(family.name for family in chosen)
        return cls((*FAMILIES, *found, *chosen), chosen=names, system=system_folders(), uploads=own.uploads)

    def family(self, name: str) -> TypeFamily:
        """Return the family of that name.

        Raises:
            InvalidDesign: there is none.
        """
        if found := self._by_name.get(name) or self._uploaded(name) or self._system().get(name):
            return found
        raise InvalidDesign(f"there is no type family {name[:40]!r}")

    @property
    def own_fonts(self) -> str:
        """A text that changes with the user's own fonts; empty without any."""
        families = [family for family in self.families if family.files]
        return f"{[family.name for family in self._offered]} {families}" if families else ""

    def families_for(self, style: Style) -> tuple[TypeFamily, ...]:
        """Return the families that serve a style, the closest first; or those that are chosen."""
        if len(self._offered) < len(self.families):
            return self._offered
        serving = (family for family in self.families if style in family.styles)
        return tuple(sorted(serving, key=lambda family: family.styles.index(style)))

    def families_of(self, kinds: Collection[TypeKind], avoided: Collection[TypeKind] = ()) -> list[TypeFamily]:
        """Return the families that are of most of the wanted kinds and of none that is avoided.

        The purest come first: who wishes for a serif gets a slab, which is one too, after the plain serifs. Without
        wanted kinds all that are not avoided are returned, in the order of the catalogue; where no family is of any
        wanted kind, none. Chosen families are of any kind that is wished for.
        """
        wanted, refused = frozenset(kinds), frozenset(avoided)
        if len(self._offered) < len(self.families):
            return list(self._offered)
        allowed = [family for family in self.families if not family.kinds & refused]
        if not wanted:
            return allowed
        most = max((len(family.kinds & wanted) for family in allowed), default=0)
        fitting = [family for family in allowed if most and len(family.kinds & wanted) == most]
        return sorted(fitting, key=lambda family: len(family.kinds - wanted - _WEIGHTS))

    def missing_characters(self, name: str, text: str) -> tuple[str, ...]:
        """Return the characters of `text` that a family cannot set, each once, in order.

        A character counts as covered when the font has it or all parts of its canonical decomposition.
        """
        has = self._characters(self.family(name).name)
        return tuple(dict.fromkeys(char for char in text if not _covers(char, has)))

    def families_covering(self, text: str, names: Iterable[str] | None = None) -> tuple[TypeFamily, ...]:
        """Return those of the named families (all, if none are named), in order, that can set `text`.

        If all are asked and none can, those of the system that can, for letters that no family has. Signs and pictures
        are not sought there: a line symbol of a system font is no letter of a name.
        """
        if names is not None:
            return self._covering(text, map(self.family, names))
        covering = self._covering(text, self.families)
        if covering or not all(map(_is_letter, self.find_gaps(text))):
            return covering
        return self._covering(text, self._system().values())

    def _covering(self, text: str, families: Iterable[TypeFamily]) -> tuple[TypeFamily, ...]:
        return tuple(family for family in families if not self.missing_characters(family.name, text))

    def find_gaps(self, text: str) -> tuple[str, ...]:
        """Return the characters that no family has; if each has its gaps elsewhere, those of the fullest one."""
        gaps = [self.missing_characters(family.name, text) for family in self.families]
        nowhere = tuple(char for char in gaps[0] if all(char in gap for gap in gaps))
        return nowhere or min(gaps, key=len)

    def check_text(self, text: str, field: str) -> None:
        """Return if `text` can be set by some family, in one line.

        Raises:
            TextNotCovered: no family covers it, or nothing of it would be printed.
        """
        line = make_printable(text)
        if not line:
            raise TextNotCovered(field, NOTHING_SEEN)
        if not self.families_covering(line):
            raise coverage_error(field, self.find_gaps(line))

    def font(self, name: str, weight: int) -> FontInstance:
        """Return a family at the nearest weight that it has.

        Raises:
            InvalidDesign: there is no such family.
            EngineUnavailable: the package with its files is not installed.
        """
        return self._fonts(self.family(name).name, weight)

    def file_of(self, name: str, weight: int) -> FontFile:
        """Return the file that `font` reads.

        Raises:
            InvalidDesign, EngineUnavailable: as `font` does.
        """
        return self._nearest(self.family(name).name, weight)

    def _find(self, name: str) -> tuple[FontFile, ...]:
        """Return the upright files of a family: one for all weights, or one for each."""
        family = self.family(name)
        if family.files:
            return family.files
        if family.shipped:
            return (FontFile(_SHIPPED / f"{family.name.lower().replace(' ', '-')}.ttf", family.weights[0]),)
        package = family.package
        try:
            root = FilePath(str(files(package.replace("-", "_"))))
        except ModuleNotFoundError:
            raise EngineUnavailable(f"the font {name} is not installed; pip install {package}") from None
        upright = [entry for entry in _read_metadata(root)["files"] if entry["style"] == "normal"]
        found = [
            FontFile(root / entry["path"], entry["weight"] or 400, variable=entry["variable"]) for entry in upright
        ]
        return tuple(file for file in found if file.variable)[:1] or tuple(found)

    def _nearest(self, name: str, weight: int) -> FontFile:
        return min(self._files(name), key=lambda file: (abs(file.weight - weight), file.weight))

    def _read_characters(self, name: str) -> hb.Set:
        return _face(self._nearest(name, self.family(name).weights[0])).unicodes

    def _load(self, name: str, weight: int) -> FontInstance:
        file = self._nearest(name, weight)
        font = hb.Font(_face(file))
        if file.variable:
            font.set_variations({**dict(self.family(name).axes), "wght": float(weight)})
        return FontInstance(font)


def coverage_error(field: str, characters: Iterable[str], family: str | None = None) -> TextNotCovered:
    """Return the error that names characters, with code points, that one family, or without it every family, lacks."""
    characters = tuple(characters)
    named = [f"{_describe(char)} (U+{ord(char):04X})" for char in characters]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    complaint = f"the font {family} cannot set" if family else "no font here can set"
    advice = "" if family else _advise(characters)
    return TextNotCovered(field, f"{complaint} {', '.join(named[:8])}{more}{advice}")


def _advise(characters: Iterable[str]) -> str:
    """Return what would bring a font for letters: a package of Debian, or a file of the user's own."""
    letters = [unicodedata.name(char, "") for char in characters if _is_letter(char)]
    if not letters:
        return ""
    package = "fonts-noto-cjk" if any(name.startswith(_CJK) for name in letters) else "fonts-noto-core"
    return f"; apt install {package}, or put a font that has them into FONTS_DIR"


def _read_metadata(root: FilePath) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((root / "metadata.json").read_text(encoding="utf-8"))
    return data


def _face(file: FontFile) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(file.path)), file.index)


# HarfBuzz obeys these marks whether or not a font has a glyph for them.
_JOINERS: Final = "\u200c\u200d"
# Signs that are set in letters, so that a font without them has them.
_SET_IN_LETTERS: Final = {"™": "TM", "℠": "SM"}


def _covers(char: str, has: hb.Set) -> bool:
    if char in _SET_IN_LETTERS:
        return all(ord(letter) in has for letter in _SET_IN_LETTERS[char])
    return (
        char in _JOINERS
        or ord(char) in has
        or (len(parts := unicodedata.normalize("NFD", char)) > 1 and all(ord(part) in has for part in parts))
    )


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _describe(char: str) -> str:
    return f"“{char}”" if char.isprintable() and not unicodedata.combining(char) else "a character"
