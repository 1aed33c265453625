"""Painted marks to outlines: how near to the truth, in how many paths and points, and how fast.

    python benchmarks/tracing.py [--count 210] [--first 0] [--plain] [--sheet FOLDER] [--out benchmarks/results]

The marks are drawn by the vector engine and then painted as diffusion models paint them (`_painted_marks.py`), so that
the truth is known. `--plain` measures vtracer and potracer (under the GPL, a yardstick only; left out where it is not
installed) over every ninth of the same pictures. `--sheet` keeps pictures of the ten worst: painting, truth, tracing.
SSIM and colour differences are those of the box around the mark, so that empty paper counts for nothing.
"""

import importlib.util
import math
import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import vtracer
from _painted_marks import SIDE, Damage, PaintedMark, Pixels, paint_marks
from _report import Row, options, report
from PIL import Image, ImageDraw

from blazon.draw.outline import from_svg
from blazon.draw.reduction import count_points
from blazon.export.raster import bitmap_of
from blazon.export.trace import draw_traced
from blazon.tracing.masks import label_parts
from blazon.tracing.oklab import oklab_of
from blazon.tracing.trace import trace_mark

_WINDOW: Final = 8
_MARGIN: Final = 8
# The yardsticks measure one of so many marks.
_EACH: Final = 9
# A hole of fewer pixels counts for nothing.
_HOLE: Final = 60
_NOISY: Final = (Damage.NOISE, Damage.JPEG, Damage.PAINTED, Damage.BLUR, Damage.SHADOW, Damage.VIGNETTE)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one painting.

    Args:
        alpha: mean difference of coverage, 0 to 1, in the box of the mark; not a number where paper is traced too.
        holes: share of the true holes that are kept.
        ssim: structural similarity to the clean original, 1 where it is the same.
        delta: mean distance to it in OKLab, times 100.
    """

    mark: PaintedMark
    picture: Image.Image
    alpha: float
    holes: float
    ssim: float
    delta: float
    paths: int
    nodes: int
    size: int
    seconds: float
    faults: tuple[str, ...] = ()


def measure(mark: PaintedMark, svg: str, seconds: float, *, on_paper: bool, faults: tuple[str, ...] = ()) -> Measured:
    """Compare an SVG document with the truth; `on_paper` says that it has the paper, too."""
    drawn = bitmap_of(svg, SIDE)
    truth = np.asarray(mark.truth.getchannel("A"), dtype=np.float32) / 255
    box = find_box(truth)
    sheet = Image.new("RGBA", drawn.size, mark.paper)
    sheet.alpha_composite(drawn)
    ours, clean = (np.asarray(image.convert("RGB"))[box] for image in (sheet, mark.clean))
    alpha = np.asarray(drawn.getchannel("A"), dtype=np.float32) / 255
    data = re.findall(r' d="([^"]*)"', svg)
    return Measured(
        mark,
        sheet.convert("RGB"),
        alpha=float("nan") if on_paper else float(np.abs(alpha - truth)[box].mean()),
        holes=float("nan") if on_paper else keep_holes(truth, alpha),
        ssim=similarity(luma(ours), luma(clean)),
        delta=100 * float(np.linalg.norm(oklab_of(ours) - oklab_of(clean), axis=-1).mean()),
        paths=len(data),
        nodes=sum(count_points(from_svg(text)) for text in data),
        size=len(svg),
        seconds=seconds,
        faults=faults,
    )


def find_box(alpha: Pixels) -> tuple[slice, slice]:
    """Return the rows and columns around what is inked, with a margin."""
    rows, columns = (np.flatnonzero((alpha > 0.02).any(axis=axis)) for axis in (1, 0))
    around = [slice(max(0, int(found[0]) - _MARGIN), int(found[-1]) + _MARGIN + 1) for found in (rows, columns)]
    return around[0], around[1]


def keep_holes(truth: Pixels, alpha: Pixels) -> float:
    """Return the share of the holes in the truth that are open in a tracing: at least half of each."""
    labels = label_parts(truth < 0.5)
    sizes = np.bincount(labels.ravel())
    outside = {*np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))}
    holes = [label for label in range(1, len(sizes)) if sizes[label] >= _HOLE and label not in outside]
    open_pixels = np.bincount(labels.ravel(), weights=(alpha < 0.5).ravel())
    kept = [open_pixels[label] >= sizes[label] / 2 for label in holes]
    return statistics.fmean(kept) if kept else 1.0


def luma(colours: Pixels) -> Pixels:
    return np.asarray(colours.astype(np.float64) @ (0.299, 0.587, 0.114))


def similarity(one: Pixels, other: Pixels) -> float:
    """Return the mean SSIM over square windows (Wang and others, 2004), of luma 0 to 255."""

    def mean(values: Pixels) -> Pixels:
        sums = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        w = _WINDOW
        return (sums[w:, w:] - sums[:-w, w:] - sums[w:, :-w] + sums[:-w, :-w]) / w**2

    a, b = mean(one), mean(other)
    var_a, var_b, covar = mean(one * one) - a * a, mean(other * other) - b * b, mean(one * other) - a * b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(((2 * a * b + c1) * (2 * covar + c2) / ((a * a + b * b + c1) * (var_a + var_b + c2))).mean())


def trace_ours(mark: PaintedMark) -> Measured:
    start = time.process_time()
    traced = trace_mark(mark.painting)
    seconds = time.process_time() - start
    faults = traced.warnings
    return measure(mark, draw_traced(traced).without_paper().svg(SIDE, SIDE), seconds, on_paper=False, faults=faults)


def trace_plain(mark: PaintedMark) -> Measured:
    """Trace with vtracer as it comes, paper and all."""
    png = BytesIO()
    mark.painting.save(png, "PNG")
    start = time.process_time()
    svg = vtracer.convert_raw_image_to_svg(png.getvalue(), img_format="png")
    seconds = time.process_time() - start
    return measure(mark, _place_paths(svg), seconds, on_paper=True)


def trace_potrace(mark: PaintedMark) -> Measured:
    """Trace with potracer: everything unlike the paper, in one colour."""
    import potrace

    pixels = np.asarray(mark.painting, dtype=np.float32)
    start = time.process_time()
    away = np.linalg.norm(pixels - np.float32(mark.paper), axis=-1)
    inked = away > away.max() / 2
    shapes = []
    for curve in potrace.Bitmap(~inked).trace():
        at = curve.start_point
        words = [f"M{at.x:.2f} {at.y:.2f}"]
        for piece in curve.segments:
            points = (piece.c, piece.end_point) if piece.is_corner else (piece.c1, piece.c2, piece.end_point)
            numbers = [f"{point.x:.2f} {point.y:.2f}" for point in points]
            words.append("L" + "L".join(numbers) if piece.is_corner else "C" + " ".join(numbers))
        shapes.append("".join(words) + "Z")
    seconds = time.process_time() - start
    colour = np.median(pixels[inked], axis=0).astype(int)
    path = f'<path fill="#{bytes(colour.tolist()).hex()}" fill-rule="evenodd" d="{"".join(shapes)}"/>'
    return measure(mark, _document(path), seconds, on_paper=False)


def _place_paths(svg: str) -> str:
    """Return what vtracer wrote with its offsets worked into a document that resvg draws at our size."""
    return re.sub(r"<svg [^>]*>", lambda _: _document("").removesuffix("</svg>"), svg[svg.index("<svg") :])


def _document(content: str) -> str:
    view = f'viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{content}</svg>'


def rows_of(title: str, found: Sequence[Measured], ssim: str = "", paths: str = "") -> list[Row]:
    """Return the lines of a table: medians, and the worst tenth where that says more."""

    def median(name: str) -> float:
        return statistics.median(getattr(one, name) for one in found)

    def worst(name: str, share: int) -> float:
        return sorted(getattr(one, name) for one in found)[len(found) * share // 100]

    if not found:
        return []
    rows = [
        (f"{title}: SSIM, median (worst tenth)", f"{median('ssim'):.4f} ({worst('ssim', 10):.4f})", ssim),
        (f"{title}: colour difference, median (worst tenth)", f"{median('delta'):.2f} ({worst('delta', 90):.2f})", ""),
        (f"{title}: paths, median (most)", f"{median('paths'):.0f} ({max(one.paths for one in found)})", paths),
        (f"{title}: nodes, median (worst tenth)", f"{median('nodes'):.0f} ({worst('nodes', 90)})", "at most 80"),
        (f"{title}: kilobytes, median", f"{median('size') / 1000:.1f}", ""),
        (f"{title}: seconds, median (worst)", f"{median('seconds'):.2f} ({worst('seconds', 99):.2f})", "at most 1"),
    ]
    if not math.isnan(found[0].alpha):  # the paper is not traced too
        alpha = f"{median('alpha'):.4f} ({worst('alpha', 90):.4f})"
        rows.append((f"{title}: alpha error, median (worst tenth)", alpha, ""))
        rows.append((f"{title}: holes kept, all in", f"{statistics.fmean(one.holes >= 1 for one in found):.0%}", ""))
    return rows


def keep_sheet(found: Iterable[Measured], path: Path, side: int = 480) -> None:
    """Write a picture of tracings, one a row: the painting, the truth, the tracing on its paper and on magenta."""
    rows = list(found)
    sheet = Image.new("RGB", (3 * side, len(rows) * (side + 18)), "#ffffff")
    for place, one in enumerate(rows):
        top = place * (side + 18)
        for column, picture in enumerate((one.mark.painting, one.mark.clean, one.picture)):
            sheet.paste(picture.resize((side, side), Image.Resampling.LANCZOS), (column * side, top + 18))
        words = (
            f"{one.mark.name}  ssim {one.ssim:.4f}  dE {one.delta:.2f}  alpha {one.alpha:.4f}  holes {one.holes:.2f}"
        )
        words += f"  paths {one.paths}  nodes {one.nodes}  {one.seconds:.2f} s  {'; '.join(one.faults)}"
        ImageDraw.Draw(sheet).text((4, top + 2), words, fill="#000000")
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def measure_all(count: int, first: int, *, plain: bool) -> dict[str, list[Measured]]:
    """Return what came of all paintings, by the way in which they were traced."""
    ways: dict[str, Callable[[PaintedMark], Measured]] = {"ours": trace_ours}
    if plain:
        ways["vtracer"] = trace_plain
        if importlib.util.find_spec("potrace"):
            ways["potracer"] = trace_potrace
    found: dict[str, list[Measured]] = {way: [] for way in ways}
    for mark in paint_marks(count, first):
        for way, trace in ways.items():
            if way == "ours" or mark.number % _EACH == 0:
                found[way].append(trace(mark))
    return found


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--count", type=int, default=210)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="measure vtracer and potracer over each ninth, too")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="keep pictures of the ten worst there")
    arguments = parser.parse_args()
    found = measure_all(arguments.count, arguments.first, plain=arguments.plain)
    ours = found["ours"]
    rows = rows_of("clean", [one for one in ours if one.mark.damage is Damage.CLEAN], "at least 0.99", "at most 12")
    rows += rows_of("damaged", [one for one in ours if one.mark.damage in _NOISY], "at least 0.97", "at most 40")
    rows += rows_of("all", ours)
    for way in [way for way in found if way != "ours"]:
        rows += rows_of(way, found[way])
    rows.append(("told to be beyond tracing", f"{sum(bool(one.faults) for one in ours)} of {len(ours)}", ""))
    raw = [
        {"mark": one.mark.name, "way": way}
        | {name: round(getattr(one, name), 4) for name in ("alpha", "holes", "ssim", "delta", "paths", "nodes")}
        for way, measured in found.items()
        for one in measured
    ]
    report("Painted marks to outlines", rows, out=arguments.out, raw=raw)
    if arguments.sheet:
        keep_sheet(sorted(ours, key=lambda one: one.ssim)[:10], arguments.sheet / "worst.png")
        keep_sheet(sorted(ours, key=lambda one: -one.nodes)[:10], arguments.sheet / "most_nodes.png")


if __name__ == "__main__":
    main()
