"""The server under load: how fast `/health` answers while logos are drawn without a pause.

`python benchmarks/serving.py` starts a server on a free port and, for each size, keeps more clients asking
for logos than it draws at a time. Clients and probe run in processes of their own: threads would share
one interpreter lock, and the probe would measure its own waiting.
"""

import multiprocessing
import statistics
import time
from collections.abc import Iterator
from multiprocessing.pool import AsyncResult

import httpx
from _report import Row, options, report
from _server import resident_memory, server

CLIENTS = 4
SIZES = ([256, 512, 1024], [1024], [2048])
SECONDS = 8.0
PROBE_EVERY = 0.02
PROMPT = "a coffee roastery by the sea"
TARGET = "< 50 ms"


def main() -> None:
    out = options(__doc__).parse_args().out
    with server() as (url, pid):
        rows = [*_latency("/health, idle", _probe(url, time.time() + 2))]
        for sizes in SIZES:
            rows += _under_load(url, sizes)
        rows.append(("server: memory, highest", f"{resident_memory(pid, 'VmHWM'):.0f} MB", "<= 250 MB"))
    report(f"HTTP, {CLIENTS} clients at a time, MAX_CONCURRENT_JOBS=2", rows, out=out)


def _under_load(url: str, sizes: list[int]) -> Iterator[Row]:
    label = "+".join(map(str, sizes)) + " px"
    # Spawned and not forked, so that no client inherits a connection of the probe.
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        pool.map(_client, [(url, sizes, time.time() + 1)] * CLIENTS)  # until every client is up
        until = time.time() + SECONDS
        clients: AsyncResult[list[list[float]]] = pool.map_async(_client, [(url, sizes, until)] * CLIENTS, chunksize=1)
        latencies = _probe(url, until)
        drawn = [seconds for answers in clients.get() for seconds in answers]
    yield f"{label}: logos", f"{len(drawn) / SECONDS:.1f} / s", ""
    yield from _latency(f"{label}: a logo", drawn, target="")
    yield from _latency(f"{label}: /health", latencies)


def _client(job: tuple[str, list[int], float]) -> list[float]:
    """Ask for one logo after another until the time is over; return the seconds that each took."""
    url, sizes, until = job
    latencies = []
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.time() < until:
            started = time.perf_counter()
            client.post("/api/generate_logo", json={"prompt": PROMPT, "sizes": sizes}).raise_for_status()
            latencies.append(time.perf_counter() - started)
    return latencies


def _probe(url: str, until: float) -> list[float]:
    """Return the seconds that each answer of `/health` took, until the time is over."""
    latencies = []
    with httpx.Client(base_url=url) as client:
        client.get("/health").raise_for_status()
        while time.time() < until:
            started = time.perf_counter()
            client.get("/health").raise_for_status()
            latencies.append(time.perf_counter() - started)
            time.sleep(PROBE_EVERY)
    return latencies


def _latency(what: str, latencies: list[float], target: str = TARGET) -> Iterator[Row]:
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    yield f"{what}, median", f"{1000 * cuts[49]:.1f} ms", target
    yield f"{what}, 95 %", f"{1000 * cuts[94]:.1f} ms", target
    yield f"{what}, slowest of {len(latencies)}", f"{1000 * max(latencies):.1f} ms", ""


if __name__ == "__main__":
    main()
