import asyncio
import signal
import subprocess
import sys
import textwrap
import threading

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from blazon.serve.webhooks.courier import Courier
from blazon.serve.webhooks.post import Post
from blazon.serve.webhooks.schedule import Answer
from blazon.store.outbox import OutboxUnavailable, SqlOutbox, owe
from blazon.store.tables import webhooks

START = 1_000_000.0


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Sends:
    """A sender that answers as a coroutine function says."""

    def __init__(self, answer) -> None:
        self._answer = answer

    async def send(self, delivery, _now):
        return await self._answer(delivery)


class Bench:
    """A courier at work on an outbox, with a clock that the test moves."""

    def __init__(self, outbox, database, sender=None, **options) -> None:
        self.outbox, self.database, self.clock = outbox, database, Clock()
        sender = sender or Post(allow_private=True)
        options = {"chance": lambda: 0.0, "poll": 0.01, **options}
        self.courier = Courier(outbox, sender, clock=self.clock, **options)

    def owe(self, *deliveries):
        with self.database.writing() as connection:
            for delivery in deliveries:
                owe(connection, delivery)
        self.courier.nudge()

    def rows(self):
        with self.database.writing() as connection:
            query = select(webhooks).order_by("id")
            return connection.execute(query).all()

    async def until(self, condition) -> None:
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
def bench(outbox, database):
    return Bench(outbox, database)


def test_what_was_added_is_delivered_and_not_again(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.courier.working():
            bench.owe(make(url, 1), make(url, 2))
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))
            bench.clock.now += 1e6
            bench.courier.nudge()
            await asyncio.sleep(0.05)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == ["msg_1", "msg_2"]
    assert [row.delivered_at for row in bench.rows()] == [START, START]


def test_a_nudge_wakes_it_at_once_even_from_another_thread(outbox, database, listening, make_receiver, make):
    bench = Bench(outbox, database, poll=3600.0)

    async def main(url):
        bench.courier.nudge()  # before it works: nothing happens
        async with bench.courier.working():
            await asyncio.sleep(0.02)
            await asyncio.to_thread(bench.owe, make(url))
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200])) as receiver:
        asyncio.run(main(receiver.url))
    assert len(receiver.got) == 1


