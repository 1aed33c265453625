"""Compile the marks of npm `simple-icons` into the descriptors that drawings are compared with.

    PYTHONPATH=src python scripts/build_lookalikes.py [FOLDER FOLDER]

Without the folders of the unpacked packages the pinned ones are fetched with npm. The same packages give
the same bytes. The older one adds the marks that later ones dropped, many of them very well known.

How near a drawing may come to a mark is set for each by *neutral* shapes: the symbols that Blazon
carries, plain letters of its typefaces, and plain figures. What two sources have drawn alike, or is a
plain figure, is common: a mark is the more *distinct*, the farther it is from all that is common.
"""

import gzip
import html
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from heapq import nsmallest
from pathlib import Path
from typing import Any, Final

from neutral_shapes import FIGURE, neutral_shapes
from pathops import PathOpsError

from blazon.draw.artwork import Materials
from blazon.draw.outline import bounds, from_svg
from blazon.quality.descriptors import Descriptor, describe, distance
from blazon.quality.lookalikes import GRID_BYTES, NUMBERS, PROFILE_BYTES

PACKAGES: Final = ("simple-icons@16.37.0", "simple-icons@9.0.0")
LICENCE: Final = "CC0-1.0"
TARGET: Final = Path(__file__).resolve().parents[1] / "src/blazon/data/lookalikes.gz"

FARTHEST: Final = 330
"""A distance from which on shapes have nothing to do with each other."""

LONGEST: Final = 3.2
"""A mark with a longer box is a line of lettering, which is read: its shape tells nothing."""

COMMON: Final = 2
"""So many sources make a drawing common."""

LEAST_DISTINCTNESS: Final = 153
"""A mark that is nearer to what is common could only be met by accident."""

_LONGEST_OUTLINE: Final = 0xFFFF
NEAREST: Final = 40
SHARES: Final = 8


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(folder) for folder in arguments] or fetch(Path(scratch))
        check_packages(folders)
        marks = read_marks(folders)
    with ProcessPoolExecutor(2) as pool:
        described = list(pool.map(describe_mark, (data for _, data in marks), chunksize=100))
        known = [(name, one) for (name, _), one in zip(marks, described, strict=True) if one is not None]
        neutral = [shape for found in pool.map(describe_neutral, range(SHARES)) for shape in found]
    shares = [neutral[share::SHARES] for share in range(SHARES)]
    with ProcessPoolExecutor(2, initializer=_keep_known, initargs=([one for _, one in known],)) as pool:
        near = [pair for found in pool.map(measure_neutral, shares) for pair in found]
    marked = zip(known, measure_distinctness(len(known), near), strict=True)
    kept = [(name, one, distinct) for (name, one), distinct in marked if distinct >= LEAST_DISTINCTNESS]
    TARGET.write_bytes(pack(kept))
    print(f"{len(kept)} of {len(marks)} marks, {len(neutral)} neutral shapes, {TARGET.stat().st_size:,} bytes")


def fetch(folder: Path) -> list[Path]:
    """Fetch the pinned packages with npm and return their folders."""
    for number, package in enumerate(PACKAGES):
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(number), package]
        subprocess.run(command, cwd=folder, check=True)
    return [folder / f"{number}/node_modules/simple-icons" for number in range(len(PACKAGES))]


def check_packages(folders: list[Path]) -> None:
    found = tuple(f"simple-icons@{json.loads((one / 'package.json').read_text())['version']}" for one in folders)
    if found != PACKAGES:
        raise SystemExit(f"these are {', '.join(found)}, not {', '.join(PACKAGES)}")


def read_marks(folders: list[Path]) -> list[tuple[str, str]]:
    """Return the titles of the marks and their SVG paths, in the order of the titles; earlier packages come first."""
    found: dict[str, tuple[str, str]] = {}
    for folder in folders:
        for file in (folder / "icons").glob("*.svg"):
            title, path = re.search(r"<title>(.+)</title>.* d=\"([^\"]+)\"", file.read_text()).groups()
            found.setdefault(file.stem, (html.unescape(title), path))
    return sorted(found.values())


def describe_mark(data: str) -> Descriptor | None:
    """Return the descriptor of an SVG path, None for one that has none or is a line of lettering."""
    path = from_svg(data)
    box = bounds([path])
    if max(box.width, box.height) > LONGEST * min(box.width, box.height):
        return None
    try:
        found = describe([path])
    except PathOpsError:
        return None
    return found[0] if found else None


def describe_neutral(share: int) -> list[tuple[Descriptor, str]]:
    """Return the descriptors of one of `SHARES` shares of the neutral shapes, each with its source."""
    found = []
    for number, shape in enumerate(neutral_shapes(open_materials())):
        if number % SHARES == share:
            try:
                found += [(one, shape.source) for one in describe(shape.outlines)[:1]]
            except PathOpsError:
                continue
    return found


@cache
def open_materials() -> Materials:
    return Materials.open()


_known: list[Descriptor] = []


def _keep_known(known: list[Descriptor]) -> None:
    _known[:] = known


def measure_neutral(shapes: list[tuple[Descriptor, str]]) -> list[tuple[int, int, str]]:
    """Return the numbers of the marks that are near to neutral shapes, each with its distance and source."""
    found = []
    for shape, source in shapes:
        turns = shape.turns()
        order = [((one.profile ^ shape.profile).bit_count(), number) for number, one in enumerate(_known)]
        near = [(number, distance(turns, _known[number].grid)) for _, number in nsmallest(NEAREST, order)]
        found += [(number, far, source) for number, far in near if far < FARTHEST]
    return found


def measure_distinctness(count: int, near: list[tuple[int, int, str]]) -> list[int]:
    """Return how distinct each mark is: its distance from what is common among the neutral shapes that are near."""
    around: list[dict[str, int]] = [{} for _ in range(count)]
    for number, far, source in near:
        around[number][source] = min(far, around[number].get(source, far))
    return [find_common(sources) for sources in around]


def find_common(sources: dict[str, int]) -> int:
    """Return the distance at which a mark has a plain figure or `COMMON` sources around it."""
    drawn = sorted(far for source, far in sources.items() if source != FIGURE)
    common = drawn[COMMON - 1] if len(drawn) >= COMMON else FARTHEST
    return min(common, sources.get(FIGURE, FARTHEST))


def pack(marks: list[tuple[str, Descriptor, int]]) -> bytes:
    """Return the data file: a line of JSON, then profile, grid and numbers of each mark in its order."""
    head: dict[str, Any] = {
        "source": f"npm {', '.join(PACKAGES)}",
        "licence": LICENCE,
        "names": [name for name, _, _ in marks],
    }
    parts = [json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"]
    parts += [one.profile.to_bytes(PROFILE_BYTES, "little") for _, one, _ in marks]
    parts += [one.grid.to_bytes(GRID_BYTES, "little") for _, one, _ in marks]
    parts += [NUMBERS.pack(distinct, min(one.outline, _LONGEST_OUTLINE)) for _, one, distinct in marks]
    return gzip.compress(b"".join(parts), mtime=0)


if __name__ == "__main__":
    main(sys.argv[1:])
