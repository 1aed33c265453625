"""What the choice among alternatives is worth: ranked, against the first of them and one taken at random.

    python benchmarks/ranking.py [--out benchmarks/results]
    python benchmarks/ranking.py --sheet FOLDER [--pairs 48]
    python benchmarks/ranking.py --judge FOLDER --answers LRL=R...

Each place of a set has up to three designs of one kind of mark. All are drawn, and it is counted what is wrong with
those that are chosen. Legibility is measured by another ruler than the ranking uses: the mark is rendered at 16 and 32
pixels, each pixel is inked or not, and it is counted how much of the shape is still there.

A sheet shows pairs, ranked and random, in an order that only `key.json` knows; whoever judges writes L, R or = for
each pair, in order, and learns the score afterwards.
"""

import argparse
import itertools
import json
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from _report import Row, options, report
from PIL import Image, ImageDraw

from blazon import Brief
from blazon.brief import LayoutKind, Style, parse_palette
from blazon.design import Design
from blazon.direction.direct import direct_places
from blazon.draw.artwork import Artwork, Variant, draw_treated_mark
from blazon.draw.outline import Ink
from blazon.export.raster import png_of
from blazon.quality.choice import Choice, Examiner
from blazon.quality.faults import FaultKind
from blazon.quality.logo_gates import ratio_of
from blazon.quality.lookalikes import LookAlikes
from blazon.studio import Studio

