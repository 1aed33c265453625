import asyncio
import base64
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from blazon.errors import StorageUnavailable
from blazon.serve.maintenance import running_in_background
from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookSecrets
from blazon.serve.webhooks.slots import Slots, Standing
from blazon.serve.webhooks.worker import (
    DELAYS,
    GiveUp,
    NoResponse,
    Response,
    Retry,
    Success,
    Unsendable,
    WebhookWorker,
    decide_retry,
)
from blazon.store.tables import webhooks
from blazon.store.webhooks import WebhookStore, WebhookStoreUnavailable, insert_delivery

START = 1_000_000.0
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SECRETS = WebhookSecrets(lambda _: SECRET, SECRET)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Sends:
    """A client that answers as a coroutine function says."""

    def __init__(self, answer) -> None:
        self._answer = answer

    async def send(self, delivery, _now):
        return await self._answer(delivery)


class Bench:
    """A worker at work on a store, with a clock that the test moves."""

    def __init__(self, webhook_store, database, client=None, **options) -> None:
        self.webhook_store, self.database, self.clock = webhook_store, database, Clock()
        webhook_store.clock = lambda _: self.clock.now
        client = client or WebhookClient(SECRETS, allow_private=True)
        options = {"chance": lambda: 0.0, "poll": 0.01, **options}
        self.worker = WebhookWorker(webhook_store, client, clock=self.clock, **options)

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
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
def bench(webhook_store, database):
    return Bench(webhook_store, database)


def test_what_was_added_is_delivered_and_not_again(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.working():
            bench.owe(make(url, 1), make(url, 2))
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))
            bench.clock.now += 1e6
            bench.worker.wake()
            await asyncio.sleep(0.05)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == ["msg_1", "msg_2"]
    assert [row.delivered_at for row in bench.rows()] == [START, START]


def test_a_nudge_wakes_it_at_once_even_from_another_thread(webhook_store, database, listening, make_receiver, make):
    bench = Bench(webhook_store, database, poll=3600.0)

    async def main(url):
        bench.worker.wake()  # before it works: nothing happens
        async with bench.working():
            await asyncio.sleep(0.02)
            await asyncio.to_thread(bench.owe, make(url))
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert len(receiver.got) == 1


def test_a_failure_is_tried_again_when_its_time_has_come_with_the_same_id(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.working():
            bench.owe(make(url))
            for attempts, wait in ((1, 5.0), (2, 30.0)):
                await bench.until(lambda attempts=attempts: bench.rows()[0].attempts == attempts)
                assert bench.rows()[0].next_try_at == bench.clock.now + wait
                assert bench.rows()[0].error == "answered 500"
                bench.clock.now += wait
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([500, 500, 200])) as receiver:
        asyncio.run(main(receiver.url))
    assert [(headers["webhook-id"], headers["webhook-timestamp"]) for _, headers, _ in receiver.got] == [
        ("msg_1", "1000000"),
        ("msg_1", "1000005"),
        ("msg_1", "1000035"),
    ]
    assert bench.rows()[0].error is None


def test_410_and_the_last_failure_end_it(bench, listening, make_receiver, make):
    async def main(gone, broken):
        async with bench.working():
            bench.owe(make(gone, 1), make(broken, 2))
            await bench.until(lambda: bench.rows()[0].given_up_at)
            while not bench.rows()[1].given_up_at:
                seen = bench.rows()[1].attempts
                bench.clock.now += 1e5
                await bench.until(lambda seen=seen: bench.rows()[1].attempts > seen)

    with listening(make_receiver([410])) as gone, listening(make_receiver([500])) as broken:
        asyncio.run(main(gone.url, broken.url))
    assert len(gone.got) == 1
    assert len(broken.got) == 8
    assert [row.error for row in bench.rows()] == [
        "answered 410: the receiver wants no more",
        "answered 500; given up after 8 attempts",
    ]


