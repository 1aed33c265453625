"""Downloads against all others: many large files of which each must be rendered, and a client that wants one logo.

`python benchmarks/downloads.py` starts a real server for each of three attacks: clients that ask for large files and
leave, clients that wait for them, and clients that all want one file that nobody asked for before. Meanwhile another
client asks for a logo, and a third one whether the server is alive.
"""

import asyncio
import re
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from _probe import probed
from _report import Row, options, report
from _server import resident_memory, server

CLIENTS = 300
EQUAL = 60
_RENDERED = re.compile(r'^blazon_stage_seconds_count\{stage="render"\} ([0-9.]+)$', re.MULTILINE)


@dataclass(slots=True)
class Seen:
    """What the others saw during an attack."""

    logo: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


Attack = Callable[[str], Awaitable[Counter[int]]]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--logos", type=int, default=5, help="that the other client asks for, one after the other")
    arguments = parser.parse_args()
    clients, logos = arguments.clients, arguments.logos
    rows: list[Row] = []
    for title, most, attack in (
        (f"{clients} clients ask for 2048 px and leave", "2 s", _abandon(clients)),
        (f"{clients} clients wait for 2048 px", "4 s", _wait(clients)),
        (f"{EQUAL} clients want one cold file", "2 s", _share(EQUAL)),
    ):
        with server() as (url, pid):
            rows += asyncio.run(_measure(url, pid, title, most, attack, logos))
    report("Downloads against all others, vector engine, no keys", rows, out=arguments.out)


def _abandon(clients: int) -> Attack:
    async def attack(file: str) -> Counter[int]:
        """Ask, and close each connection a second later."""

        async def one(number: int) -> int:
            try:
                async with asyncio.timeout(1):
                    return await _download(file, number)
            except TimeoutError:
                return 0

        return Counter(await asyncio.gather(*map(one, range(clients))))

    return attack


def _wait(clients: int) -> Attack:
    async def attack(file: str) -> Counter[int]:
        return Counter(await asyncio.gather(*(_download(file, number) for number in range(clients))))

    return attack


def _share(clients: int) -> Attack:
    async def attack(file: str) -> Counter[int]:
        return Counter(await asyncio.gather(*(_download(file, 0) for _ in range(clients))))

    return attack


async def _download(file: str, number: int) -> int:
    """Ask for a file that is as large as it can be, and of which no two are equal; return the status.

    With nothing but a connection: three hundred clients of a library would take the cores of the server.
    """
    url = httpx.URL(file, params={"width": 2048, "height": 2048 - number, "quality": number % 101})
    reading, writing = await asyncio.open_connection(url.host, url.port)
    try:
        writing.write(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % url.raw_path)
        return int((await reading.read())[9:12])
    finally:
        writing.close()


async def _measure(url: str, pid: int, title: str, most: str, attack: Attack, logos: int) -> list[Row]:
    seen = Seen()
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        drawn = await client.post("/v1/logos", json={"prompt": "a coffee roastery by the sea", "n": 1, "seed": 1})
        file = str(client.base_url.join(drawn.json()["candidates"][0]["png"]))
        alone = await _ask_for_logo(client, 1)
        before = await _count_rendered(client)
        watching = asyncio.create_task(_watch_memory(pid, seen))
        with probed(url) as probe:
            attacking = asyncio.create_task(attack(file))
            await asyncio.sleep(0.5)
            for seed in range(logos):
                seen.logo.append(await _ask_for_logo(client, 100 + seed))
            answers = await attacking
        watching.cancel()
        rendered = await _count_rendered(client) - before - logos
    told = ", ".join(f"{count} {status or 'left'}" for status, count in sorted(answers.items()))
    return [
        (title, "", ""),
        ("  answers", told, ""),
        ("  another client's generate_logo, alone", f"{alone:.2f} s", ""),
        ("  meanwhile, slowest", f"{max(seen.logo):.2f} s", f"<= {most}"),
        ("  meanwhile, median", f"{statistics.median(seen.logo):.2f} s", ""),
        ("  /health/live, slowest", f"{1000 * max(probe):.0f} ms", "50 ms"),
        ("  files rendered for the attack", f"{rendered:.0f}", ""),
        ("  memory of the server, highest", f"{max(seen.memory):.0f} MB", ""),
    ]


async def _watch_memory(pid: int, seen: Seen) -> None:
    while True:
        seen.memory.append(resident_memory(pid))
        await asyncio.sleep(0.25)


async def _ask_for_logo(client: httpx.AsyncClient, seed: int) -> float:
    started = time.perf_counter()
    answer = await client.post("/api/generate_logo", json={"prompt": "a bakery in the old town", "seed": seed})
    answer.raise_for_status()
    return time.perf_counter() - started


async def _count_rendered(client: httpx.AsyncClient) -> float:
    found = _RENDERED.search((await client.get("/metrics")).text)
    return float(found.group(1)) if found else 0.0


if __name__ == "__main__":
    main()
