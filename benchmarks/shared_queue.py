"""A long queue in PostgreSQL: what accepting a request, claiming a candidate and cancelling cost.

`python benchmarks/shared_queue.py` starts a real PostgreSQL, which syncs every commit, and real servers with the vector
engine that share it; clients fill the queue through one of them.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Final

import httpx
from _postgresql import run_postgresql
from _report import Row, options, report
from _server import server

from blazon.store.database import Database
from blazon.store.task_queue import TaskQueue

WISH: Final = {"prompt": "a coffee roastery by the sea", "brand_name": "Northwind Coffee", "n": 1}
TOGETHER: Final = 16


def main() -> None:
    arguments = _arguments()
    with (
        run_postgresql("fsync=on", "shared_buffers=128MB", "autovacuum=on") as postgresql,
        tempfile.TemporaryDirectory() as pictures,
    ):
        url = postgresql.url("postgres", password=postgresql.password)
        shared = {
            "DATABASE_URL": url,
            "STORAGE_URL": f"file://{pictures}",
            "MAX_QUEUED_JOBS": "100000",
            "MAX_CONCURRENT_JOBS": "1",
        }
        with server(**shared) as (first, _), server(**shared) as (second, _):
            rows = asyncio.run(_ask(first, second, arguments))
            with closing(Database.open(url)) as database:
                rows += _claim(TaskQueue(database, "benchmark"), arguments.samples)
    report(
        f"{arguments.queued:,} requests that wait in PostgreSQL, two servers, vector engine", rows, out=arguments.out
    )


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--queued", type=int, default=20_000, help="requests that wait")
    parser.add_argument("--samples", type=int, default=300, help="of each measure")
    return parser.parse_args()


async def _ask(first: str, second: str, arguments: argparse.Namespace) -> list[Row]:
    limits = httpx.Limits(max_connections=2 * TOGETHER)
    async with (
        httpx.AsyncClient(base_url=first, timeout=600, limits=limits) as client,
        httpx.AsyncClient(base_url=second, timeout=600, limits=limits) as other,
    ):
        together = asyncio.Semaphore(TOGETHER)

        async def fill(seed: int) -> None:
            async with together:
                await _accept(client, seed)

        start = time.perf_counter()
        await asyncio.gather(*(fill(seed) for seed in range(arguments.queued)))
        seconds = time.perf_counter() - start
        ids: list[str] = []

        async def accept(number: int) -> None:
            ids.append(await _accept(client, arguments.queued + number))

        async def cancel(number: int) -> None:
            answer = await other.delete(f"/v1/logos/{ids[number]}")
            assert answer.json()["status"] == "cancelled", answer.text

        accepted = await _time(accept, arguments.samples)
        cancelled = await _time(cancel, arguments.samples)
    return [
        (f"accepting them, {TOGETHER} at a time", f"{arguments.queued / seconds:.0f} a second", ""),
        *_rows("accepting one more", accepted, "50 ms"),
        *_rows("cancelling one at the other server", cancelled, ""),
    ]


async def _accept(client: httpx.AsyncClient, seed: int) -> str:
    answer = await client.post("/v1/logos", json={**WISH, "seed": seed}, headers={"Prefer": "respond-async"})
    answer.raise_for_status()
    return str(answer.json()["id"])


async def _time(work: Callable[[int], Awaitable[None]], samples: int) -> list[float]:
    """Return in milliseconds what a call took, one after the other."""
    found = []
    for number in range(samples):
        start = time.perf_counter()
        await work(number)
        found.append(1000 * (time.perf_counter() - start))
    return found


def _claim(queue: TaskQueue, samples: int) -> list[Row]:
    milliseconds = []
    for _ in range(samples):
        start = time.perf_counter()
        lease = queue.claim()
        milliseconds.append(1000 * (time.perf_counter() - start))
        assert lease is not None
    start = time.perf_counter()
    waiting = queue.count().waiting
    counting = 1000 * (time.perf_counter() - start)
    queue.release_all()
    rows = _rows("claiming a candidate", milliseconds, "10 ms")
    return [*rows, (f"counting the {waiting:,} that wait, each second", f"{counting:.1f} ms", "")]


def _rows(what: str, milliseconds: list[float], target: str) -> list[Row]:
    ordered = sorted(milliseconds)
    return [
        (f"{what}, median of {len(ordered)}", f"{statistics.median(ordered):.1f} ms", ""),
        (f"{what}, p99", f"{ordered[int(0.99 * len(ordered))]:.1f} ms", target),
    ]


if __name__ == "__main__":
    main()