def test_a_slow_receiver_holds_up_nobody_else(bench, listening, make_receiver, make):
    async def main(slow, quick):
        async with bench.working():
            bench.owe(*(make(slow.url, number) for number in range(10, 30)))
            await bench.until(lambda: slow.got)
            bench.owe(*(make(quick.url, number) for number in range(30, 35)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 5)
            assert len(slow.got) == 1  # one at a time
            slow.open.set()
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    with listening(make_receiver([200])) as quick, listening(make_receiver([200], open=threading.Event())) as slow:
        slow.open.clear()
        asyncio.run(main(slow, quick))
    assert len(slow.got) == 20


def test_no_more_attempts_at_a_time_than_there_are_slots(webhook_store, database, make):
    running, most = 0, 0

    async def answer(_):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Response(200)

    bench = Bench(webhook_store, database, Sends(answer), slots=Slots(dict.fromkeys(Standing, 3)))

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://{number}.example/", number, owner=str(number)) for number in range(12)))
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    asyncio.run(main())
    assert most == 3


@pytest.mark.parametrize("owners", [{"dead": "", "good": ""}, {"dead": "a", "good": "b"}])
def test_receivers_that_never_answer_keep_nobody_waiting(
    webhook_store, database, listening, make_receiver, make, owners
):
    """All of them hang until the good one has all that it is owed, however long that takes."""
    dead, forever = 40, 3600.0
    client = WebhookClient(SECRETS, allow_private=True, timeout=forever, connect_timeout=forever)
    bench = Bench(webhook_store, database, client)

    async def main(hanging, good):
        async with bench.working():
            bench.owe(*(make(one.url, number, owner=owners["dead"]) for number, one in enumerate(hanging)))
            await bench.until(lambda: all(one.got for one in hanging))
            bench.owe(*(make(good.url, number, owner=owners["good"]) for number in range(100, 105)))
            await bench.until(lambda: len(good.got) == 5)
            assert not any(row.attempts or row.delivered_at for row in bench.rows() if int(row.id[4:]) < dead)

    with ExitStack() as stack:
        hanging = [stack.enter_context(listening(make_receiver([200], open=threading.Event()))) for _ in range(dead)]
        for one in hanging:
            one.open.clear()
        good = stack.enter_context(listening(make_receiver([200])))
        asyncio.run(main(hanging, good))


def test_one_client_with_thousands_of_dead_hosts_keeps_no_other_waiting(webhook_store, database, make):
    hanging = set()

    async def answer(delivery):
        if delivery.owner == "bad":
            hanging.add(delivery.id)
            await asyncio.Event().wait()
        return Response(200)

    bench = Bench(webhook_store, database, Sends(answer))

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://sub{number}.example/", number, owner="bad") for number in range(3000)))
            await bench.until(lambda: hanging)
            bench.owe(*(make(f"https://{number}.good.example/", number, owner="good") for number in range(5000, 5020)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 20)

    asyncio.run(main())


def test_receivers_that_failed_lately_keep_no_others_waiting_even_of_the_same_client(webhook_store, database, make):
    """They are so many that they would take every slot, and hang when they are tried again."""
    retried = set()

    async def answer(delivery):
        if "dead" not in delivery.url:
            return Response(200)
        if not delivery.attempts:
            return Response(500)
        retried.add(delivery.id)
        return await asyncio.Event().wait()

    bench = Bench(webhook_store, database, Sends(answer))

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://dead{number}.example/", number) for number in range(400)))
            await bench.until(lambda: all(row.attempts == 1 for row in bench.rows()))
            bench.clock.now += 5.0
            bench.worker.wake()
            await bench.until(lambda: retried)
            bench.owe(*(make(f"https://good{number}.example/", number) for number in range(1000, 1020)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 20)

    asyncio.run(main())


def test_two_clients_of_one_host_do_not_wait_for_each_other(webhook_store, database, make):
    async def answer(delivery):
        if delivery.owner == "a":
            await asyncio.Event().wait()
        return Response(200)

    bench = Bench(webhook_store, database, Sends(answer))

    async def main():
        async with bench.working():
            bench.owe(make("https://shared.example/slow", 1, owner="a"), make("https://shared.example/", 2, owner="b"))
            await bench.until(lambda: bench.rows()[1].delivered_at)

    asyncio.run(main())


def test_a_fault_of_ours_counts_as_a_failed_attempt_and_stops_nobody(webhook_store, database, make):
    async def answer(delivery):
        if delivery.id == "msg_1":
            raise ZeroDivisionError("a fault")
        return Response(200)

    bench = Bench(webhook_store, database, Sends(answer))

    async def main():
        async with bench.working():
            bench.owe(make("https://a.example/", 1), make("https://b.example/", 2))
            await bench.until(lambda: bench.rows()[1].delivered_at and bench.rows()[0].attempts)

    with capture_logs() as lines:
        asyncio.run(main())
    assert bench.rows()[0].next_try_at == START + 5
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
def test_a_store_that_cannot_be_used_for_a_while_is_waited_for(webhook_store, database, make, call, error):
    sent = []

    async def answer(delivery):
        sent.append(delivery.id)
        return Response(200)

    bench = Bench(Shaky(database, **{call: [error] * 3}), database, Sends(answer))

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


def test_a_receiver_whose_outcome_cannot_be_written_is_not_called_again_and_holds_up_nobody(
    webhook_store, database, make
):
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

    bench = Bench(Broken(database), database, Sends(answer))

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
    assert all(row.given_up_at == START and row.next_try_at is None for row in spoiled)
    assert ["the URL" in row.error for row in spoiled] == [True] * 4 + [False] * 2
    assert {row.error for row in spoiled[4:]} == {"it cannot be read; the log says why"}
    assert [line["id"] for line in lines if line.get("exc_info")] == ["msg_5", "msg_6"]


def test_a_secret_that_cannot_be_looked_up_is_no_failure_of_the_receiver(
    webhook_store, database, listening, make_receiver, make
):
    failures = iter([StorageUnavailable("database is locked")] * 2)

    def look_up(_):
        for failure in failures:
            raise failure
        return SECRET

    bench = Bench(webhook_store, database, WebhookClient(WebhookSecrets(look_up, ""), allow_private=True))

    async def main(url):
        bench.owe(make(url, owner="a"))
        async with bench.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert bench.rows()[0].attempts == 0
    assert len(receiver.got) == 1


def test_a_secret_that_was_changed_signs_the_next_attempt(webhook_store, database, listening, make_receiver, make):
    secrets = {"a": SECRET}
    client = WebhookClient(WebhookSecrets(secrets.__getitem__, ""), allow_private=True)
    bench = Bench(webhook_store, database, client)
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
    for secret, (_, headers, body) in zip((SECRET, changed), receiver.got, strict=True):
        assert Webhook(secret).verify(body, headers)


def test_stopping_breaks_off_what_hangs_and_it_is_owed_still(bench, listening, make_receiver, make):
    async def main(receiver):
        async with bench.working():
            bench.owe(make(receiver.url))
            await bench.until(lambda: receiver.got)

    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        asyncio.run(main(receiver))
    (row,) = bench.rows()
    assert (row.attempts, row.delivered_at, row.given_up_at, row.next_try_at) == (0, None, None, 1000.0)


def test_stopping_waits_for_no_look_up_of_a_name_nor_for_tls(bench, make, monkeypatch):
    """A name server and a receiver that never answer: who asked them ends before they do."""
    asked, release = threading.Event(), threading.Event()

    def look_up(*_, **__):
        asked.set()
        release.wait(30)
        raise OSError

    async def main(port):
        async with bench.working():
            monkeypatch.setattr(socket, "getaddrinfo", look_up)
            bench.owe(make("http://hook.example/", 1))
            await bench.until(asked.is_set)
            monkeypatch.undo()
            bench.owe(make(f"https://127.0.0.1:{port}/", 2))
            (connection, _) = await asyncio.to_thread(silent.accept)
            await asyncio.to_thread(connection.recv, 1)  # its greeting
            stack.callback(connection.close)

    with ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        asyncio.run(main(silent.getsockname()[1]))
        assert not release.is_set()
        release.set()
    assert [row.attempts for row in bench.rows()] == [0, 0]


def test_outcomes_that_cannot_be_written_yet_keep_nothing_else_of_the_server_waiting(webhook_store, database, make):
    leave, entered = threading.Event(), []

    class Slow(WebhookStore):
        def mark_delivered(self, identifier):
            entered.append(identifier)
            leave.wait(30)
            super().mark_delivered(identifier)

    async def answer(_):
        return Response(200)

    bench = Bench(Slow(database), database, Sends(answer))

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


def test_an_outcome_that_is_being_written_is_written_although_it_stops(webhook_store, database, make):
    entered, leave = threading.Event(), threading.Event()

    class Slow(WebhookStore):
        def mark_delivered(self, identifier):
            entered.set()
            leave.wait(30)
            super().mark_delivered(identifier)

    async def answer(_):
        return Response(200)

    bench = Bench(Slow(database), database, Sends(answer))

    async def main():
        bench.owe(make("https://a.example/"))
        async with bench.working():
            await bench.until(entered.is_set)
            asyncio.get_running_loop().call_later(0.05, leave.set)
        assert bench.rows()[0].delivered_at == START

    asyncio.run(main())


def test_what_attempts_came_to_is_counted_and_how_long_one_is_overdue_is_told(webhook_store, database, make):
    outcomes, answers = [], [Response(500), Response(204), Response(410)]
    hold = asyncio.Event()

    async def answer(_):
        await hold.wait()
        return answers.pop(0)

    bench = Bench(webhook_store, database, Sends(answer), count=outcomes.append)

    async def main():
        async with bench.working():
            assert bench.worker.overdue == 0
            bench.owe(make("http://one.example/", created=START - 70))
            await bench.until(lambda: bench.worker.overdue == 70)
            bench.clock.now += 20  # a receiver that never ends its answer
            assert bench.worker.overdue == 90
            hold.set()
            await bench.until(lambda: len(outcomes) == 1 and bench.worker.overdue == 0)
            bench.clock.now += 1000
            bench.worker.wake()
            await bench.until(lambda: len(outcomes) == 2 and bench.worker.overdue == 0)
            bench.owe(make("http://one.example/", 2, created=bench.clock.now))
            await bench.until(lambda: len(outcomes) == 3)

    asyncio.run(main())
    assert outcomes == ["retried_later", "delivered", "given_up"]


def test_what_a_killed_process_owed_is_delivered_by_the_next(bench, url, listening, make_receiver, make):
    """A process is killed in the middle of an attempt; the receiver gets the event again, with the same id."""
    script = textwrap.dedent(f"""
        import asyncio
        from blazon.serve.webhooks.client import WebhookClient
        from blazon.serve.webhooks.message import WebhookSecrets
        from blazon.serve.webhooks.worker import WebhookWorker
        from blazon.store.database import Database
        from blazon.store.webhooks import WebhookStore

        webhook_store = WebhookStore(Database.open({url!r}))
        client = WebhookClient(WebhookSecrets(lambda _: '', {SECRET!r}), allow_private=True)
        asyncio.run(WebhookWorker(webhook_store, client).run())
    """)

    async def main(receiver):
        bench.owe(make(receiver.url))
        process = subprocess.Popen([sys.executable, "-c", script])
        try:
            await bench.until(lambda: receiver.got or process.poll() is not None)
        finally:
            process.kill()
            assert process.wait() == -signal.SIGKILL
        assert bench.rows()[0].delivered_at is None
        receiver.open.set()
        async with bench.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        asyncio.run(main(receiver))
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == ["msg_1", "msg_1"]


def test_each_attempt_is_one_line_without_the_secret_or_the_path(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.working():
            bench.owe(make(url))
            await bench.until(lambda: bench.rows()[0].attempts == 1)
            bench.clock.now += 5
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with capture_logs() as lines, listening(make_receiver([503, 200])) as receiver:
        asyncio.run(main(receiver.url))
    assert [(line["event"], line["attempt"], line["status"]) for line in lines] == [
        ("webhook failed", 1, 503),
        ("webhook delivered", 2, 200),
    ]
    assert {line["receiver"] for line in lines} == {receiver.url.removesuffix("/hook?a=b")}
    assert {line["generation"] for line in lines} == {"gen_1"}
    assert "whsec_" not in repr(lines)
    assert "/hook" not in repr(lines)


def test_what_a_receiver_sends_is_logged_and_kept_short_and_printable(bench, make):
    async def serve(reader, writer):
        await reader.read(100)
        writer.write(b"\x1b[31mnot HTTP \x00\xff" * 1000 + b"\r\n\r\n")
        writer.close()

    async def main():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, bench.working():
            bench.owe(make(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))
            await bench.until(lambda: bench.rows()[0].attempts == 1)

    with capture_logs() as lines:
        asyncio.run(main())
    (reason,) = [line["reason"] for line in lines if line["event"] == "webhook failed"]
    assert reason == bench.rows()[0].error
    assert reason.isprintable()
    assert len(reason) < 250


statuses = st.integers(100, 599)
chances = st.floats(0, 1)


@settings(deadline=None)
@given(st.integers(200, 299), st.integers(1, 20), chances)
def test_any_2xx_is_the_end_of_it(status, attempt, chance):
    assert decide_retry(Response(status), attempt, chance) == Success()


@settings(deadline=None)
@given(statuses.filter(lambda status: not 200 <= status < 300 and status != 410) | st.none(), chances)
def test_everything_else_is_tried_eight_times_with_growing_waits(status, chance):
    result = NoResponse("no answer") if status is None else Response(status)
    verdicts = [decide_retry(result, attempt, chance) for attempt in range(1, 9)]
    waits = [verdict.delay for verdict in verdicts[:-1]]
    assert [round(wait / (1 + 0.2 * chance)) for wait in waits] == [5, 30, 120, 600, 3600, 21_600, 86_400]
    assert isinstance(verdicts[-1], GiveUp)
    assert "after 8 attempts" in verdicts[-1].error


@settings(deadline=None)
@given(st.integers(1, len(DELAYS)), chances)
def test_a_wait_is_never_shorter_than_the_table_and_at_most_a_fifth_longer(attempt, chance):
    verdict = decide_retry(NoResponse("no answer"), attempt, chance)
    assert DELAYS[attempt - 1] <= verdict.delay <= DELAYS[attempt - 1] * 1.2


def test_410_ends_it_at_once():
    assert decide_retry(Response(410), 1, 0.5) == GiveUp("answered 410: the receiver wants no more")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "waited"), [(0, 5), (77, 77), (90_000, 86_400), (float("inf"), 86_400), (None, 5)])
def test_a_wait_that_the_receiver_asks_for_is_kept_within_bounds(status, asked, waited):
    assert decide_retry(Response(status, asked), 1, 0) == Retry(waited, f"answered {status}")


def test_other_answers_cannot_ask_for_a_wait():
    assert decide_retry(Response(500, 77), 1, 0) == Retry(5, "answered 500")


def test_a_redirect_says_why_it_failed():
    assert decide_retry(Response(302), 1, 0) == Retry(5, "answered 302; redirects are not followed")


@given(st.integers(1, 20), chances)
def test_what_can_never_be_sent_is_not_tried_again(attempt, chance):
    assert decide_retry(Unsendable("the URL is wrong"), attempt, chance) == GiveUp("the URL is wrong")
