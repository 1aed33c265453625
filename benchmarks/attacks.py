"""What one client can do to the others: how slow `/health/live` becomes while another client does its worst.

`python benchmarks/attacks.py` starts a server on a free port and makes the attacks of `_attacks.py` one after the
other, each a few times, while a process of its own asks for `/health/live` without a pause. Words choose among them:
`python benchmarks/attacks.py chunks headers` makes those with one of these words in their names.
"""

import time
from typing import Final
from urllib.parse import urlsplit

from _attacks import ATTACKS, post
from _probe import probed
from _report import Row, options, report
from _server import resident_memory, server

REPEATS: Final = 3
TARGET: Final = "< 50 ms"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only attacks with one of these in their names")
    parser.add_argument("--verbose", action="store_true", help="tell of each attack what it was answered")
    arguments = parser.parse_args()
    rows: list[Row] = []
    raw: dict[str, dict[str, object]] = {}
    # No tracing, no warm-up; the vector engine, which is there on every machine.
    with server(ENGINE="vector", WARMUP_ENABLED="false") as (url, pid):
        address = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
        post(address, b'{"prompt": "a bakery", "n": 4}')  # the processes that draw come with the first logo
        with probed(url) as probe:
            time.sleep(3)
        before = resident_memory(pid)
        rows.append(("nothing", _shown(probe), TARGET))
        for name, run in ATTACKS.items():
            if arguments.words and not any(word in name for word in arguments.words):
                continue
            began = time.perf_counter()
            with probed(url) as probe:
                answers = {run(address) for _ in range(REPEATS)}
            seconds = time.perf_counter() - began
            raw[name] = {
                "slowest_ms": 1000 * max(probe),
                "probes": len(probe),
                "answers": sorted(answers),
                "seconds": seconds,
            }
            rows.append((name, _shown(probe), TARGET))
            if arguments.verbose:
                print(
                    f"{rows[-1][:2]}, {len(probe)} probes, {seconds:.1f} s: {' / '.join(sorted(answers))}", flush=True
                )
        grown = resident_memory(pid, "VmHWM") - before
        rows.append((f"memory of all processes, {before:.0f} MB before: more at most", f"{grown:.0f} MB", "<= 100 MB"))
    report("/health/live while a client attacks, slowest answer", rows, out=arguments.out, raw=raw)


def _shown(latencies: list[float]) -> str:
    return f"{1000 * max(latencies):.1f} ms"


if __name__ == "__main__":
    main()
