"""A real server with a model at full size on one GPU: speed under load, cancelling, and whether memory stands still.

`python benchmarks/gpu_serving.py [--kind KIND ...] [--model FOLDER] [--optimize LEVEL] [--out FOLDER]` writes the
model with random weights (16 to 34 GB) into a temporary folder, unless `--model` names one, and starts `blazon serve`
with it. Clients ask one after the other for pictures of several sizes and steps, each with a prompt of its own; one
size is not warmed up, as it happens. Then requests are cancelled while they are drawn, and four clients go on for
minutes.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import torch
from _full_size import KINDS, save_full_size
from _gpu import TINY, device_name, gpu_options, parsed, release, take_each_kind, timed, title
from _report import Row, keep, report
from _server import resident_memory, server
from prometheus_client.parser import text_string_to_metric_families

from blazon.diffusion.optimization.measures import Level

RUNNING: Final = 4
CLIENTS: Final = (1, 4, 16)
# Shares of the largest size and of the most steps; the second size is not warmed up.
MIX: Final = ((1.0, 1.0), (0.5, 1.0), (1.0, 0.5), (0.75, 0.75))
CANCELS: Final = 5
SETTLED: Final = 0.2  # of a long run: what comes before is warming up


@dataclass(frozen=True, slots=True)
class Wishes:
    """What clients ask for, in turn."""

    size: int
    steps: int

    def number(self, count: int) -> dict[str, Any]:
        size, steps = MIX[count % len(MIX)]
        return {
            "prompt": f"a mark for shop number {count}",
            "n": 1,
            "seed": count,
            "size": int(self.size * size),
            "steps": max(1, round(self.steps * steps)),
        }


@dataclass(slots=True)
class Load:
    """What clients saw, and what the server counted meanwhile.

    Args:
        finished: pictures within the time that was set.
        seconds: that each request took. largest: those of the largest pictures with the most steps.
        busy: share of the time in forward passes. batch: pictures in a forward pass, on average.
        cold: share of the forward passes that ran uncompiled. utilisation: of the GPU, as its driver tells.
        resident_mb, allocated_mb: memory of the server, and of the GPU, second by second.
    """

    clients: int
    took: float = 0.0
    finished: int = 0
    seconds: list[float] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)
    busy: float = 0.0
    batch: float = 0.0
    cold: float = 0.0
    utilisation: list[float] = field(default_factory=list)
    resident_mb: list[float] = field(default_factory=list)
    allocated_mb: list[float] = field(default_factory=list)


class Serving:
    """A server that runs, and the measurements of it."""

    def __init__(self, url: str, pid: int, wishes: Wishes) -> None:
        self.url, self.pid, self.wishes = url, pid, wishes
        self._numbers = itertools.count()

    async def load(self, clients: int, seconds: float) -> Load:
        """Have clients ask without a pause for some time, and take what is true at the end of it."""
        found = Load(clients)
        async with self._client() as client:
            before, started = await self._counters(client), time.perf_counter()
            until = started + seconds
            asking = [asyncio.create_task(self._ask(client, found, until)) for _ in range(clients)]
            while time.perf_counter() < until:
                await asyncio.sleep(min(1.0, seconds / 10))
                await self._sample(client, found)
            found.finished, found.took = len(found.seconds), time.perf_counter() - started
            after = await self._counters(client)
            await asyncio.gather(*asking)
        steps = after["blazon_engine_steps_total"] - before["blazon_engine_steps_total"]
        busy = after["blazon_engine_busy_seconds_total"] - before["blazon_engine_busy_seconds_total"]
        pictures = after["blazon_engine_sequence_steps_total"] - before["blazon_engine_sequence_steps_total"]
        cold = after["blazon_engine_cold_passes_total"] - before["blazon_engine_cold_passes_total"]
        found.busy, found.batch, found.cold = busy / found.took, pictures / max(steps, 1), cold / max(steps, 1)
        return found

    async def cancel(self) -> tuple[float, int] | None:
        """Cancel a picture that is drawn; return the seconds until its end is told, and the steps run after that.

        None if the picture was finished first.
        """
        wish = self.wishes.number(next(self._numbers) * len(MIX)) | {"steps": 200}
        async with self._client() as client:
            made = await client.post("/v1/logos", json=wish, headers={"Prefer": "respond-async"})
            place = made.raise_for_status().headers["Location"]
            async with client.stream("GET", f"{place}/events") as events:
                lines = events.aiter_lines()
                await _first(lines, "progress")
                started = time.perf_counter()
                (await client.delete(place)).raise_for_status()
                if await _first(lines, "cancelled", "succeeded") == "succeeded":
                    return None
                told = time.perf_counter() - started
            steps = (await self._counters(client))["blazon_engine_steps_total"]
            await asyncio.sleep(1)
            return told, int((await self._counters(client))["blazon_engine_steps_total"] - steps)

    async def _ask(self, client: httpx.AsyncClient, found: Load, until: float) -> None:
        while time.perf_counter() < until:
            number = next(self._numbers)
            started = time.perf_counter()
            answer = await client.post("/v1/logos", json=self.wishes.number(number))
            answer.raise_for_status()
            if answer.json()["status"] != "succeeded":
                raise SystemExit(f"error: a picture was not drawn: {answer.text[:300]}")
            took = time.perf_counter() - started
            found.seconds.append(took)
            if number % len(MIX) == 0:
                found.largest.append(took)

    async def _sample(self, client: httpx.AsyncClient, found: Load) -> None:
        counters = await self._counters(client)
        found.resident_mb.append(resident_memory(self.pid))
        for name, into, unit in (
            ("blazon_gpu_utilisation_ratio", found.utilisation, 1.0),
            ("blazon_gpu_memory_bytes allocated", found.allocated_mb, 1e6),
        ):
            if name in counters:
                into.append(counters[name] / unit)

    async def _counters(self, client: httpx.AsyncClient) -> dict[str, float]:
        """Return the server's metrics by name, with the kind behind it where there are several."""
        page = (await client.get("/metrics")).raise_for_status().text
        samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
        return {f"{sample.name} {sample.labels.get('kind', '')}".strip(): sample.value for sample in samples}

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, timeout=600, limits=httpx.Limits(max_connections=64)) as client:
            yield client