BRIEFS: Final = Path(__file__).parent / "data" / "tune.jsonl"
SEED: Final = 3
WAYS: Final = ("ranked", "first", "random")
_SLOGANS: Final = ("", "since the very first day", "made slowly, by hand, in small numbers", "", "good things daily")
_PALETTES: Final = ("", "", "navy, orange", "", "black, white", "", "yellow, teal", "pastel")
_LAYOUTS: Final = (None, None, None, LayoutKind.SYMBOL, LayoutKind.EMBLEM, LayoutKind.HORIZONTAL)
_NAMES: Final = ("{}", "{}", "{} & Daughters", "The {} Cooperative Society")
_FULL: Final = 256
_SHOWN: Final = (200, 64, 32, 16)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a set: what each way would take of its designs; `designs` says how many there are."""

    brief: Brief
    designs: int
    taken: dict[str, Choice]


def read_briefs(seed: int) -> Iterator[Brief]:
    """Yield briefs as people write them, and with what makes a logo hard: slogans, long names, given colours."""
    lines = BRIEFS.read_text(encoding="utf-8").splitlines()
    hard = zip(*map(itertools.cycle, (_SLOGANS, _PALETTES, _LAYOUTS, _NAMES, (None, *Style))), strict=False)
    for line, (slogan, palette, layout, name, style) in zip(lines, hard, strict=False):
        entry = json.loads(line)
        yield Brief(
            entry["prompt"],
            brand_name=name.format(entry["brand"]) if entry["brand"] else "",
            slogan=slogan if entry["brand"] else "",
            palette=parse_palette(palette) if palette else None,
            layout=layout if entry["brand"] or layout is LayoutKind.SYMBOL else None,
            style=style,
            seed=seed,
        )


def choose(studio: Studio, examiner: Examiner, brief: Brief) -> Iterator[Place]:
    """Yield what each way takes for each place of the set of a brief."""
    places = list(direct_places(brief, studio.read(brief), studio.materials))
    for number, designs in enumerate(places):
        before = [place[0] for place in places[max(0, number - 3) : number]]
        dice = int.from_bytes(sha256(f"{brief.prompt}/{number}".encode()).digest()[:4], "big")
        other = designs[dice % len(designs)]
        taken = {
            "ranked": examiner.choose(designs, before),
            "first": examiner.examine(designs[0]),
            "random": examiner.examine(other),
        }
        yield Place(brief, len(designs), taken)


def survive(studio: Studio, design: Design, pixels: int) -> float:
    """Return how much of a mark is still there where it is so many pixels wide: the share of two shapes in common."""
    layers = [layer for layer in draw_treated_mark(design, studio.materials) if layer.ink is not Ink.TINT]
    svg = Artwork(tuple(layers), design.colours, "").svg(Variant.BLACK, tight=True)
    full = _alpha(svg, _FULL)
    small = _alpha(svg, pixels).point(lambda value: 255 * (value >= 128)).resize(full.size, Image.Resampling.NEAREST)
    whole = full.point(lambda value: 255 * (value >= 128))
    pairs = list(zip(small.tobytes(), whole.tobytes(), strict=True))
    either = sum(bool(one or other) for one, other in pairs)
    return sum(bool(one and other) for one, other in pairs) / max(1, either)


def _alpha(svg: str, size: int) -> Image.Image:
    return Image.open(BytesIO(png_of(svg, size))).convert("RGBA").getchannel("A")


def measure(studio: Studio, places: Sequence[Place]) -> list[Row]:
    rows: list[Row] = []
    for way in WAYS:
        choices = [place.taken[way] for place in places]
        faults = Counter(kind for choice in choices for kind in {fault.kind for fault in choice.faults})
        faulty = sum(bool(choice.faults) for choice in choices)
        rows.append((f"{way}: with any fault", f"{100 * faulty / len(choices):.1f} %", ""))
        rows += [
            (f"{way}: {kind}", f"{100 * faults[kind] / len(choices):.1f} %", "") for kind in FaultKind if faults[kind]
        ]
        rows.append(
            (f"{way}: with a warning", f"{100 * sum(bool(c.warnings) for c in choices) / len(choices):.1f} %", "")
        )
        marks = [choice.design for choice in choices if choice.design.mark is not None]
        for pixels in (32, 16):
            left = [survive(studio, design, pixels) for design in marks]
            tenth = statistics.quantiles(left, n=10)[0]
            told = f"{100 * statistics.mean(left):.1f} %, of the worst tenth {100 * tenth:.1f} %"
            rows.append((f"{way}: left of a mark at {pixels} px", told, ""))
        ratios = [ratio_of(choice.design.colours, Ink.MARK) / 100 for choice in choices]
        rows.append((f"{way}: contrast of the mark, median", f"{statistics.median(ratios):.1f} to 1", ""))
    return rows


def draw_sheet(places: Sequence[Place], folder: Path, pairs: int) -> None:
    """Write pairs as pictures, ten to a sheet, and which side is the ranked one."""
    folder.mkdir(parents=True, exist_ok=True)
    differing = [place for place in places if place.taken["ranked"].design != place.taken["random"].design]
    order = sorted(differing, key=lambda place: sha256(f"{place.brief.prompt}{place.taken}".encode()).digest())
    chosen, sides = order[:pairs], []
    for number, page in enumerate(_batches(chosen)):
        sheet = Image.new("RGB", (2 * 360 + 40, 226 * len(page)), "#888888")
        for row, place in enumerate(page):
            secret = sha256(f"side/{place.brief.prompt}/{place.taken['ranked'].design}".encode()).digest()[0] % 2
            sides.append("LR"[secret])
            both = ("ranked", "random") if not secret else ("random", "ranked")
            for column, way in enumerate(both):
                _paste(sheet, place.taken[way], (column * 380 + 4, row * 226 + 20))
            told = f"{len(sides)}: {place.brief.brand_name} | {place.brief.prompt}"
            ImageDraw.Draw(sheet).text((6, row * 226 + 4), told, fill="white")
        sheet.save(folder / f"pairs-{number + 1}.png")
    (folder / "key.json").write_text(json.dumps(sides), encoding="utf-8")
    print(f"{len(sides)} pairs in {folder}; {len(differing)} of {len(places)} places differ")


def _batches(places: Sequence[Place]) -> Iterator[Sequence[Place]]:
    return (places[start : start + 10] for start in range(0, len(places), 10))


def _paste(sheet: Image.Image, choice: Choice, corner: tuple[int, int]) -> None:
    x, y = corner
    for size in _SHOWN:
        picture = Image.open(BytesIO(png_of(choice.artwork.svg(), size))).convert("RGB")
        sheet.paste(picture, (x, y))
        x, y = (x + size + 6, y) if size == _SHOWN[0] else (x, y + size + 6)


def judge(folder: Path, answers: str) -> list[Row]:
    """Return how often the ranked one was preferred."""
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    if len(answers) != len(key):
        raise SystemExit(f"there are {len(key)} pairs, and {len(answers)} answers")
    won = sum(answer == side for answer, side in zip(answers, key, strict=True))
    lost = sum(answer not in (side, "=") for answer, side in zip(answers, key, strict=True))
    share = 100 * won / max(1, won + lost)
    return [
        ("pairs, blind", str(len(key)), ""),
        ("ranked preferred", str(won), ""),
        ("random preferred", str(lost), ""),
        ("no difference", str(len(key) - won - lost), ""),
        ("ranked, of those with a difference", f"{share:.0f} %", "> 50 %"),
    ]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="write pairs to be judged there")
    parser.add_argument("--pairs", type=int, default=48)
    parser.add_argument("--judge", type=Path, metavar="FOLDER", help="the folder of the pairs that were judged")
    parser.add_argument("--answers", default="", help="L, R or = for each pair")
    arguments: argparse.Namespace = parser.parse_args()
    if arguments.judge:
        report(
            "Ranked against random, judged by eye",
            judge(arguments.judge, arguments.answers),
            out=arguments.out,
            name="ranking_by_eye",
        )
        return
    studio = Studio.open()
    examiner = Examiner(studio.materials, LookAlikes.open())
    briefs = list(read_briefs(arguments.seed))
    places = [place for brief in briefs for place in choose(studio, examiner, brief)]
    if arguments.sheet:
        draw_sheet(places, arguments.sheet, arguments.pairs)
        return
    several = [place for place in places if place.designs > 1]
    head: list[Row] = [
        ("briefs", str(len(briefs)), ">= 100"),
        ("places, with alternatives", f"{len(places)}, {len(several)}", ""),
        ("places where the ranked one is not the first", str(sum(_differs(place) for place in several)), ""),
    ]
    report("The choice among alternatives", [*head, *measure(studio, several)], out=arguments.out)


def _differs(place: Place) -> bool:
    return place.taken["ranked"].design != place.taken["first"].design


if __name__ == "__main__":
    main()
