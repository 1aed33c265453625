"""The fonts: where their files are, which characters they have, and one HarfBuzz font for each weight."""

import json
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any, Final, NamedTuple

import uharfbuzz as hb
from pathops import Path

from blazon.brief import Style, TypeKind
from blazon.draw.families import FAMILIES
from blazon.draw.outline import union
from blazon.draw.typefaces import TypeFamily
from blazon.draw.writing import make_printable
from blazon.errors import EngineUnavailable, InvalidDesign, TextNotCovered

# Fonts kept open: their files are mapped, not read, so that one costs well under a megabyte.
OPEN_FONTS: Final = 16


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


@dataclass(frozen=True, slots=True)
class _Files:
    """The upright files of a family: one for all weights, or one for each."""

    variable: FilePath | None
    by_weight: tuple[tuple[int, FilePath], ...]

    def nearest(self, weight: int) -> FilePath:
        return self.variable or min(self.by_weight, key=lambda item: (abs(item[0] - weight), item[0]))[1]


_SHIPPED: Final = FilePath(__file__).parents[1] / "data/fonts"
# Kinds that say which weights a family has as well, and not what it looks like.
_WEIGHTS: Final = frozenset({TypeKind.THIN, TypeKind.HEAVY})
NOTHING_SEEN: Final = "has no character that can be seen"


class FontLibrary:
    """The installed families. Cheap to make: a file is opened when a text is first set in it.

    It may be shared by threads. At most `capacity` fonts stay open.
    """

    def __init__(self, families: tuple[TypeFamily, ...] = FAMILIES, capacity: int = OPEN_FONTS) -> None:
        self.families = families
        self._by_name = {family.name: family for family in families}
        self._files: Callable[[str], _Files] = lru_cache(maxsize=None)(self._find)
        self._characters: Callable[[str], hb.Set] = lru_cache(maxsize=None)(self._read_characters)
        self._fonts: Callable[[str, int], FontInstance] = lru_cache(maxsize=capacity)(self._load)

    def family(self, name: str) -> TypeFamily:
        """Return the family of that name.

        Raises:
            InvalidDesign: there is none.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise InvalidDesign(f"there is no type family {name[:40]!r}") from None

    def families_for(self, style: Style) -> tuple[TypeFamily, ...]:
        """Return the families that serve a style, those first for which it is the main one."""
        serving = (family for family in self.families if style in family.styles)
        return tuple(sorted(serving, key=lambda family: family.styles.index(style)))

    def families_of(self, kinds: Collection[TypeKind], avoided: Collection[TypeKind] = ()) -> list[TypeFamily]:
        """Return the families that are of most of the wanted kinds and of none that is avoided.

        The purest come first: who wishes for a serif gets a slab, which is one too, after the plain serifs. Without
        wanted kinds all that are not avoided are returned, in the order of the catalogue; where no family is of any
        wanted kind, none.
        """
        wanted, refused = frozenset(kinds), frozenset(avoided)
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
        """Return those of the named families (all, if none are named), in order, that can set `text`."""
        wanted = self.families if names is None else tuple(self.family(name) for name in names)
        return tuple(family for family in wanted if not self.missing_characters(family.name, text))

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
        if all(self.missing_characters(family.name, line) for family in self.families):
            raise coverage_error(field, self.find_gaps(line))

    def font(self, name: str, weight: int) -> FontInstance:
        """Return a family at the nearest weight that it has.

        Raises:
            InvalidDesign: there is no such family.
            EngineUnavailable: the package with its files is not installed.
        """
        return self._fonts(self.family(name).name, weight)

    def _find(self, name: str) -> _Files:
        family = self.family(name)
        if family.shipped:
            file = _SHIPPED / f"{family.name.lower().replace(' ', '-')}.ttf"
            return _Files(None, ((family.weights[0], file),))
        package = family.package
        try:
            root = FilePath(str(files(package.replace("-", "_"))))
        except ModuleNotFoundError:
            raise EngineUnavailable(f"the font {name} is not installed; pip install {package}") from None
        upright = [entry for entry in _read_metadata(root)["files"] if entry["style"] == "normal"]
        variable = [root / entry["path"] for entry in upright if entry["variable"]]
        static = [(entry["weight"], root / entry["path"]) for entry in upright if not entry["variable"]]
        return _Files(variable[0] if variable else None, tuple(static))

    def _read_characters(self, name: str) -> hb.Set:
        family = self.family(name)
        return _face(self._files(name).nearest(family.weights[0])).unicodes

    def _load(self, name: str, weight: int) -> FontInstance:
        family, found = self.family(name), self._files(name)
        font = hb.Font(_face(found.nearest(weight)))
        if found.variable:
            font.set_variations({**dict(family.axes), "wght": float(weight)})
        return FontInstance(font)


def coverage_error(field: str, characters: Iterable[str], family: str | None = None) -> TextNotCovered:
    """Return the error that names characters, with code points, that one family, or without it every family, lacks."""
    named = [f"{_describe(char)} (U+{ord(char):04X})" for char in characters]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    complaint = f"the font {family} cannot set" if family else "no font here can set"
    return TextNotCovered(field, f"{complaint} {', '.join(named[:8])}{more}")


def _read_metadata(root: FilePath) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((root / "metadata.json").read_text(encoding="utf-8"))
    return data


def _face(path: FilePath) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(path)))


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


def _describe(char: str) -> str:
    return f"“{char}”" if char.isprintable() and not unicodedata.combining(char) else "a character"
