"""The planner against the real scheduler: the waits that `blazon plan` foretells, and those that are measured.

`python benchmarks/planner.py` gives Blazon's scheduler pictures at random moments (Poisson). What draws is an engine
that sleeps instead of computing, step by step and with all pictures of a step in one pass, as the step engine does; or
several that take one picture each. Then the same moments are simulated. Sleeping takes no processor, so two cores do.
"""

import argparse
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice, product

from _report import Row, options, report

from blazon.brief import Brief
from blazon.generation import Generation, new_id
from blazon.planning.service_time import ServiceTime
from blazon.planning.simulation import Waits, generate_arrivals, simulate, take_percentile
from blazon.principal import Principal
from blazon.serve.jobs import Job, Task
from blazon.serve.scheduler import LocalScheduler

STEPS = 10
CLIENT = Principal("client")
TARGET = "<= 10 %"


@dataclass(frozen=True)
class Case:
    name: str
    service: ServiceTime
    engines: int


STEP = 0.04
CASES = (
    Case("1 engine", ServiceTime(STEPS, STEP), 1),
    Case("3 engines", ServiceTime(STEPS, STEP), 3),
    Case("1 engine, 4 pictures in a pass", ServiceTime(STEPS, STEP, growth=0.5, slots=4), 1),
)


def main() -> None:
    arguments = _arguments()
    cases = [replace(case, service=replace(case.service, step=arguments.step)) for case in CASES]
    todo = list(product(cases, arguments.loads))
    with ThreadPoolExecutor(len(todo)) as threads:  # all at once: they sleep
        found = threads.map(lambda one: _compare(*one, arguments.pictures, arguments.seed), todo)
        rows = [row for part in found for row in part]
    report(
        f"Planner against scheduler, {arguments.pictures} pictures of {STEPS} steps of {1000 * arguments.step:.0f} ms",
        rows,
        out=arguments.out,
    )


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--pictures", type=int, default=300, help="of each case")
    parser.add_argument("--loads", type=float, nargs="+", default=[0.6, 0.85], help="shares of the capacity")
    parser.add_argument("--step", type=float, default=STEP, help="seconds; longer ones suffer less from other work")
    parser.add_argument("--seed", type=int, default=11)
    return parser.parse_args()


def _compare(case: Case, share: float, pictures: int, seed: int) -> list[Row]:
    rate = share * case.engines * case.service.capacity
    moments = list(islice(generate_arrivals(rate, seed), pictures))
    measured, simulated = measure(case, moments), simulate(moments, case.service, case.engines)
    name = f"{case.name}, {share:.0%} busy"
    rows = []
    for what, values in (("wait", lambda one: one.waits), ("picture", lambda one: one.times)):
        for percent in (50, 95, 99):
            here = take_percentile(values(measured), percent / 100)
            foretold = take_percentile(values(simulated), percent / 100)
            rows.append(_row(f"{name}: {what}, p{percent}", here, foretold, case.service.alone))
    return rows


def _row(name: str, measured: float, simulated: float, alone: float) -> Row:
    # Where hardly anybody waits, a share of the wait says nothing: then a share of the time of one picture.
    error = (simulated - measured) / max(measured, alone)
    return name, f"{1000 * measured:.0f} ms, foretold {1000 * simulated:.0f} ms, error {error:+.1%}", TARGET


def measure(case: Case, moments: list[float]) -> Waits:
    """Return what pictures meet that come to the real scheduler at the given moments, in seconds from now."""
    waits, times = [0.0] * len(moments), [0.0] * len(moments)
    numbers: dict[Job, int] = {}
    engine = SleepingEngine(case.service) if case.service.slots > 1 else None
    draw: Callable[[], None] = engine.draw if engine else lambda: _draw_alone(case.service)
    done = threading.Semaphore(0)
    begin = time.perf_counter() + 0.05

    def perform(task: Task) -> None:
        number = numbers[task.job]
        waits[number] = time.perf_counter() - begin - moments[number]
        draw()
        times[number] = time.perf_counter() - begin - moments[number]
        done.release()

    scheduler = LocalScheduler(case.engines * case.service.slots, len(moments), perform)
    scheduler.start()
    scheduler.open()
    for number, moment in enumerate(moments):
        generation = Generation(new_id(), CLIENT.id, Brief("a bakery", count=1), str(number), 0.0, 1.0)
        job = Job(generation.brief, generation.fingerprint)
        numbers[job] = number
        time.sleep(max(0.0, begin + moment - time.perf_counter()))
        scheduler.reserve(CLIENT, keyed=False)
        scheduler.queue(job, generation, reserved=True)
    for _ in moments:
        done.acquire()
    scheduler.stop()
    if engine:
        engine.stop()
    return Waits(tuple(waits), tuple(times), 0.0)


def _draw_alone(service: ServiceTime) -> None:
    until = time.perf_counter()
    for _ in range(service.steps):
        until += service.step
        time.sleep(max(0.0, until - time.perf_counter()))


class SleepingEngine:
    """Batches pictures between steps as the step engine does, and sleeps as long as a pass over them takes."""

    def __init__(self, service: ServiceTime) -> None:
        self._service = service
        self._left: dict[threading.Event, int] = {}
        self._wake = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def draw(self) -> None:
        """Draw a picture; the caller waits for it."""
        finished = threading.Event()
        with self._wake:
            self._left[finished] = self._service.steps
            self._wake.notify()
        finished.wait()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        end = 0.0
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._left or self._stopped)
                if self._stopped:
                    return
                group = list(self._left)
            # From the end of the pass before it, so that a wake-up that comes late does not make the next one later.
            end = max(end, time.perf_counter() - self._service.step / 2) + self._service.passes[len(group)]
            time.sleep(max(0.0, end - time.perf_counter()))
            with self._wake:
                for one in group:
                    self._left[one] -= 1
                    if not self._left[one]:
                        del self._left[one]
                        one.set()


if __name__ == "__main__":
    main()
