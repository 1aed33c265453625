"""The service without HTTP: on a real database, in an event loop of its own, and with an engine of straw."""

import asyncio
import collections
import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from sqlalchemy import Connection

from blazon.brief import Brief, Engine, Unmet
from blazon.errors import EngineStopped, GenerationFailed, InvalidBrief, StorageFull, StorageUnavailable
from blazon.generation import Drawn, Generation
from blazon.models import ModelCard
from blazon.principal import ANONYMOUS
from blazon.reading.reading import Reading
from blazon.serve.acceptance import Acceptance, Acceptor, GenerationRequest
from blazon.serve.application import list_shared_works
from blazon.serve.engines.host import EngineHost
from blazon.serve.job_runner import JobRunner, Stores
from blazon.serve.process.shutdown import Shutdown
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.scheduler import LocalScheduler
from blazon.serve.service import GenerationService
from blazon.serve.telemetry.metrics import Metrics
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.webhooks.message import WebhookMessages, WebhookSecrets
from blazon.store.cache import ResultCache
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.task_queue import LEASE, TaskQueue
from blazon.watching import Step, Watch

T = TypeVar("T")
WAIT = 60.0


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.002)


class Loop:
    """An event loop in a thread, as a server has one."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result(WAIT)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Straw:
    """An engine: the prompt says what happens, and `gate` holds up what is drawn while it is closed."""

    model, recipe, engine = "straw", "", Engine.VECTOR
    card = ModelCard("straw", "straw", "none", commercial=None, painted=False)

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self._stopped = False  # which it does once
        self.drawn: collections.Counter[tuple[str, int, int]] = collections.Counter()

    def card_of(self, _: Brief) -> ModelCard:
        return self.card

    def check(self, brief: Brief) -> None:
        if "refused" in brief.prompt:
            raise InvalidBrief("prompt", "is refused")

    def read(self, brief: Brief) -> Reading:
        return Reading(understood=(f"about {brief.prompt}",), unmet=(Unmet("a portrait", "a tooth"),))

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        for step in range(3):
            watch.cancellation.checkpoint()
            watch.tell(Step(step, 3))
            while not self.gate.wait(0.002):
                watch.cancellation.checkpoint()
        if "fails" in brief.prompt and number == brief.count - 1:
            raise GenerationFailed("it came out black")
        if "accident" in brief.prompt:
            raise ZeroDivisionError
        if "stops" in brief.prompt and not self._stopped:
            self._stopped = True
            raise EngineStopped("the engine stops")
        self.drawn[brief.prompt, brief.seed, number] += 1
        return Drawn(f"{brief.prompt} {brief.seed} {number}".encode(), "image/svg+xml", "straw", brief.seed + number)


class Mortal(Database):
    """A database whose disk may be full, and whose process may be dead."""

    full = dead = False

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as connection:
            yield connection
            if self.full:
                raise StorageFull("full")
            if self.dead:
                raise StorageUnavailable("this process is dead")


class Process:
    """What one process of the server holds."""

    def __init__(
        self, folder: Path, loop: Loop, queued: int = 40, *, resume: bool = True, url: str = "", lease: float = LEASE
    ) -> None:
        self.loop, self.engine, self._closed = loop, Straw(), False
        self.database = Mortal.open(url or sqlite_url(folder / "blazon.db"))
        self._background: list[Future[None]] = []
        self.store = GenerationStore(self.database)
        self.stores = Stores(self.store, PictureStore.open("", folder / "pictures"), ResultCache(self.database, 10**6))

        async def open_service() -> None:
            self.runner = JobRunner(
                self.stores,
                EngineHost(lambda _: self.engine),
                Telemetry(Metrics()),
                loop.loop,
                threads=3,
                queued=queued,
                watchdog=Watchdog(WAIT, lambda *_: None),
                replace_process=lambda _: None,
                tasks=TaskQueue(self.database, secrets.token_hex(8), lease) if self.database.shared else None,
            )
            messages = WebhookMessages(WebhookSecrets(lambda _: "", ""), allow_private=False)
            self.acceptor = Acceptor(self.runner, messages, retention=3600.0, keyed=lambda: False)
            self.shutdown = Shutdown(0)
            self.service = GenerationService(self.runner, self.acceptor, self.shutdown)
            if self.runner.shared is not None:
                for work in list_shared_works(self.runner, self.runner.shared, self.service).values():
                    self._background.append(loop.start(work()))
            if resume:
                await self.service.open()
            else:
                self.runner.scheduler.start()
                await self.runner.host.load()
                self.runner.scheduler.open()

        loop.run(open_service())

    def accept(self, wanted: GenerationRequest) -> Acceptance:
        return self.loop.run(self.service.accept(wanted, ANONYMOUS))

    def finish(self, wanted: GenerationRequest, patience: float | None = WAIT) -> Generation:
        return self.loop.run(self.service.finish(wanted, ANONYMOUS, patience))[1]

    def list_under_way(self) -> list[Generation]:
        return [subscriber.generation for _, subscriber in list(self.runner.registry._subscribed.values())]

    def crash(self) -> None:
        self.database.dead = True
        self.close()

    def close(self) -> None:
        if self._closed:
            return
        self._closed, self.database.full = True, False
        self.engine.gate.set()
        self.loop.run(self.service.close())
        for work in self._background:
            work.cancel()
        until(lambda: self.runner.scheduler.busy == 0)
        self.database.close()

    def check_that_nothing_is_left(self) -> None:
        """No job, place, timer or thread is held by anything."""
        scheduler, registry = self.runner.scheduler, self.runner.registry
        until(lambda: scheduler.busy == 0)
        assert (registry._subscribed, registry._open, registry._submitting) == ({}, {}, set())
        until(lambda: not self.service._timers)
        if isinstance(scheduler, LocalScheduler):
            assert (scheduler._waiting, scheduler._waiting_of, scheduler._reserved, scheduler.depth) == ({}, {}, {}, 0)


def make_request(prompt: str = "a bakery", n: int = 2, seed: int = 1, **given: Any) -> GenerationRequest:
    return GenerationRequest(Brief(prompt, count=n, seed=seed), **{"waited_for": False, **given})


@pytest.fixture
def quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(name="until")
def _until() -> Callable[[Callable[[], Any]], None]:
    """Waits for a condition."""
    return until


@pytest.fixture(name="make_request")
def _make_request() -> Callable[..., GenerationRequest]:
    """Makes requests."""
    return make_request


@pytest.fixture
def new_loop() -> type[Loop]:
    return Loop


@pytest.fixture
def new_process() -> type[Process]:
    return Process


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def started(tmp_path: Path, loop: Loop) -> Iterator[Callable[..., Process]]:
    """Starts processes on one folder; what they hold in the end is looked at."""
    processes: list[Process] = []

    def made(**given: Any) -> Process:
        processes.append(Process(tmp_path, loop, **given))
        return processes[-1]

    yield made
    for process in processes:
        process.close()
        process.check_that_nothing_is_left()


@pytest.fixture
def process(started: Callable[..., Process]) -> Process:
    return started()
