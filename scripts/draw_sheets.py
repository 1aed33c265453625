"""Draw sheets to judge logos by eye: each candidate large, on dark ground, and as small as an icon.

    python scripts/draw_sheets.py FOLDER [--briefs FILE] [--count 40] [--seed 11] [--brands NAME ...] [--palette N]

Without `--briefs` the sample briefs are drawn, and 40 briefs with wishes of every kind. The half of those that is held
out is not to be looked at. The pictures of docs/gallery.md are drawn by the command at its foot.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from blazon.brief import Brief
from blazon.draw.artwork import Variant
from blazon.errors import BlazonError
from blazon.studio import Candidate, Studio

DATA: Final = Path(__file__).parents[1] / "benchmarks/data"
LARGE, DARK, GAP, CAPTION = 256, 128, 12, 44
SMALL: Final = (32, 16)
ROWS: Final = 6
LIGHT_GROUND, DARK_GROUND, PAGE = "#ffffff", "#16171a", "#e4e3df"
TILE: Final = LARGE + DARK


def read_entries(path: Path, count: int) -> list[dict[str, Any]]:
    """Return at most `count` briefs of a file, spread evenly over it."""
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    count = min(count, len(entries))
    return [entries[number * len(entries) // count] for number in range(count)]


def choose_brands(entries: Sequence[dict[str, Any]], brands: Sequence[str]) -> list[dict[str, Any]]:
    """Return the briefs of some brands in the order of their names, or all where none is named."""
    of_brand = {entry["brand"]: entry for entry in entries}
    return [of_brand[brand] for brand in brands if brand in of_brand] if brands else list(entries)


def draw_pages(entries: Sequence[Mapping[str, Any]], studio: Studio, seed: int) -> Iterator[Image.Image]:
    """Yield pages of `ROWS` briefs, four candidates each."""
    for start in range(0, len(entries), ROWS):
        yield _draw_page(entries[start : start + ROWS], studio, seed)


def _draw_page(entries: Sequence[Mapping[str, Any]], studio: Studio, seed: int) -> Image.Image:
    height = CAPTION + TILE + GAP
    page = Image.new("RGB", (4 * (LARGE + GAP) + GAP, len(entries) * height), PAGE)
    pen = ImageDraw.Draw(page)
    for row, entry in enumerate(entries):
        top = row * height
        try:
            brief = Brief(entry["prompt"], brand_name=entry["brand"], seed=seed, **entry.get("fields", {}))
            candidates = studio.generate(brief)
            told = ""
        except BlazonError as error:
            candidates, told = [], f"  ({error})"
        _write_caption(pen, f"{entry['brand']} | {entry['prompt']}{told}", top)
        for column, candidate in enumerate(candidates):
            page.paste(_draw_tile(candidate), (GAP + column * (LARGE + GAP), top + CAPTION))
    return page


def _write_caption(pen: ImageDraw.ImageDraw, text: str, top: int) -> None:
    font = ImageFont.load_default(13)
    middle = len(text) if len(text) < 150 else text.rfind(" ", 0, 150)
    for line, part in enumerate((text[:middle], text[middle:].strip())):
        pen.text((GAP, top + 6 + 17 * line), part, fill="#222222", font=font)


def _draw_tile(candidate: Candidate) -> Image.Image:
    """Return a logo large, under it on a dark ground, and at icon size on light and on dark."""
    tile = Image.new("RGB", (LARGE, TILE), LIGHT_GROUND)
    tile.paste(_picture(candidate, LARGE, Variant.COLOUR), (0, 0))
    tile.paste(_picture(candidate, DARK, Variant.INVERSE), (0, LARGE))
    half = DARK // 2
    for place, (ground, variant) in enumerate(((LIGHT_GROUND, Variant.COLOUR), (DARK_GROUND, Variant.INVERSE))):
        left, top = DARK, LARGE + place * half
        tile.paste(Image.new("RGB", (LARGE - DARK, half), ground), (left, top))
        for size in SMALL:
            left += (half - size) // 2
            small = _picture(candidate, size, variant)
            tile.paste(small, (left, top + (half - size) // 2))
            left += size + (half - size) // 2
    return tile


def _picture(candidate: Candidate, size: int, variant: Variant) -> Image.Image:
    return Image.open(BytesIO(candidate.png(size, variant))).convert("RGB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--briefs", type=Path, nargs="+", default=[DATA / "briefs.jsonl", DATA / "wishes_tune.jsonl"])
    parser.add_argument("--count", type=int, default=40, help="how many briefs of each file")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--brands", nargs="+", default=[], help="only the briefs of these, in this order")
    parser.add_argument("--palette", type=int, default=0, help="so many colours in a picture, which makes it small")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for path in arguments.briefs:
        entries = choose_brands(read_entries(path, arguments.count), arguments.brands)
        pages = draw_pages(entries, Studio.open(), arguments.seed)
        for number, page in enumerate(pages, start=1):
            picture = page.quantize(arguments.palette, dither=Image.Dither.NONE) if arguments.palette else page
            picture.save(arguments.folder / f"{path.stem}-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