def test_a_failure_is_tried_again_when_its_time_has_come_with_the_same_id(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.courier.working():
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
        async with bench.courier.working():
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
        async with bench.courier.working():
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


def test_no_more_attempts_at_a_time_than_it_was_told(outbox, database, make):
    running, most = 0, 0

    async def answer(_):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Answer(200)

    bench = Bench(outbox, database, Sends(answer), at_a_time=3)

    async def main():
        async with bench.courier.working():
            bench.owe(*(make(f"https://{number}.example/", number) for number in range(12)))
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    asyncio.run(main())
    assert most == 3


def test_a_fault_of_ours_counts_as_a_failed_attempt_and_stops_nobody(outbox, database, make):
    async def answer(delivery):
        if delivery.id == "msg_1":
            raise ZeroDivisionError("a fault")
        return Answer(200)

    bench = Bench(outbox, database, Sends(answer))

    async def main():
        async with bench.courier.working():
            bench.owe(make("https://a.example/", 1), make("https://b.example/", 2))
            await bench.until(lambda: bench.rows()[1].delivered_at and bench.rows()[0].attempts)

    with capture_logs() as lines:
        asyncio.run(main())
    assert bench.rows()[0].next_try_at == START + 5
    assert "webhook attempt broke" in [line["event"] for line in lines]


def test_an_outbox_that_cannot_be_used_for_a_while_is_waited_for(outbox, database, make):
    reads, writes = iter([True, True]), iter([True])

    class Shaky(SqlOutbox):
        def next_due(self, now, busy):
            self._fail(reads)
            return super().next_due(now, busy)

        def mark_delivered(self, identifier, at):
            self._fail(writes)
            super().mark_delivered(identifier, at)

        def _fail(self, failures):
            if next(failures, False):
                raise OutboxUnavailable("database is locked")

    sent = []

    async def answer(delivery):
        sent.append(delivery.id)
        return Answer(200)

    bench = Bench(Shaky(database), database, Sends(answer))

    async def main():
        bench.owe(make("https://a.example/"))
        async with bench.courier.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with capture_logs() as lines:
        asyncio.run(main())
    assert sent == ["msg_1", "msg_1"]  # at least once: the first outcome could not be written
    assert [line["reason"] for line in lines if line["log_level"] == "error"] == ["database is locked"] * 3


def test_a_receiver_whose_outcome_could_not_be_written_is_left_alone_for_a_while(outbox, database, make):
    failed, sent = threading.Event(), []

    class Shaky(SqlOutbox):
        def mark_delivered(self, identifier, at):
            if identifier == "msg_1":
                failed.set()
                raise OutboxUnavailable("database is locked")
            super().mark_delivered(identifier, at)

    async def answer(delivery):
        sent.append(delivery.id)
        return Answer(200)

    bench = Bench(Shaky(database), database, Sends(answer), poll=3600.0)

    async def main():
        bench.owe(make("https://a.example/", 1))
        async with bench.courier.working():
            await bench.until(failed.is_set)
            bench.owe(make("https://b.example/", 2, created=2000.0))
            await bench.until(lambda: bench.rows()[1].delivered_at)

    asyncio.run(main())
    assert sent == ["msg_1", "msg_2"]


def test_stopping_breaks_off_what_hangs_and_it_is_owed_still(bench, listening, make_receiver, make):
    async def main(receiver):
        async with bench.courier.working():
            bench.owe(make(receiver.url))
            await bench.until(lambda: receiver.got)

    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        asyncio.run(main(receiver))
    (row,) = bench.rows()
    assert (row.attempts, row.delivered_at, row.given_up_at, row.next_try_at) == (0, None, None, 1000.0)


def test_an_outcome_that_is_being_written_is_written_although_it_stops(outbox, database, make):
    entered, leave = threading.Event(), threading.Event()

    class Slow(SqlOutbox):
        def mark_delivered(self, identifier, at):
            entered.set()
            leave.wait(30)
            super().mark_delivered(identifier, at)

    async def answer(_):
        return Answer(200)

    bench = Bench(Slow(database), database, Sends(answer))

    async def main():
        bench.owe(make("https://a.example/"))
        async with bench.courier.working():
            await bench.until(entered.is_set)
            asyncio.get_running_loop().call_later(0.05, leave.set)
        assert bench.rows()[0].delivered_at == START

    asyncio.run(main())


def test_what_a_killed_process_owed_is_delivered_by_the_next(bench, url, listening, make_receiver, make):
    """A process is killed in the middle of an attempt; the receiver gets the event again, with the same id."""
    script = textwrap.dedent(f"""
        import asyncio
        from blazon.serve.webhooks.courier import Courier
        from blazon.serve.webhooks.post import Post
        from blazon.store.database import Database
        from blazon.store.outbox import SqlOutbox

        outbox = SqlOutbox(Database.open({url!r}))
        asyncio.run(Courier(outbox, Post(allow_private=True)).run())
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
        async with bench.courier.working():
            await bench.until(lambda: bench.rows()[0].delivered_at)

    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        asyncio.run(main(receiver))
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == ["msg_1", "msg_1"]


def test_each_attempt_is_one_line_without_the_secret_or_the_path(bench, listening, make_receiver, make):
    async def main(url):
        async with bench.courier.working():
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


def test_a_courier_that_dies_says_so():
    class Broken:
        def next_due(self, *_):
            raise KeyError("a fault in the store")

    async def main():
        await Courier(Broken(), Post(allow_private=False)).run()

    with capture_logs() as lines, pytest.raises(ExceptionGroup):
        asyncio.run(main())
    assert [line["event"] for line in lines] == ["webhooks have stopped; they go on at the next start"]
