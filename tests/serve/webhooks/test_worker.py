"""What is owed is delivered: when, how often, and what is written of it."""

import asyncio
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from contextlib import ExitStack

from structlog.testing import capture_logs

from blazon.serve.webhooks.worker import Response


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
    assert [row.delivered_at for row in bench.rows()] == [bench.start, bench.start]


def test_a_nudge_wakes_it_at_once_even_from_another_thread(make_bench, listening, make_receiver, make):
    bench = make_bench(poll=3600.0)

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


def test_what_attempts_came_to_is_counted_and_how_long_one_is_overdue_is_told(make_bench, make):
    outcomes, answers = [], [Response(500), Response(204), Response(410)]
    hold = asyncio.Event()

    async def answer(_):
        await hold.wait()
        return answers.pop(0)

    bench = make_bench(answer, count=outcomes.append)

    async def main():
        async with bench.working():
            assert bench.worker.overdue == 0
            bench.owe(make("http://one.example/", created=bench.start - 70))
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
        client = WebhookClient(WebhookSecrets(lambda _: '', {bench.secret!r}), allow_private=True)
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
