"""What one client can do to the others: how slow `/health/live` becomes while another client does its worst.

`python benchmarks/attacks.py` starts a server on a free port and makes the attacks of `_attacks.py` one after the
other, each a few times, while a process of its own asks for `/health/live` without a pause. Words choose among them:
`python benchmarks/attacks.py chunks headers` makes those with one of these words in their names.
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final
from urllib.parse import urlsplit

import httpx
from _attacks import ATTACKS
from _report import Row, options, report
from _server import resident_memory, server

REPEATS: Final = 3
PROBE_EVERY: Final = 0.003  # seconds
BEFORE: Final = 0.3  # seconds of calm, so that the probe is at work when an attack begins
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
        with _probed(url) as probe:
            time.sleep(3)
        rows.append(("nothing", _shown(probe), TARGET))
        for name, run in ATTACKS.items():
            if arguments.words and not any(word in name for word in arguments.words):
                continue
            began = time.perf_counter()
            with _probed(url) as probe:
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
        rows.append(("server: memory, highest", f"{resident_memory(pid, 'VmHWM'):.0f} MB", "<= 250 MB"))
    report("/health/live while a client attacks, slowest answer", rows, out=arguments.out, raw=raw)


@contextmanager
def _probed(url: str) -> Iterator[list[float]]:
    """Probe while the block runs; the list is filled with the seconds of each answer at its end."""
    latencies: list[float] = []
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_probe, args=(url, theirs))
    process.start()
    ours.recv()  # it is at work
    time.sleep(BEFORE)
    try:
        yield latencies
    finally:
        ours.send(None)
        latencies += ours.recv()
        process.join()


def _probe(url: str, control: Connection) -> None:
    latencies = []
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/health/live").raise_for_status()
        control.send(None)
        while not control.poll(PROBE_EVERY):
            started = time.perf_counter()
            client.get("/health/live").raise_for_status()
            latencies.append(time.perf_counter() - started)
    control.send(latencies)


def _shown(latencies: list[float]) -> str:
    return f"{1000 * max(latencies):.1f} ms"


if __name__ == "__main__":
    main()
