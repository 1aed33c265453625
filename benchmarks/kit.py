"""The kit of a logo, warm: every sample brief's first logo, in one thread.

`python benchmarks/kit.py` makes a kit for each and prints the median and the slowest, with what the longest parts took;
each is made twice, and both must be the same bytes.
"""

import json
import statistics
import time
from collections import Counter
from pathlib import Path

from _report import options, report

from blazon import Brief
from blazon.kit.kit import make_files, make_kit
from blazon.kit.order import KitOrder
from blazon.studio import VECTOR_LICENCE, VECTOR_MODEL, Studio

BRIEFS = Path(__file__).parent / "data" / "briefs.jsonl"


def main() -> None:
    out = options(__doc__).parse_args().out
    studio = Studio.open()
    entries = map(json.loads, BRIEFS.read_text(encoding="utf-8").splitlines())
    logos = [
        studio.generate(Brief(entry["prompt"], brand_name=entry["brand"], seed=1, count=1))[0] for entry in entries
    ]
    orders = [KitOrder(logo.design, logo.shows, logo.why, VECTOR_MODEL, VECTOR_LICENCE, logo.credits) for logo in logos]
    make_kit(orders[0], studio.materials)
    walls, cores, sizes, counts = [], [], [], []
    parts: Counter[str] = Counter()
    same = True
    for order in orders:
        wall, core = time.perf_counter(), time.process_time()
        content = make_kit(order, studio.materials)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
        sizes.append(len(content))
        count, then = 1, time.process_time()
        for file in make_files(order, studio.materials):
            now = time.process_time()
            parts[file.path.split("/")[0]] += now - then
            then = now
            count += 1
        counts.append(count)
        same = same and make_kit(order, studio.materials) == content
    total = sum(parts.values())
    longest = ", ".join(f"{name} {part / total:.0%}" for name, part in parts.most_common(4))
    report(
        f"Kit of a logo, {len(orders)} logos",
        [
            ("median", f"{statistics.median(walls):.2f} s", "<= 2 s"),
            ("slowest", f"{max(walls):.2f} s", ""),
            ("time of one core, median", f"{statistics.median(cores):.2f} s", ""),
            ("size, median", f"{statistics.median(sizes) / 1e6:.1f} MB", ""),
            ("files, median", f"{statistics.median(counts):.0f}", ""),
            ("where the time goes", longest, ""),
            ("made twice, the same bytes", "yes" if same else "NO", "yes"),
        ],
        out=out,
    )


if __name__ == "__main__":
    main()
