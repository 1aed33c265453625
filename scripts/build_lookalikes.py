"""Compile the marks of npm `simple-icons` into the descriptors that drawings are compared with.

    PYTHONPATH=src python scripts/build_lookalikes.py [FOLDER]

Without the folder of the unpacked package the pinned one is fetched with npm. The same package gives
the same bytes. How near a drawing may come to a mark is set for each by *neutral* shapes: the symbols
that Blazon carries, plain letters of several typefaces, and plain figures. A mark to which several of
them are close resembles nothing in particular, and gets a limit below them, or is left out.
"""

import gzip
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

from neutral_shapes import neutral_shapes
from pathops import PathOpsError

from blazon.draw.artwork import Materials
from blazon.draw.outline import from_svg
from blazon.quality.descriptors import Descriptor, describe, distance
from blazon.quality.lookalikes import GRID_BYTES, LIMIT_BYTES, PROFILE_BYTES

PACKAGE: Final = "simple-icons@16.37.0"
LICENCE: Final = "CC0-1.0"
TARGET: Final = Path(__file__).resolve().parents[1] / "src/blazon/data/lookalikes.gz"

FARTHEST: Final = 330
"""The limit of a mark that nothing ordinary is near to; that of all marks is set by `blazon.quality.lookalikes`."""

ORDINARY: Final = 4
"""A mark is ordinary at the distance at which it has neutral shapes of this weight around it."""

LEAST_LIMIT: Final = 40
"""A mark with a lower limit could only be met by accident."""

NEAREST: Final = 40
SHARES: Final = 8


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(arguments[0]) if arguments else fetch(Path(scratch))
        check_package(package)
        marks = read_marks(package)
    with ProcessPoolExecutor(2) as pool:
        described = list(pool.map(describe_mark, (data for _, data in marks), chunksize=100))
        known = [(name, one) for (name, _), one in zip(marks, described, strict=True) if one is not None]
        neutral = [shape for found in pool.map(describe_neutral, range(SHARES)) for shape in found]
    shares = [neutral[share::SHARES] for share in range(SHARES)]
    with ProcessPoolExecutor(2, initializer=_keep_known, initargs=([one for _, one in known],)) as pool:
        near = [pair for found in pool.map(measure_neutral, shares) for pair in found]
    limits = set_limits(len(known), near)
    kept = [(name, one, limit) for (name, one), limit in zip(known, limits, strict=True) if limit >= LEAST_LIMIT]
    TARGET.write_bytes(pack(kept))
    print(f"{len(kept)} of {len(marks)} marks, {len(neutral)} neutral shapes, {TARGET.stat().st_size:,} bytes")


def fetch(folder: Path) -> Path:
    """Fetch the pinned package with npm and return its folder."""
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules/simple-icons"


def check_package(folder: Path) -> None:
    version = json.loads((folder / "package.json").read_text())["version"]
    if f"simple-icons@{version}" != PACKAGE:
        raise SystemExit(f"{folder} is version {version}, not {PACKAGE}")


def read_marks(folder: Path) -> list[tuple[str, str]]:
    """Return the titles of the marks and their SVG paths, in the order of the titles."""
    titles = {entry["slug"]: entry["title"] for entry in json.loads((folder / "data/simple-icons.json").read_text())}
    found = []
    for file in (folder / "icons").glob("*.svg"):
        data = re.search(r' d="([^"]+)"', file.read_text())
        if data:
            found.append((titles[file.stem], data[1]))
    return sorted(found)


def describe_mark(data: str) -> Descriptor | None:
    """Return the descriptor of an SVG path, None for one that has none."""
    try:
        found = describe([from_svg(data)])
    except PathOpsError:
        return None
    return found[0] if found else None


def describe_neutral(share: int) -> list[tuple[Descriptor, int]]:
    """Return the descriptors of one of `SHARES` shares of the neutral shapes, each with its weight."""
    found = []
    for number, shape in enumerate(neutral_shapes(open_materials())):
        if number % SHARES == share:
            try:
                found += [(one, shape.weight) for one in describe(shape.outlines)[:1]]
            except PathOpsError:
                continue
    return found


@cache
def open_materials() -> Materials:
    return Materials.open()


_known: list[Descriptor] = []


def _keep_known(known: list[Descriptor]) -> None:
    _known[:] = known


def measure_neutral(shapes: list[tuple[Descriptor, int]]) -> list[tuple[int, int, int]]:
    """Return the numbers of the marks that are near to neutral shapes, with its distance and weight."""
    found = []
    for shape, weight in shapes:
        turns = shape.turns()
        order = [((one.profile ^ shape.profile).bit_count(), number) for number, one in enumerate(_known)]
        near = [(number, distance(turns, _known[number].grid)) for _, number in nsmallest(NEAREST, order)]
        found += [(number, far, weight) for number, far in near if far < FARTHEST]
    return found


def set_limits(count: int, near: list[tuple[int, int, int]]) -> list[int]:
    """Return the limit of each mark: where the neutral shapes that are nearer weigh `ORDINARY` or more."""
    around: list[list[int]] = [[] for _ in range(count)]
    for number, far, weight in near:
        around[number] += [far] * weight
    return [sorted(found)[ORDINARY - 1] if len(found) >= ORDINARY else FARTHEST for found in around]


def pack(marks: list[tuple[str, Descriptor, int]]) -> bytes:
    """Return the data file: a line of JSON, then the profiles, the grids and the limits of the marks in its order."""
    head: dict[str, Any] = {"source": f"npm {PACKAGE}", "licence": LICENCE, "names": [name for name, _, _ in marks]}
    parts = [json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"]
    parts += [one.profile.to_bytes(PROFILE_BYTES, "little") for _, one, _ in marks]
    parts += [one.grid.to_bytes(GRID_BYTES, "little") for _, one, _ in marks]
    parts += [limit.to_bytes(LIMIT_BYTES, "little") for _, _, limit in marks]
    return gzip.compress(b"".join(parts), mtime=0)


if __name__ == "__main__":
    main(sys.argv[1:])
