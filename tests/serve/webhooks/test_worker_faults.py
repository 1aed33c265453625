"""Faults of the store, of a secret or of ours: what is owed stays owed, and nothing is sent twice."""

import asyncio
import base64
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text, update
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from blazon.errors import StorageUnavailable
from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookSecrets
from blazon.serve.webhooks.worker import Response
from blazon.store.tables import webhooks
from blazon.store.webhooks import WebhookStore, WebhookStoreUnavailable


def test_a_fault_of_ours_counts_as_a_failed_attempt_and_stops_nobody(make_bench, make):
    async def answer(delivery):
        if delivery.id == "msg_1":
            raise ZeroDivisionError("a fault")
        return Response(200)

    bench = make_bench(answer)

    async def main():
        async with bench.working():
            bench.owe(make("https://a.example/", 1), make("https://b.example/", 2))
            await bench.until(lambda: bench.rows()[1].delivered_at and bench.rows()[0].attempts)

    with capture_logs() as lines:
        asyncio.run(main())
    assert bench.rows()[0].next_try_at == bench.start + 5
    assert "webhook attempt broke" in [line["event"] for line in lines]


class Shaky(WebhookStore):
    """A store in which the calls of a name fail, each with the next of its errors."""

    def __init__(self, database, **errors) -> None:
        super().__init__(database)
        self._errors = {name: iter(given) for name, given in errors.items()}

    def _fail(self, name):
        for error in self._errors.get(name, ()):
            raise error

    def list_due(self):
        self._fail("list_due")
        return super().list_due()

    def claim(self, due):
        self._fail("claim")
        return super().claim(due)

    def read(self, identifier):
        self._fail("read")
        return super().read(identifier)

    def mark_delivered(self, identifier):
        self._fail("delivered")
        super().mark_delivered(identifier)


LOCKED = WebhookStoreUnavailable("database is locked")
BROKEN = KeyError("a fault in the store")


@pytest.mark.parametrize(
    ("call", "error"),
    [(call, error) for call in ("list_due", "claim", "delivered") for error in (LOCKED, BROKEN)] + [("read", LOCKED)],
)
def test_a_store_that_cannot_be_used_for_a_while_is_waited_for(make_bench, database, make, call, error):
    sent = []

    async def answer(delivery):
        sent.append(delivery.id)
        return Response(200)

    bench = make_bench(answer, store=Shaky(database, **{call: [error] * 3}))

    async def main():
        bench.owe(make("https://a.example/"))
        async with bench.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with capture_logs() as lines:
        asyncio.run(main())
    assert sent == ["msg_1"]  # although the outcome could not be written at first
    errors = [line for line in lines if line["log_level"] == "error"]
    assert len(errors) == 3
    assert ["exc_info" in line for line in errors] == [error is not LOCKED] * 3  # a fault of ours leaves a traceback


def test_a_receiver_whose_outcome_cannot_be_written_is_not_called_again_and_holds_up_nobody(make_bench, database, make):
    failed, sent = threading.Event(), []

    class Broken(WebhookStore):
        def mark_delivered(self, identifier):
            if identifier == "msg_1":
                failed.set()
                raise WebhookStoreUnavailable("database is locked")
            super().mark_delivered(identifier)

    async def answer(delivery):
        sent.append(delivery.id)
        return Response(200)

    bench = make_bench(answer, store=Broken(database))

    async def main():
        bench.owe(make("https://a.example/", 1))
        async with bench.working():
            await bench.until(failed.is_set)
            bench.owe(make("https://b.example/", 2, created=2000.0))
            await bench.until(lambda: bench.rows()[1].delivered_at)

    asyncio.run(main())
    assert sent == ["msg_1", "msg_2"]


def test_what_cannot_be_read_or_sent_is_given_up_with_a_reason_and_keeps_nobody_waiting(
    bench, listening, make_receiver, make
):
    def spoil(identifier, **values):
        with bench.database.writing() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == identifier).values(**values))

    async def main(url):
        bench.owe(*(make(url, number, created=float(number)) for number in range(1, 8)))
        for number, wrong in enumerate(("http://[", "ftp://example.com/", "", "http://a b/"), 1):
            spoil(f"msg_{number}", url=wrong)
        spoil("msg_5", body=text("'no bytes'"))
        spoil("msg_6", attempts=text("'no number'"))
        async with bench.working():
            await bench.until(lambda: bench.rows()[6].delivered_at)

    with capture_logs() as lines, listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert len(receiver.got) == 1
    *spoiled, _ = bench.rows()
    assert all(row.given_up_at == bench.start and row.next_try_at is None for row in spoiled)
    assert ["the URL" in row.error for row in spoiled] == [True] * 4 + [False] * 2
    assert {row.error for row in spoiled[4:]} == {"it cannot be read; the log says why"}
    assert [line["id"] for line in lines if line.get("exc_info")] == ["msg_5", "msg_6"]


def test_a_secret_that_cannot_be_looked_up_is_no_failure_of_the_receiver(
    make_bench, secret, listening, make_receiver, make
):
    failures = iter([StorageUnavailable("database is locked")] * 2)

    def look_up(_):
        for failure in failures:
            raise failure
        return secret

    bench = make_bench(client=WebhookClient(WebhookSecrets(look_up, ""), allow_private=True))

    async def main(url):
        bench.owe(make(url, owner="a"))
        async with bench.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert bench.rows()[0].attempts == 0
    assert len(receiver.got) == 1


def test_a_secret_that_was_changed_signs_the_next_attempt(make_bench, secret, listening, make_receiver, make):
    secrets = {"a": secret}
    client = WebhookClient(WebhookSecrets(secrets.__getitem__, ""), allow_private=True)
    bench = make_bench(client=client)
    changed = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()

    async def main(url):
        bench.clock.now = time.time()
        async with bench.working():
            bench.owe(make(url, owner="a"))
            await bench.until(lambda: bench.rows()[0].attempts == 1)
            secrets["a"] = changed
            bench.clock.now += 5.0
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([500, 200])) as receiver:
        asyncio.run(main(receiver.url))
    for one, (_, headers, body) in zip((secret, changed), receiver.got, strict=True):
        assert Webhook(one).verify(body, headers)


def test_outcomes_that_cannot_be_written_yet_keep_nothing_else_of_the_server_waiting(make_bench, database, make):
    leave, entered = threading.Event(), []

    class Slow(WebhookStore):
        def mark_delivered(self, identifier):
            entered.append(identifier)
            leave.wait(30)
            super().mark_delivered(identifier)

    async def answer(_):
        return Response(200)

    bench = make_bench(answer, store=Slow(database))

    async def main():
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        bench.owe(*(make(f"https://{number}.example/", number) for number in range(1, 6)))
        async with bench.working():
            await bench.until(lambda: len(entered) > 1)
            try:
                async with asyncio.timeout(30):
                    assert await asyncio.to_thread(leave.is_set) is False
            finally:
                leave.set()
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    asyncio.run(main())


def test_an_outcome_that_is_being_written_is_written_although_it_stops(make_bench, database, make):
    entered, leave = threading.Event(), threading.Event()

    class Slow(WebhookStore):
        def mark_delivered(self, identifier):
            entered.set()
            leave.wait(30)
            super().mark_delivered(identifier)

    async def answer(_):
        return Response(200)

    bench = make_bench(answer, store=Slow(database))

    async def main():
        bench.owe(make("https://a.example/"))
        async with bench.working():
            await bench.until(entered.is_set)
            asyncio.get_running_loop().call_later(0.05, leave.set)
        assert bench.rows()[0].delivered_at == bench.start

    asyncio.run(main())