async def _first(lines: AsyncIterator[str], *events: str) -> str:
    """Wait for one of some events, and return which it was."""
    async for line in lines:
        if (event := line.removeprefix("event: ")) in events:
            return event
    raise SystemExit(f"error: the server told of no {' and no '.join(events)}")


def load_rows(load: Load) -> Iterator[Row]:
    label = f"{load.clients} at a time"
    yield f"{label}: pictures / s", f"{load.finished / load.took:.3g}, {load.batch:.2f} in a forward pass", ""
    yield f"{label}: a picture, 50 % and 95 %", _cuts(load.seconds), ""
    yield f"{label}: of the largest, 50 % and 95 %", _cuts(load.largest), ""
    yield f"{label}: time in forward passes", f"{load.busy:.1%}", ">= 97 %" if load.clients >= RUNNING else ""
    if load.utilisation:
        yield f"{label}: the GPU computes, as its driver tells", f"{statistics.mean(load.utilisation):.1%}", ""
    yield f"{label}: forward passes uncompiled", f"{load.cold:.1%}", ""


def cancel_rows(cancels: list[tuple[float, int]]) -> Iterator[Row]:
    if not cancels:
        yield "cancel", "every picture was finished first", ""
        return
    told, steps = statistics.median(seconds for seconds, _ in cancels), max(steps for _, steps in cancels)
    yield "cancel until its end is told, median", f"{1000 * told:.0f} ms", ""
    yield "cancel: steps run after that, at most", str(steps), "<= 1"


