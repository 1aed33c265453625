"""How small a version may be, found by rendering it: at its least size every part is still apart from the others.

A version is rendered smaller and smaller, at the two device pixels a pixel that screens have. Ink is what covers at
least half of a device pixel. As long as there are about as many parts and openings as in a large picture, nothing that
matters has clogged, vanished or broken: an eighth of them may, as a word is read whose two thinnest letters touch.
Letters are not read below some height, however clean they are.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from statistics import median
from typing import Final

from blazon.draw.outline import Ink
from blazon.kit.picture import Picture
from blazon.kit.png_file import bitmap_of
from blazon.kit.versions import Colouring, Version

# Device pixels of the large picture: what cannot be seen in it, nobody misses. A mark has to look right at 80 pixels.
_REFERENCE: Final = 400
_MARK_REFERENCE: Final = 160
_FEW: Final = 16  # parts and openings of a mark without words
_LADDER: Final = (16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 80, 96, 112, 128, 144, 160, 180, 200, 224, 256, 288, 320)
_MARGIN: Final = 0.08  # of paper around the ink
_SPECK: Final = 3  # parts and openings of fewer pixels in the reference are no parts
# Pixels that the letters of a name and of small words are high at least.
_LEAST_HEIGHTS: Final = {Ink.NAME: 6.0, Ink.SLOGAN: 4.0}
_WIDEST: Final = 1.6  # how much wider than high a letter is
_ACCENT: Final = 0.3  # the height of what is no letter by itself, as a share of the highest outline
_DENSITY: Final = 2  # device pixels a pixel
_MOST_CHANGED: Final = 1 / 8
_DPI: Final = 150.0  # what poor paper holds
_INK: Final = re.compile(rb"\x01+")
_PAPER: Final = re.compile(rb"\x00+")
_THRESHOLD: Final = bytes(int(level >= 128) for level in range(256))


@dataclass(frozen=True, slots=True)
class MinimumSize:
    """The least width of a version on a screen, in pixels, and on paper, in mm."""

    pixels: int
    millimetres: int


def find_minimum(version: Version) -> MinimumSize:
    """Return the least size of a version; the largest that is tried where it has no smaller one."""
    ink = version.ink
    longest = max(ink.width, ink.height)
    picture = version.picture(Colouring.BLACK).show(ink.inset(-_MARGIN * longest))
    least = _least_pixels(version) * longest
    reference, wanted = _REFERENCE, _count(picture, _REFERENCE, _SPECK)
    if not least and sum(wanted) <= _FEW:
        reference, wanted = _MARK_REFERENCE, _count(picture, _MARK_REFERENCE, _SPECK)
    low = min(bisect_left(_LADDER, least), len(_LADDER) - 1)
    high = max(low, bisect_right(_LADDER, reference // _DENSITY) - 1)
    while low < high:
        middle = (low + high) // 2
        found = _count(picture, _DENSITY * _LADDER[middle], 1)
        if sum(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= _MOST_CHANGED * sum(wanted):
            high = middle
        else:
            low = middle + 1
    pixels = round(_LADDER[high] * ink.width / longest)
    return MinimumSize(pixels, max(1, round(pixels * 25.4 / _DPI)))


def _least_pixels(version: Version) -> float:
    """Return how many pixels a unit of the drawing has at least for its letters to be read."""
    least = 0.0
    for ink, pixels in _LEAST_HEIGHTS.items():
        paths = [layer.path for layer in version.artwork.layers if layer.ink is ink]
        heights = [_letter_height(*part.bounds) for path in paths for part in path.contours]
        # Dots and accents are no letters, and in some scripts there are more of them.
        letters = [height for height in heights if height > _ACCENT * max(heights)]
        if letters:
            least = max(least, pixels / median(letters))
    return least


def _letter_height(left: float, top: float, right: float, bottom: float) -> float:
    """Return the height by which a letter in a box is read: of joined letters, which reach up and down, half."""
    joined = right - left > _WIDEST * (bottom - top)
    return (bottom - top) / 2 if joined else bottom - top


def _count(picture: Picture, longest: int, least: int) -> tuple[int, int]:
    """Return how many parts and openings there are, of at least so many pixels, where the ink is `longest` pixels."""
    alpha = bitmap_of(picture, round(longest * (1 + 2 * _MARGIN))).getchannel("A")
    width, height = alpha.size
    pixels = alpha.tobytes().translate(_THRESHOLD)
    rows = [pixels[width * y : width * (y + 1)] for y in range(height)]
    return _count_parts(rows, _INK, least, touching=1), _count_parts(rows, _PAPER, least, touching=0)


def _count_parts(rows: list[bytes], run: re.Pattern[bytes], least: int, touching: int) -> int:
    """Count connected runs; those of two rows are connected if they overlap, or touch at corners where that counts."""
    parents: list[int] = []
    sizes: list[int] = []

    def find(part: int) -> int:
        while parents[part] != part:
            parents[part] = parents[parents[part]]
            part = parents[part]
        return part

    above: list[tuple[int, int, int]] = []
    for row in rows:
        here = []
        for match in run.finditer(row):
            start, end = match.span()
            part = len(parents)
            parents.append(part)
            sizes.append(end - start)
            for left, right, other in above:
                if left < end + touching and start < right + touching:
                    one, two = find(other), find(part)
                    if one != two:
                        parents[two] = one
                        sizes[one] += sizes[two]
            here.append((start, end, part))
        above = here
    return sum(1 for part, parent in enumerate(parents) if part == parent and sizes[part] >= least)
