"""The step engine on a CPU with a tiny FLUX, against a server that runs one pipeline call at a time.

`python benchmarks/engine.py` runs every contender in one process, a round each in turn, several rounds, and
prints medians: so what else the machine does meanwhile falls on all of them. Every picture is also written
as a PNG, by each contender in the way in which it would do it.
"""

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from _flux import as_model, call_pipeline, png, quiet, tiny_pipeline
from _report import Row, options, report
from diffusers import FluxPipeline

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Progress, RequestCancelled

SIZE = 256
STEPS = 8
TOGETHER = 8
LONG, SHORT = 40, 2
TARGETS = {"one call at a time": ">= 1.60 x", "one call at a time, one worker": "", "bare batches of 8": ">= 0.90 x"}


def main() -> None:
    arguments = _arguments()
    quiet()
    torch.set_num_threads(arguments.threads)
    pipeline = tiny_pipeline()
    contenders: dict[str, Callable[[int], None]] = {
        "one call at a time": lambda pictures: _one_at_a_time(pipeline, pictures),
        "one call at a time, one worker": lambda pictures: _one_worker(pipeline, pictures),
        "bare batches of 8": lambda pictures: _bare_batches(pipeline, pictures),
        "step engine": lambda pictures: _engine(pipeline, pictures),
    }
    for contender in contenders.values():
        _speed(contender, TOGETHER)
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.rounds):
        for name, contender in contenders.items():
            speeds[name].append(_speed(contender, arguments.pictures))
    waits = [_waits(pipeline) for _ in range(arguments.rounds)]
    cancels = [_steps_after_cancel(pipeline) for _ in range(arguments.rounds)]
    report(
        f"Step engine, tiny FLUX {SIZE} px, {STEPS} steps, {TOGETHER} at a time, {arguments.threads} torch threads",
        [*_throughput(speeds), *_overtaking(waits), ("cancel: steps run after it", f"{max(cancels)}", "<= 1")],
        out=arguments.out,
    )


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--pictures", type=int, default=32, help="for each contender and round, a multiple of 8")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _speed(contender: Callable[[int], None], pictures: int) -> float:
    """Return pictures a second. Each round gets a thread of its own, as the engine and a server's worker have:
    on the main thread, torch's workers were seen to lose most of their time to those that other threads had left.
    """
    started = time.perf_counter()
    thread = threading.Thread(target=contender, args=(pictures,))
    thread.start()
    thread.join()
    return pictures / (time.perf_counter() - started)


def _throughput(speeds: dict[str, list[float]]) -> Iterator[Row]:
    for name, found in speeds.items():
        yield f"{name}: pictures / s, median", f"{statistics.median(found):.1f}", ""
        yield f"{name}: lowest and highest", f"{min(found):.1f} - {max(found):.1f}", ""
    ours = speeds["step engine"]
    for other, target in TARGETS.items():
        # Of the same round, so that a busy moment of the machine does not decide.
        ratio = statistics.median(our / their for our, their in zip(ours, speeds[other], strict=True))
        yield f"step engine over {other}", f"{ratio:.2f} x", target


def _prompt(number: int) -> str:
    """Return a prompt of its own for every picture, so that nobody gains from remembering text."""
    return f"a mark for shop number {number}"


def _call(pipeline: FluxPipeline, prompts: list[str], seeds: list[int], steps: int = STEPS) -> list[Bitmap]:
    return call_pipeline(pipeline, prompts, seeds, size=SIZE, steps=steps)


def _one_at_a_time(pipeline: FluxPipeline, pictures: int) -> None:
    """Serve eight clients as a pipeline behind a lock does: each request's thread makes its call, then its PNG."""
    lock = threading.Lock()

    def serve(number: int) -> bytes:
        with lock:
            (picture,) = _call(pipeline, [_prompt(number)], [number])
        return png(picture)

    with ThreadPoolExecutor(TOGETHER) as clients:
        list(clients.map(serve, range(pictures)))


def _one_worker(pipeline: FluxPipeline, pictures: int) -> None:
    """Serve eight clients with one worker thread that makes all the calls; PNGs by the clients' threads."""

    def serve(number: int) -> bytes:
        (picture,) = worker.submit(_call, pipeline, [_prompt(number)], [number]).result()
        return png(picture)

    with ThreadPoolExecutor(1) as worker, ThreadPoolExecutor(TOGETHER) as clients:
        list(clients.map(serve, range(pictures)))


def _bare_batches(pipeline: FluxPipeline, pictures: int) -> None:
    """Run a loop of full batches with nothing around it: the most that batching can give."""
    for first in range(0, pictures, TOGETHER):
        numbers = list(range(first, first + TOGETHER))
        for picture in _call(pipeline, [_prompt(number) for number in numbers], numbers):
            png(picture)


@contextmanager
def _running(pipeline: FluxPipeline, running: int = TOGETHER) -> Iterator[StepEngine]:
    engine = StepEngine(as_model(pipeline), EngineLimits(running=running, batch=running))
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def _engine(pipeline: FluxPipeline, pictures: int) -> None:
    """Eight clients, each of whom sends its next request when it has its picture; PNGs by the clients' threads."""
    with _running(pipeline) as engine, ThreadPoolExecutor(TOGETHER) as clients:

        def serve(number: int) -> bytes:
            request = DiffusionRequest(_prompt(number), SIZE, SIZE, STEPS, seed=number)
            return png(engine.submit(request).result())

        list(clients.map(serve, range(pictures)))


def _waits(pipeline: FluxPipeline) -> tuple[float, float]:
    """Return the seconds that a short request waits behind seven long ones: first come first served, and with us."""
    requests = [(LONG, number) for number in range(TOGETHER - 1)] + [(SHORT, TOGETHER)]

    def one_by_one(_: int) -> None:
        for steps, seed in requests:
            (picture,) = _call(pipeline, [_prompt(seed)], [seed], steps)
            png(picture)

    in_turn = 1 / _speed(one_by_one, 1)
    with _running(pipeline) as engine:
        started = time.perf_counter()
        tickets = [
            engine.submit(DiffusionRequest(_prompt(seed), SIZE, SIZE, steps, seed=seed)) for steps, seed in requests
        ]
        png(tickets[-1].result())
        ours = time.perf_counter() - started
        for ticket in tickets:
            ticket.cancel()
    return in_turn, ours


def _overtaking(waits: list[tuple[float, float]]) -> Iterator[Row]:
    label = f"{SHORT} steps behind 7 x {LONG}"
    yield f"{label}: first come, first served", f"{1000 * statistics.median(one for one, _ in waits):.0f} ms", ""
    yield f"{label}: step engine", f"{1000 * statistics.median(our for _, our in waits):.0f} ms", ""
    yield f"{label}: sooner", f"{statistics.median(one / our for one, our in waits):.1f} x", ">= 3.0 x"


def _steps_after_cancel(pipeline: FluxPipeline) -> int:
    """Return how many steps were still run for a request that was cancelled in the middle."""
    with _running(pipeline, 1) as engine:
        reached, seen = threading.Event(), []

        def listen(progress: Progress) -> None:
            seen.append(progress.step)
            if progress.step == LONG // 2:
                reached.set()

        ticket = engine.submit(DiffusionRequest(_prompt(0), SIZE, SIZE, LONG), listen)
        reached.wait()
        ticket.cancel()
        at_cancel = len(seen)
        try:
            ticket.result()
        except RequestCancelled:
            return len(seen) - at_cancel
    raise SystemExit("error: a cancelled request was drawn to the end")


if __name__ == "__main__":
    main()
