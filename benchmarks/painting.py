"""Pictures a second through HTTP from a server that paints, against calls of the same pipeline.

`python benchmarks/painting.py` starts a server with a tiny FLUX and, in each round, lets clients ask it for
pictures, then makes the same pictures in bare batches, then one call at a time; so what else the machine does
meanwhile falls on all of them. Texts, sizes and steps are the same for all, and every picture becomes a PNG.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from _flux import call_pipeline, png, quiet
from _report import Row, options, report
from _server import processor_seconds, server
from _tiny_flux import save_tiny_flux
from diffusers import FluxPipeline

from blazon.brief import Brief
from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.prompts import enhance
from blazon.studio import Studio

SIZE = 256
STEPS = 8
TOGETHER = 8
SERVER = "server"
BARE = f"bare batches of {TOGETHER}"
ALONE = "one call at a time"
TARGETS = {BARE: ">= 0.80 x", ALONE: ">= 1.30 x"}


def main() -> None:
    arguments = _arguments()
    quiet()
    with tempfile.TemporaryDirectory() as root:
        folder = save_tiny_flux(Path(root) / "tiny-flux")
        settings = {
            "ENGINE": "flux",
            "MODEL_PATH": str(folder),
            "TORCH_DEVICE": "cpu",
            "MIN_RENDER_SIZE": str(SIZE),
            "DEFAULT_INFERENCE_STEPS": str(STEPS),
        }
        with server(arguments.log, **settings) as (url, process):
            rows = [*_measure(Painters(url, folder), process, arguments)]
    title = f"Server that paints, tiny FLUX {SIZE} px, {STEPS} steps, {TOGETHER} clients"
    report(title, rows, out=arguments.out)


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pictures", type=int, default=48, help="for each contender and round, a multiple of 8")
    parser.add_argument("--log", type=Path, help="file for what the server says")
    return parser.parse_args()


class Painters:
    """Paints the pictures with these numbers, in each of the ways that are compared."""

    def __init__(self, url: str, folder: Path) -> None:
        self._clients = [httpx.Client(base_url=url, timeout=120) for _ in range(TOGETHER)]
        self._pipeline = FluxPipeline.from_pretrained(folder)
        self._pipeline.set_progress_bar_config(disable=True)
        self._tokens = inspect_model(ModelSource(folder)).max_tokens
        self._studio = Studio.open()

    def ask_server(self, numbers: range) -> None:
        """Each client asks for its next picture when it has the one before."""

        def ask(client: int) -> None:
            for number in numbers[client::TOGETHER]:
                self._ask(self._clients[client], number)

        with ThreadPoolExecutor(TOGETHER) as threads:
            list(threads.map(ask, range(TOGETHER)))

    def ask_alone(self, numbers: range) -> None:
        for number in numbers:
            self._ask(self._clients[0], number)

    def call_in_batches(self, numbers: range) -> None:
        for first in range(0, len(numbers), TOGETHER):
            self._call(numbers[first : first + TOGETHER])

    def call_alone(self, numbers: range) -> None:
        for number in numbers:
            self._call(range(number, number + 1))

    def count_passes(self) -> tuple[float, float]:
        """Return how many passes of the model the server has run, and the pictures in all of them."""
        lines = self._clients[0].get("/metrics").text.splitlines()
        passes, pictures = (
            sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))
            for name in ("blazon_engine_steps_total", "blazon_engine_sequence_steps_total")
        )
        return passes, pictures

    def _ask(self, client: httpx.Client, number: int) -> None:
        wish = {"prompt": _describe(number), "sizes": [SIZE], "seed": number}
        client.post("/api/generate_logo", json=wish).raise_for_status()

    def _call(self, numbers: range) -> None:
        prompts = [self._write_prompt(number) for number in numbers]
        for picture in call_pipeline(
            self._pipeline, prompts, list(numbers), size=SIZE, steps=STEPS, tokens=self._tokens
        ):
            png(picture)

    def _write_prompt(self, number: int) -> str:
        brief = Brief(_describe(number), size=SIZE, seed=number)
        return enhance(brief, self._studio.read(brief))


def _describe(number: int) -> str:
    """Return a prompt of its own for every picture, so that nobody gains from remembering text or pictures."""
    return f"a mark for shop number {number}"


@dataclass(slots=True)
class Contender:
    """One of the ways to paint, and the process that does it; with pictures a second and seconds each of all rounds."""

    name: str
    paint: Callable[[range], None]
    process: int
    speeds: list[float] = field(default_factory=list)
    works: list[float] = field(default_factory=list)

    def run(self, numbers: range) -> None:
        computed = processor_seconds(self.process)
        self.speeds.append(len(numbers) / _time(self.paint, numbers))
        self.works.append((processor_seconds(self.process) - computed) / len(numbers))

    def describe(self) -> Iterator[Row]:
        yield f"{self.name}: pictures / s, median", f"{statistics.median(self.speeds):.1f}", ""
        yield f"{self.name}: lowest and highest", f"{min(self.speeds):.1f} - {max(self.speeds):.1f}", ""
        yield f"{self.name}: processor time of a picture, median", f"{1000 * statistics.median(self.works):.0f} ms", ""


def _measure(painters: Painters, process: int, arguments: argparse.Namespace) -> Iterator[Row]:
    ours = Contender(SERVER, painters.ask_server, process)
    others = [
        Contender(BARE, painters.call_in_batches, os.getpid()),
        Contender(ALONE, painters.call_alone, os.getpid()),
    ]
    next_number = 0

    def take(count: int) -> range:
        nonlocal next_number
        next_number += count
        return range(next_number - count, next_number)

    for contender in (ours, *others):
        _time(contender.paint, take(TOGETHER))
    alone: list[tuple[float, float]] = []
    batches: list[float] = []
    for _ in range(arguments.rounds):
        passes, pictures = painters.count_passes()
        ours.run(take(arguments.pictures))
        more_passes, more_pictures = painters.count_passes()
        batches.append((more_pictures - pictures) / (more_passes - passes))
        for other in others:
            other.run(take(arguments.pictures))
        alone.append((_time(painters.ask_alone, take(TOGETHER)), _time(painters.call_alone, take(TOGETHER))))
    for contender in (ours, *others):
        yield from contender.describe()
    for other in others:
        # Of the same round, so that a busy moment of the machine does not decide.
        ratio = statistics.median(our / their for our, their in zip(ours.speeds, other.speeds, strict=True))
        yield f"server over {other.name}", f"{ratio:.2f} x", TARGETS[other.name]
    yield "server: mean of pictures in a pass, median", f"{statistics.median(batches):.1f}", ""
    yield from _compare_one_client(alone)


def _compare_one_client(alone: list[tuple[float, float]]) -> Iterator[Row]:
    """Yield what one client waits for, of seconds of the server and of bare calls for the same number of pictures."""
    waited = 1000 * statistics.median(ours for ours, _ in alone) / TOGETHER
    yield "server, one client: a picture, median", f"{waited:.0f} ms", ""
    ratio = statistics.median(ours / theirs for ours, theirs in alone)
    yield f"server, one client, over {ALONE}", f"{ratio:.2f} x the time", ""


def _time(paint: Callable[[range], None], numbers: range) -> float:
    """Return the seconds that painting took. Each time gets a thread of its own, as a server's worker has: on the
    main thread, torch's workers were seen to lose most of their time to those that other threads had left.
    """
    with ThreadPoolExecutor(1) as worker:
        started = time.perf_counter()
        worker.submit(paint, numbers).result()
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
