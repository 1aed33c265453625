"""Compile the icon sets into the one data file that the wheel carries, and write ATTRIBUTION.md.

    python scripts/build_symbols.py [NODE_MODULES]

Without a folder the pinned npm packages are installed into a temporary one. The same packages give
the same bytes: nothing of the clock, the machine or the order of a set gets into the file.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from icon_filter import is_sensitive
from icon_outlines import UNITS, Outline, Unusable, coverage, read_outline, segments, to_picture, write_outline
from icon_sets import SETS, RawIcon, read_icons

from blazon.draw.meaning import words_of as singulars

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "src/blazon/data/symbols.zip"
BLOCK: Final = 64
MAX_SHARED: Final = 60
MAX_BYTES: Final = 12_000_000

# How good the icons of a set look as a solid mark, before their own merits are measured.
_PRIOR: Final = {
    ("phosphor", "fill"): 100,
    ("phosphor", "duotone"): 90,
    ("phosphor", "line"): 88,
    ("tabler", "fill"): 94,
    ("tabler", "line"): 80,
    ("lucide", "line"): 82,
    ("mdi", "fill"): 90,
    ("mdi", "line"): 70,
    ("game-icons", "fill"): 64,
}
_LEGIBLE_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class Compiled:
    icon: RawIcon
    outline: str
    quality: int


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        modules = Path(arguments[0]) if arguments else install(Path(scratch))
        icons = sorted(read_icons(modules), key=lambda icon: (icon.set, icon.key))
        with ProcessPoolExecutor(2) as pool:
            compiled = [one for one in pool.map(compile_icon, icons, chunksize=200) if one]
        write_library(TARGET, compiled)
        (ROOT / "ATTRIBUTION.md").write_text(attribution(modules, compiled))
    print(f"{len(compiled)} symbols, {TARGET.stat().st_size:,} bytes")


def install(folder: Path) -> Path:
    """Install the pinned packages with npm and return their `node_modules`."""
    packages = [icon_set.package for icon_set in SETS]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages], cwd=folder, check=True)
    return folder / "node_modules"


def compile_icon(icon: RawIcon) -> Compiled | None:
    try:
        outline = read_outline(icon.svg)
    except Unusable:
        return None
    return Compiled(icon, write_outline(outline), quality(icon, outline))


def in_a_box(inked: np.ndarray) -> bool:
    """Tell whether ink (bool, rows x columns) is a full rounded square with a glyph cut out of it."""
    edges = (inked[0], inked[-1], inked[:, 0], inked[:, -1])
    # The corners are round; of each edge the middle three fifths count.
    middles = [edge[len(edge) // 5 : -(len(edge) // 5) or None] for edge in edges]
    return bool(min(middle.mean() for middle in middles) > 0.95 and inked.mean() > 0.6)


def quality(icon: RawIcon, outline: Outline) -> int:
    """Return 0..100: how well the icon would serve as a mark.

    Merits are multiplied: the set's look, sharpness at 16 pixels (a mark that turns grey there has
    features too fine to read), simplicity (few segments), and a box that is not long and thin.
    """
    picture = to_picture(outline)
    small, large = coverage(picture, _LEGIBLE_SIZE), coverage(picture, 64)
    inked = large > 0.1
    if not inked.any():
        return 0
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    touched = small > 0.08
    sharp = float(np.abs(2 * small[touched] - 1).mean()) if touched.any() else 0.0
    simple = min(1.0, (60 / max(segments(outline), 1)) ** 0.25)
    square = min(1.0, min(height, width) / max(height, width) / 0.6) ** 0.5
    fill = float(large[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean())
    solid = min(1.0, fill / 0.3) ** 0.3 if icon.style == "fill" else 1.0
    boxed = 0.5 if in_a_box(inked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]) else 1.0
    return round(boxed * _PRIOR[icon.set, icon.style] * (0.55 + 0.45 * sharp) * simple * square * solid)


def words_of(name: str) -> str:
    """Return the words of an icon's name, without the number of its variant."""
    words = [word for word in name.split("-") if word not in ("variant", "simple", "straight", "alt")]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return " ".join(words)


def write_library(target: Path, compiled: list[Compiled]) -> None:
    authors = sorted({one.icon.author for one in compiled})
    sets = {s.key: {"title": s.title, "licence": s.licence, "url": s.url, "credit": s.credit} for s in SETS}
    rows = [
        [
            f"{one.icon.set}:{one.icon.key}",
            words_of(one.icon.name),
            one.icon.style,
            ",".join(dict.fromkeys(re.sub(r"[^a-z0-9' -]", "", tag.lower()).strip() for tag in one.icon.tags)),
            authors.index(one.icon.author),
            one.quality,
            int(is_sensitive(one.icon.name)),
        ]
        for one in compiled
    ]
    pictures, tagged = meanings(rows)
    index = {
        "sets": sets,
        "authors": authors,
        "units": UNITS,
        "block": BLOCK,
        "symbols": rows,
        "pictures": pictures,
        "tagged": tagged,
    }
    with zipfile.ZipFile(target, "w") as archive:
        _put(archive, "index.json", json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode())
        for start in range(0, len(compiled), BLOCK):
            lines = "\n".join(one.outline for one in compiled[start : start + BLOCK])
            _put(archive, f"outlines/{start // BLOCK}", lines.encode())
    if target.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{target} is over {MAX_BYTES:,} bytes")


def meanings(rows: Iterable[list[Any]]) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Return the rows that show each picture, and the pictures that each word of a name or tag belongs to.

    A word that a great many pictures share says nothing and is left out.
    """
    pictures: dict[str, list[int]] = {}
    tagged: dict[str, set[str]] = {}
    for number, row in enumerate(rows):
        picture = " ".join(singulars(row[1]))
        pictures.setdefault(picture, []).append(number)
        for word in (*singulars(row[3]), *picture.split()):
            tagged.setdefault(word, set()).add(picture)
    telling = {word: sorted(found) for word, found in sorted(tagged.items()) if len(found) <= MAX_SHARED}
    return pictures, telling


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # A fixed date, or the same data would give other bytes tomorrow.
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED, zlib.Z_BEST_COMPRESSION)


def attribution(modules: Path, compiled: Iterable[Compiled]) -> str:
    counts: dict[str, int] = {}
    mdi_authors: set[str] = set()
    for one in compiled:
        counts[one.icon.set] = counts.get(one.icon.set, 0) + 1
        if one.icon.set == "mdi":
            mdi_authors.add(one.icon.author)
    lines = [
        "# Attribution",
        "",
        "Written by `scripts/build_symbols.py`. Blazon carries outlines from these open icon sets in",
        "`src/blazon/data/symbols.zip`. They were scaled to one box; brand icons and controls were left out.",
        "Candidates drawn with a symbol whose licence asks for credit name it in their metadata.",
        "",
        "| set | symbols | licence | by | from |",
        "|---|---:|---|---|---|",
    ]
    lines += [
        f"| {s.title} | {counts.get(s.key, 0)} | {s.licence} | {s.author} | {s.url} (npm `{s.package}`) |" for s in SETS
    ]
    lines += ["", f"Material Design Icons were drawn by {', '.join(sorted(mdi_authors))}.", ""]
    lines += [
        "Game-icons.net is licensed under Creative Commons Attribution 3.0",
        "(https://creativecommons.org/licenses/by/3.0/). Its contributors are listed at",
        "https://game-icons.net/about.html; the package does not say who drew which icon.",
    ]
    for s in SETS:
        if s.licence_file:
            text = (modules / s.package.rpartition("@")[0] / s.licence_file).read_text().strip()
            lines += ["", f"## {s.title}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
