"""A long queue: how long the end of the server takes, what it finishes before, and what taking one out costs.

`python benchmarks/shutdown.py` starts real servers with the vector engine, fills their queues, and ends one of them
with SIGTERM in the middle of requests that clients wait for.
"""

import argparse
import asyncio
import http.client
import json
import os
import signal
import statistics
import time
from pathlib import Path
from typing import Any

import httpx
from _report import Row, options, report
from _server import server

WISH = {"prompt": "a coffee roastery by the sea", "brand_name": "Northwind Coffee"}
PLACES = {"MAX_QUEUED_JOBS": "10000", "DRAIN_TIMEOUT": "20"}
TOGETHER = 32


def main() -> None:
    arguments = _arguments()
    with server(**PLACES) as (url, _):
        rows = asyncio.run(_remove(url, arguments.queued, 50))
    with server(**PLACES) as (url, pid):
        rows += asyncio.run(_stop(url, pid, arguments.waiting))
    report("A long queue, vector engine, MAX_CONCURRENT_JOBS=2", rows, out=arguments.out)


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--queued", type=int, default=10_000, help="requests that wait while some are taken out")
    parser.add_argument("--waiting", type=int, default=600, help="requests of 24 candidates that wait as it ends")
    return parser.parse_args()


def _client(url: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=TOGETHER * 2, max_keepalive_connections=TOGETHER)
    return httpx.AsyncClient(base_url=url, timeout=600, limits=limits)


async def _queue(client: httpx.AsyncClient, requests: int, n: int) -> list[str]:
    """Have requests accepted that nobody waits for; return their ids."""
    together = asyncio.Semaphore(TOGETHER)

    async def accept(seed: int) -> str:
        async with together:
            answer = await client.post(
                "/v1/logos", json={**WISH, "seed": seed, "n": n}, headers={"Prefer": "respond-async"}
            )
        answer.raise_for_status()
        return str(answer.json()["id"])

    return await asyncio.gather(*(accept(seed) for seed in range(requests)))


async def _remove(url: str, requests: int, removals: int) -> list[Row]:
    """Cancel what waits at the end of a long queue, one after the other."""
    async with _client(url) as client:
        ids = await _queue(client, requests, 1)
        await _queue(client, requests // 20, 24)
    # By the plainest client there is: on two cores that draw, one that does more measures itself.
    connection = http.client.HTTPConnection(httpx.URL(url).host, httpx.URL(url).port)
    milliseconds = []
    for identity in ids[-removals:]:
        start = time.perf_counter()
        connection.request("DELETE", f"/v1/logos/{identity}")
        answer = connection.getresponse().read()
        milliseconds.append(1000 * (time.perf_counter() - start))
        assert json.loads(answer)["status"] == "cancelled", answer
    connection.close()
    return [
        (
            f"DELETE with {requests:,} queued, median of {removals}",
            f"{statistics.median(milliseconds):.1f} ms",
            "10 ms",
        ),
        ("the slowest of them", f"{max(milliseconds):.1f} ms", ""),
    ]


async def _stop(url: str, pid: int, requests: int) -> list[Row]:
    """End the server while a request of 24 candidates is drawn, its events are watched, and many requests wait."""
    async with _client(url) as client:
        ids = await _queue(client, requests, 24)
        waiting = asyncio.create_task(client.get(f"/v1/logos/{ids[-1]}/events"))
        waits = asyncio.create_task(client.post("/v1/logos", json={**WISH, "seed": 1_000_001, "n": 1}))
        urgent = {**WISH, "seed": 1_000_000, "n": 24, "priority": "high"}  # the next one to be begun
        begun = asyncio.create_task(client.post("/v1/logos", json=urgent))
        while not (found := await _started(client, urgent["seed"])):
            await asyncio.sleep(0.001)
        watched = asyncio.create_task(client.get(f"/v1/logos/{found['id']}/events"))
        await asyncio.sleep(0.05)
        done_before = (await client.get(f"/v1/logos/{found['id']}")).json()["progress"]
        start = time.perf_counter()
        os.kill(pid, signal.SIGTERM)
        answers = await asyncio.gather(begun, watched, waiting, waits, return_exceptions=True)
        while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            await asyncio.sleep(0.005)
        seconds = time.perf_counter() - start
    whole, events, told, refused = answers
    return [
        (f"SIGTERM with {requests} requests of 24 waiting, to the end of the process", f"{seconds:.2f} s", "5 s"),
        (f"a request of 24 candidates, {done_before:.0%} done at the signal", _status(whole), "201, 24 logos"),
        ("the last event of who watches it", _last_event(events), "succeeded"),
        ("the last event of who watches one that waits", _last_event(told), "interrupted"),
        ("a request that waits on its connection", _status(refused), "503"),
    ]


async def _started(client: httpx.AsyncClient, seed: int) -> dict[str, Any] | None:
    """Return the request with this seed once it was begun."""
    running = (await client.get("/v1/logos?status=running")).json()["data"]
    return next((one for one in running if one["seed"] == seed), None)


def _status(answer: httpx.Response | BaseException) -> str:
    if isinstance(answer, BaseException):
        return type(answer).__name__
    logos = f", {len(answer.json()['candidates'])} logos" if answer.status_code == 201 else ""
    return f"{answer.status_code}{logos}"


def _last_event(answer: httpx.Response | BaseException) -> str:
    if isinstance(answer, BaseException):
        return type(answer).__name__
    names = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    return names[-1] if names else "none"


if __name__ == "__main__":
    main()