def memory_rows(load: Load) -> Iterator[Row]:
    for what, seen in (("server", load.resident_mb), ("GPU", load.allocated_mb)):
        settled = seen[int(SETTLED * len(seen)) :]
        if not settled:
            continue
        tenth = max(1, len(settled) // 10)
        first, last = statistics.mean(settled[:tenth]), statistics.mean(settled[-tenth:])
        label = f"{load.took:.0f} s of {load.clients} at a time: memory, {what}"
        yield label, f"{first:.0f} MB, then {last:.0f} MB, {last / first - 1:+.1%}", "within 5 %"


def _cuts(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return f"{seconds[0]:.2f} s" if seconds else "none was finished"
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"{cuts[9]:.2f} s, {cuts[18]:.2f} s"


class Findings:
    """The table so far; it grows, and is kept, with every measurement."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self.rows: list[Row] = []
        self._raw: dict[str, list[Any]] = defaultdict(list)

    def add(self, rows: Iterable[Row], **raw: Any) -> None:
        self.rows += rows
        for name, numbers in raw.items():
            self._raw[name].append(numbers)
        if self._arguments.out is not None:
            keep(self.title, self.rows, self._arguments.out, **self.destination)

    @property
    def title(self) -> str:
        level = self._arguments.optimize
        return f"Server, {title(self._arguments)}, OPTIMIZE={level}, MAX_CONCURRENT_JOBS={RUNNING}"

    @property
    def destination(self) -> dict[str, Any]:
        """What the file of the results is called, and what is in it beside the table."""
        name = f"gpu_serving-{self._arguments.kind}-{self._arguments.optimize}"
        return {"name": name, "device": device_name(self._arguments), "raw": self._raw}


async def measure(serving: Serving, arguments: argparse.Namespace, found: Findings) -> None:
    """Take all measurements, and keep what there is after each."""
    for clients in CLIENTS:
        load = await serving.load(clients, arguments.seconds)
        found.add(load_rows(load), load=asdict(load))
    tries = [await serving.cancel() for _ in range(CANCELS)]
    cancels = [one for one in tries if one is not None]
    found.add(cancel_rows(cancels), cancels=cancels)
    steady = await serving.load(RUNNING, arguments.steady)
    found.add(memory_rows(steady), steady=asdict(steady))


def settings(arguments: argparse.Namespace, model: Path, wishes: Wishes) -> dict[str, str]:
    """Return the environment of the server."""
    return {
        "ENGINE": "flux",
        "MODEL_PATH": str(model),
        "TORCH_DEVICE": arguments.device,
        "OPTIMIZE": arguments.optimize,
        "MAX_CONCURRENT_JOBS": str(RUNNING),
        "MAX_QUEUED_JOBS": "64",
        "MAX_WAIT": "600",
        "REQUEST_TIMEOUT": "600",
        "WARMUP_SIZE": str(wishes.size // 2),
        "MIN_RENDER_SIZE": str(wishes.size // 2),
        "MAX_RENDER_SIZE": str(wishes.size),
        "HF_HUB_OFFLINE": "1",
    }


def main() -> None:
    parser = gpu_options(__doc__)
    parser.add_argument("--model", type=Path, help="a folder in the layout of diffusers")
    parser.add_argument("--optimize", choices=list(Level), default=Level.LOSSLESS)
    parser.add_argument("--seconds", type=float, default=60, help="for each number of clients")
    parser.add_argument("--steady", type=float, default=300, help="seconds over which memory is watched")
    parser.add_argument("--log", type=Path, help="file for what the server says of itself")
    for arguments in take_each_kind(parsed(parser, gigabytes=60)):
        serve(arguments)


def serve(arguments: argparse.Namespace) -> None:
    """Have a server draw with one kind, and tell what was seen of it."""
    found = Findings(arguments)
    wishes = Wishes(128, 4) if arguments.rehearse else Wishes(1024, KINDS[arguments.kind].steps)
    with tempfile.TemporaryDirectory() as scratch:
        model = arguments.model or _write(arguments, Path(scratch) / "model")
        started = time.perf_counter()
        with server(arguments.log, **settings(arguments, model, wishes)) as (url, pid):
            ready = time.perf_counter() - started
            found.add([("start until ready, loading and warm-up", f"{ready:.0f} s", "")], ready_seconds=ready)
            asyncio.run(measure(Serving(url, pid, wishes), arguments, found))
            report(found.title, found.rows, out=arguments.out, **found.destination)


def _write(arguments: argparse.Namespace, folder: Path) -> Path:
    """Write a model with random weights, and let go of the memory that this took."""
    if arguments.rehearse:
        return TINY[arguments.kind](folder)
    seconds = timed(lambda: save_full_size(arguments.kind, torch.device(arguments.device), folder))
    release()
    print(f"the model was written in {seconds:.0f} s", flush=True)
    return folder


if __name__ == "__main__":
    main()
