"""The type of the brand book itself: one plain family in two weights, as a page holds it.

HarfBuzz cuts a weight and the letters of European languages from the variable font, which takes a few milliseconds.
"""

from functools import cache
from typing import Final, NamedTuple

import uharfbuzz as hb

from blazon.draw.fonts import FontLibrary

FAMILY: Final = "Hanken Grotesk"
TEXT_WEIGHT: Final = 400
STRONG_WEIGHT: Final = 600
# Latin with its extensions, punctuation, arrows and the signs of mathematics that the book uses.
_RANGES: Final = ((0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2028), (0x2030, 0x2040), (0x2190, 0x2194), (0x2212, 0x2213))


class Faces(NamedTuple):
    """TrueType files of two weights, and the characters that they have."""

    text: bytes
    strong: bytes
    characters: frozenset[int]

    def covers(self, text: str) -> bool:
        """Say whether every character of a text can be set."""
        return all(ord(char) in self.characters for char in text)


@cache
def open_faces(fonts: FontLibrary) -> Faces:
    """Return the faces of the book."""
    text, strong = (_cut(fonts, weight) for weight in (TEXT_WEIGHT, STRONG_WEIGHT))
    return Faces(text, strong, frozenset(hb.Face(hb.Blob(text)).unicodes))


def _cut(fonts: FontLibrary, weight: int) -> bytes:
    face = hb.Face(hb.Blob.from_file_path(str(fonts.file_of(FAMILY, weight).path)))
    wanted = hb.SubsetInput()
    for first, end in _RANGES:
        wanted.unicode_set.update(range(first, end))
    wanted.pin_all_axes_to_default(face)
    wanted.pin_axis_location(face, "wght", weight)
    return bytes(hb.subset(face, wanted).blob.data)
