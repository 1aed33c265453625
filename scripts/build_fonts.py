"""Compile the families that PyPI lacks into `src/blazon/data/fonts`: a TrueType file and its licence for each.

    python scripts/build_fonts.py [NODE_MODULES]

Without a folder the pinned npm packages are installed into a temporary one. Needs `pip install brotli`, to read WOFF2.
The same packages give the same bytes. Where the licence reserves the name of the original, which a file in another
format may not carry (SIL Open Font License 1.1, condition 3), the family gets a name of its own.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

TARGET: Final = Path(__file__).resolve().parents[1] / "src/blazon/data/fonts"
MAX_BYTES: Final = 2_000_000

# Tables that draw nothing here: hints for screens, signatures, and what other programs remember.
_UNUSED: Final = ("fpgm", "prep", "cvt ", "gasp", "DSIG", "hdmx", "VDMX", "LTSH", "meta", "FFTM", "kern")


class Source(NamedTuple):
    """An npm package with its version pinned, and the family that is made of it."""

    package: str
    weight: int
    family: str


SOURCES: Final = (
    Source("@fontsource/bungee-shade@5.3.0", 400, "Bungee Shade"),
    Source("@fontsource/caprasimo@5.3.0", 400, "Caprasimo"),
    Source("@fontsource/league-gothic@5.3.0", 400, "League Gothic"),
    Source("@fontsource/medievalsharp@5.3.0", 400, "MedievalSharp"),
    Source("@fontsource/michroma@5.3.0", 400, "Michroma"),
    Source("@fontsource/poiret-one@5.3.0", 400, "Poiret One"),
    Source("@fontsource/saira-stencil-one@5.3.0", 400, "Saira Stencil One"),
    Source("@fontsource/shrikhand@5.3.0", 400, "Shrikhand"),
    Source("@fontsource/special-gothic-expanded-one@5.3.0", 400, "Special Gothic Expanded One"),
    Source("@fontsource/stack-sans-notch@5.3.0", 700, "Stack Sans Notch"),
    Source("@fontsource/unifrakturcook@5.3.0", 700, "Blazon Blackletter"),
    Source("@fontsource/unifrakturmaguntia@5.3.0", 400, "Blazon Fraktur"),
    Source("@fontsource/sacramento@5.3.0", 400, "Blazon Monoline"),
    Source("@fontsource/monoton@5.3.0", 400, "Blazon Neon"),
)


def main(arguments: list[str]) -> None:
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        modules = Path(arguments[0]) if arguments else install(Path(scratch))
        for source in SOURCES:
            build(modules / source.package.rpartition("@")[0], source, Path(scratch))
    total = sum(file.stat().st_size for file in TARGET.iterdir())
    print(f"{len(SOURCES)} families, {total:,} bytes")
    if total > MAX_BYTES:
        raise SystemExit(f"more than {MAX_BYTES:,} bytes")


def install(folder: Path) -> Path:
    """Install the pinned packages with npm and return their `node_modules`."""
    packages = [source.package for source in SOURCES]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages], cwd=folder, check=True)
    return folder / "node_modules"


def build(package: Path, source: Source, scratch: Path) -> None:
    licence = (package / "LICENSE").read_text(encoding="utf-8")
    check_name(licence, source.family)
    slug = source.family.lower().replace(" ", "-")
    subsets = [find_subset(package, subset, source.weight) for subset in ("latin", "latin-ext")]
    font = merge([file for file in subsets if file], scratch)
    rename(font, source.family)
    font.save(TARGET / f"{slug}.ttf")
    (TARGET / f"{slug}.txt").write_text(
        f"{source.family}, made of npm {source.package} by scripts/build_fonts.py\n\n{licence.strip()}\n",
        encoding="utf-8",
    )


def check_name(licence: str, family: str) -> None:
    """Stop if the licence is not the Open Font License, or if it reserves a part of the name of the family."""
    if "SIL Open Font License, Version 1.1" not in licence and "SIL OPEN FONT LICENSE Version 1.1" not in licence:
        raise SystemExit(f"{family} is not under the SIL Open Font License")
    owners = licence.partition("This license is copied below")[0]
    reserved = re.findall(r"[Rr]eserved (?:[Ff]ont )?[Nn]ames?\s+['\"]?([A-Z]\w+)", owners)
    if any(name.lower() in family.lower() for name in reserved):
        raise SystemExit(f"{family}: the licence reserves that name")


def find_subset(package: Path, subset: str, weight: int) -> Path | None:
    found = sorted(package.glob(f"files/{package.name}-{subset}-{weight}-normal.woff2"))
    return found[0] if found else None


def merge(files: list[Path], scratch: Path) -> TTFont:
    """Return one font of all the subsets, without what draws nothing here."""
    plain = []
    for number, file in enumerate(files):
        font = TTFont(file, recalcTimestamp=False)
        font.flavor = None
        for table in _UNUSED:
            if table in font:
                del font[table]
        font.save(scratch / f"{number}.ttf")
        plain.append(str(scratch / f"{number}.ttf"))
    if len(plain) > 1:
        Merger().merge(plain).save(scratch / "merged.ttf")
        plain = [str(scratch / "merged.ttf")]
    return TTFont(plain[0], recalcTimestamp=False)


def rename(font: TTFont, family: str) -> None:
    """Give the font its family's name and the date 0, so that the same packages give the same bytes."""
    for record in list(font["name"].names):
        if record.nameID in {1, 3, 4, 6, 16, 17, 18, 21, 22, 25}:
            font["name"].removeNames(nameID=record.nameID)
    for number, text in ((1, family), (3, family), (4, family), (6, family.replace(" ", ""))):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].created = font["head"].modified = 0


if __name__ == "__main__":
    main(sys.argv[1:])
