"""The vector engine, warm: four candidates of each sample brief, as SVG and as a PNG of 1024 pixels.

`python benchmarks/vector.py` draws every sample brief with several seeds in one thread and prints
the median and the slowest.
"""

import json
import statistics
import time
from pathlib import Path

from _report import options, report

from blazon import Brief
from blazon.studio import Studio

BRIEFS = Path(__file__).parent / "data" / "briefs.jsonl"
SEEDS = range(3)
SIZE = 1024


def main() -> None:
    out = options(__doc__).parse_args().out
    started = time.perf_counter()
    studio = Studio.open()
    opened = time.perf_counter() - started
    briefs = [
        Brief(entry["prompt"], brand_name=entry["brand"], seed=seed)
        for entry in map(json.loads, BRIEFS.read_text(encoding="utf-8").splitlines())
        for seed in SEEDS
    ]
    first = _drawn(studio, briefs[0])
    for brief in briefs:
        studio.generate(brief)
    timings = [_drawn(studio, brief) for brief in briefs]
    whole = [svg + png for svg, png in timings]
    report(
        f"Vector engine, 4 candidates, SVG and {SIZE} px PNG, {len(briefs)} briefs",
        [
            ("open the studio", f"{1000 * opened:.0f} ms", ""),
            ("first brief, cold", f"{1000 * sum(first):.0f} ms", ""),
            ("SVG, median", f"{1000 * statistics.median(svg for svg, _ in timings):.0f} ms", ""),
            ("PNG, median", f"{1000 * statistics.median(png for _, png in timings):.0f} ms", ""),
            ("both, median", f"{1000 * statistics.median(whole):.0f} ms", "<= 300 ms"),
            ("both, slowest", f"{1000 * max(whole):.0f} ms", ""),
        ],
        out=out,
    )


def _drawn(studio: Studio, brief: Brief) -> tuple[float, float]:
    """Return the seconds that the SVGs and the PNGs of a brief took."""
    started = time.perf_counter()
    candidates = studio.generate(brief)
    for candidate in candidates:
        _ = candidate.svg
    drawn = time.perf_counter()
    for candidate in candidates:
        candidate.png(SIZE)
    return drawn - started, time.perf_counter() - drawn


if __name__ == "__main__":
    main()
