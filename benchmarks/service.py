"""The service around the drawing: a burst of requests, events, the cache, memory, and what it all costs.

`python benchmarks/service.py` starts real servers on free ports. The clients are one asyncio process, so that on two
cores the load takes as little as it can from the server that is measured.
"""

import argparse
import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator

import httpx
from _report import Row, options, report
from _server import resident_memory, server

TOGETHER = 64
WISH = {"prompt": "a coffee roastery by the sea", "brand_name": "Northwind Coffee", "n": 1}


def main() -> None:
    arguments = _arguments()
    with server(MAX_QUEUED_JOBS="32") as (url, pid):
        rows = list(asyncio.run(_burst(url, arguments.requests)))
        rows += asyncio.run(_first_events(url, 50))
        rows += asyncio.run(_cache_hits(url, 200))
        rows += asyncio.run(_memory(url, pid, arguments.steady))
    report("Service, vector engine, MAX_CONCURRENT_JOBS=2, MAX_QUEUED_JOBS=32", rows, out=arguments.out)


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--requests", type=int, default=500, help="of the burst")
    parser.add_argument("--steady", type=int, default=2000, help="requests over which memory is watched")
    return parser.parse_args()


async def _burst(url: str, requests: int) -> list[Row]:
    """Send requests, 64 at a time, each until it is served; 503 is answered by waiting as `Retry-After` says."""
    answers: Counter[int] = Counter()
    seconds: list[float] = []
    ids: list[str] = []
    limit = asyncio.Semaphore(TOGETHER)
    async with _client(url) as client:

        async def one(seed: int) -> None:
            async with limit:
                started = time.perf_counter()
                while True:
                    answer = await client.post("/v1/logos", json={**WISH, "seed": seed})
                    answers[answer.status_code] += 1
                    if answer.status_code != 503:
                        break
                    await asyncio.sleep(float(answer.headers["Retry-After"]))
                seconds.append(time.perf_counter() - started)
                ids.append(answer.json()["id"])

        started = time.perf_counter()
        await asyncio.gather(*(one(seed) for seed in range(requests)))
        took = time.perf_counter() - started
        states = Counter([(await client.get(f"/v1/logos/{one}")).json()["status"] for one in ids])
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    other = sum(count for status, count in answers.items() if status >= 500 and status != 503)
    return [
        (f"{requests} requests, {TOGETHER} at a time: lost", str(requests - states["succeeded"]), "0"),
        ("answers 503 with Retry-After", str(answers[503]), "as intended"),
        ("other answers from 500 on", str(other), "0"),
        ("logos / s", f"{requests / took:.0f}", ""),
        ("until served, retries included: median", f"{cuts[49]:.2f} s", ""),
        ("until served, retries included: 99 %", f"{cuts[98]:.2f} s", ""),
    ]


async def _first_events(url: str, times: int) -> Iterator[Row]:
    """Measure from asking for a generation's events to the first of them."""
    seconds = []
    async with _client(url) as client:
        for seed in range(times):
            made = await client.post(
                "/v1/logos", json={**WISH, "seed": 10_000 + seed}, headers={"Prefer": "respond-async"}
            )
            started = time.perf_counter()
            async with client.stream("GET", f"{made.headers['Location']}/events") as events:
                async for line in events.aiter_lines():
                    if line.startswith("event:"):
                        seconds.append(time.perf_counter() - started)
                        break
    return _latencies("first server-sent event", seconds, "< 100 ms")


async def _cache_hits(url: str, times: int) -> Iterator[Row]:
    """Measure requests that were answered before, by both APIs."""
    rows: list[Row] = []
    async with _client(url) as client:
        for path, wish in (
            ("/v1/logos", {**WISH, "seed": 1}),
            ("/api/generate_logo", {"prompt": WISH["prompt"], "seed": 1}),
        ):
            await client.post(path, json=wish)
            seconds = []
            for _ in range(times):
                started = time.perf_counter()
                answer = await client.post(path, json=wish)
                seconds.append(time.perf_counter() - started)
                assert answer.headers["X-Cache"] == "hit"
            rows += _latencies(f"cache hit, {path}", seconds, "< 20 ms")
    return iter(rows)


async def _memory(url: str, pid: int, requests: int) -> Iterator[Row]:
    """Watch the memory over many requests, the first tenth of which warms up."""
    seen = []
    async with _client(url) as client:
        for start in range(0, requests, 8):
            batch = range(start, start + 8)
            wishes = ({**WISH, "seed": 1_000_000 + seed} for seed in batch)
            made = await asyncio.gather(*(client.post("/v1/logos", json=wish) for wish in wishes))
            await asyncio.gather(*(client.get(answer.json()["candidates"][0]["png"] + "?size=256") for answer in made))
            if start >= requests / 10:
                seen.append(resident_memory(pid))
    tenth = len(seen) // 10 or 1
    first, last = statistics.mean(seen[:tenth]), statistics.mean(seen[-tenth:])
    change = 100 * (last - first) / first
    return iter(
        [
            (
                f"memory over {requests} requests: begins, ends, highest",
                f"{first:.0f}, {last:.0f}, {max(seen):.0f} MB",
                "",
            ),
            ("memory: change", f"{change:+.1f} %", "within 5 %"),
        ]
    )


def _latencies(what: str, seconds: list[float], target: str) -> Iterator[Row]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    yield f"{what}: median", f"{1000 * cuts[49]:.1f} ms", target
    yield f"{what}: 99 %", f"{1000 * cuts[98]:.1f} ms", ""


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=120, limits=httpx.Limits(max_connections=TOGETHER))


if __name__ == "__main__":
    main()
