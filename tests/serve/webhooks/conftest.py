"""Receivers on loopback that answer as a test says and remember what they got, and a worker that sends to them."""

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from blazon.serve.maintenance import running_in_background
from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookSecrets
from blazon.serve.webhooks.worker import WebhookWorker
from blazon.store.database import Database
from blazon.store.tables import webhooks
from blazon.store.webhooks import WebhookStore, insert_delivery


@dataclass
class Receiver:
    """Answers the statuses in turn, the last one from then on; hangs while `open` is not set."""

    statuses: list[int]
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"ok"
    open: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.open.set()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            receiver.open.wait(30)
            status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
            try:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.answer)
            except OSError:
                pass  # the sender has hung up, as it may

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def _listening(receiver: Receiver) -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?a=b"
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


Listen = Callable[[Receiver], AbstractContextManager[Receiver]]


@pytest.fixture
def listening() -> Listen:
    return _listening


@pytest.fixture
def make_receiver() -> type[Receiver]:
    return Receiver


class Clock:
    """Stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Sends:
    """A client that answers as a coroutine function says."""

    def __init__(self, answer) -> None:
        self._answer = answer

    async def send(self, delivery, _now):
        return await self._answer(delivery)


class Bench:
    """A worker at work on a store, with a clock that the test moves; `answer` says what each receiver answers."""

    start = 1_000_000.0
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()

    def __init__(self, database: Database, answer=None, *, store=None, client=None, **options) -> None:
        store = store or WebhookStore(database)
        self.webhook_store, self.database, self.clock = store, database, Clock(self.start)
        store.clock = lambda _: self.clock.now
        secrets = WebhookSecrets(lambda _: self.secret, self.secret)
        client = client or (Sends(answer) if answer else WebhookClient(secrets, allow_private=True))
        options = {"chance": lambda: 0.0, "poll": 0.01, **options}
        self.worker = WebhookWorker(store, client, clock=self.clock, **options)

    def working(self):
        return running_in_background({"webhooks": self.worker.run})

    def owe(self, *deliveries):
        with self.database.writing() as connection:
            for delivery in deliveries:
                insert_delivery(connection, delivery)
        self.worker.wake()

    def rows(self):
        with self.database.writing() as connection:
            query = select(webhooks).order_by("id")
            return connection.execute(query).all()

    async def until(self, condition) -> None:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
def make_bench(database: Database) -> Callable[..., Bench]:
    return partial(Bench, database)


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def secret() -> str:
    return Bench.secret


@pytest.fixture
def secrets(secret: str) -> WebhookSecrets:
    return WebhookSecrets(lambda _: secret, secret)
