"""A long queue in PostgreSQL: what accepting a request, claiming a candidate and cancelling cost.

`python benchmarks/shared_queue.py` starts a real PostgreSQL, which syncs every commit, fills the queue, and starts real
servers with the vector engine that share it, and draw beside what is measured, on the same cores.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

import httpx
from _postgresql import run_postgresql
from _report import Row, options, report
from _server import server

from blazon.brief import Brief
from blazon.generation import Generation, new_id
from blazon.store.database import Database
from blazon.store.generations import GenerationStore
from blazon.store.task_queue import TaskQueue

WISH: Final = {"prompt": "a coffee roastery by the sea", "brand_name": "Northwind Coffee"}
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
        with closing(Database.open(url)) as database:
            filled = _fill(GenerationStore(database), arguments.queued)
            with server(**shared) as (first, _), server(**shared) as (second, _):
                rows = [filled, *asyncio.run(_ask(first, second, arguments.samples))]
                rows += _claim(TaskQueue(database, "benchmark"), arguments.samples)
    report(
        f"{arguments.queued:,} requests that wait in PostgreSQL, two servers, vector engine", rows, out=arguments.out
    )


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--queued", type=int, default=20_000, help="requests that wait")
    parser.add_argument("--samples", type=int, default=300, help="of each measure")
    return parser.parse_args()


def _fill(store: GenerationStore, requests: int) -> Row:
    """Have requests wait, by what a server writes when it accepts them."""

    def accept(seed: int) -> None:
        now = time.time()
        brief = Brief(WISH["prompt"], brand_name=WISH["brand_name"], count=1, seed=seed)
        store.accept(Generation(new_id(now), "", brief, f"{seed:064x}", now, now + 3600))

    start = time.perf_counter()
    with ThreadPoolExecutor(TOGETHER) as threads:
        list(threads.map(accept, range(requests)))
    return (f"writing them, {TOGETHER} at a time", f"{requests / (time.perf_counter() - start):.0f} a second", "")


async def _ask(first: str, second: str, samples: int) -> list[Row]:
    async with (
        httpx.AsyncClient(base_url=first, timeout=600) as client,
        httpx.AsyncClient(base_url=second, timeout=600) as other,
    ):
        ids: list[str] = []

        async def accept(number: int) -> None:
            ids.append(await _accept(client, 10**6 + number))

        async def cancel(number: int) -> None:
            answer = await other.delete(f"/v1/logos/{ids[number]}")
            assert answer.json()["status"] == "cancelled", answer.text

        accepted = await _time(accept, samples)
        cancelled = await _time(cancel, samples)
    return [
        *_rows("accepting one more", accepted, "50 ms"),
        *_rows("cancelling one at the other server", cancelled, ""),
    ]


async def _accept(client: httpx.AsyncClient, seed: int) -> str:
    answer = await client.post("/v1/logos", json={**WISH, "seed": seed, "n": 1}, headers={"Prefer": "respond-async"})
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
