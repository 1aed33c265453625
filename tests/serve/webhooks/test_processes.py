"""Several processes that deliver what is owed in one PostgreSQL, to a real receiver."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from blazon.store.tables import webhooks
from blazon.store.webhooks import insert_delivery

SCRIPT = """
    import asyncio, signal, sys
    from blazon.serve.webhooks.client import WebhookClient
    from blazon.serve.webhooks.message import WebhookSecrets
    from blazon.serve.webhooks.worker import WebhookWorker
    from blazon.store import webhooks
    from blazon.store.database import Database

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started the tests with it ignored
    webhooks.LEASE = float(sys.argv[2])

    class Store(webhooks.WebhookStore):
        def list_due(self):
            found = super().list_due()
            print("looked", flush=True)
            return found

    client = WebhookClient(WebhookSecrets(lambda _: "whsec_" + 32 * "a", ""), allow_private=True)
    asyncio.run(WebhookWorker(Store(Database.open(sys.argv[1], migrate=False)), client, poll=0.05).run())
"""


@pytest.fixture
def url(postgresql_url):
    return postgresql_url


@contextmanager
def _delivering(url, lease=30.0):
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), url, str(lease)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for_a_new_look(process):
    """Wait until a process has begun another look at what is due, and has begun what it found."""
    for _ in range(3):
        assert process.stdout.readline() == "looked\n"


def _wait(holds):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def _owe(database, *deliveries):
    with database.writing() as connection:
        for delivery in deliveries:
            insert_delivery(connection, delivery)


def _delivered(database):
    with database.reading() as connection:
        return connection.execute(select(webhooks.c.id).where(webhooks.c.delivered_at.is_not(None))).all()


def test_each_event_comes_once_and_those_of_a_line_one_after_the_other(url, database, listening, make_receiver, make):
    held = make_receiver([200], open=threading.Event())
    with listening(held) as receiver, _delivering(url) as one, _delivering(url) as two:
        receiver.open.clear()
        _owe(database, *(make(receiver.url, number, owner=str(number % 5)) for number in range(40)))
        _wait(lambda: len(receiver.got) >= 5)
        for process in (one, two):
            _wait_for_a_new_look(process)
        assert len(receiver.got) == 5
        receiver.open.set()
        _wait(lambda: len(_delivered(database)) == 40)
    assert Counter(headers["webhook-id"] for _, headers, _ in receiver.got) == {f"msg_{one}": 1 for one in range(40)}


def test_what_a_process_was_delivering_when_it_was_killed_is_delivered_by_another(
    url, database, listening, make_receiver, make
):
    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        with _delivering(url, lease=2.0) as one:
            _owe(database, *(make(receiver.url, number, owner="a") for number in (1, 2)))
            _wait(lambda: receiver.got)
            one.kill()
        receiver.open.set()
        with _delivering(url, lease=2.0):
            _wait(lambda: len(_delivered(database)) == 2)
    assert [headers["webhook-id"] for _, headers, _ in receiver.got] == ["msg_1", "msg_1", "msg_2"]


def test_a_worker_that_is_stopped_lets_nobody_wait_for_the_end_of_its_claims(
    url, database, listening, make_receiver, make
):
    with listening(make_receiver([200], open=threading.Event())) as receiver:
        receiver.open.clear()
        with _delivering(url, lease=3600.0) as one:
            _owe(database, *(make(receiver.url, number, owner=str(number)) for number in range(3)))
            _wait(lambda: len(receiver.got) == 3)
            one.send_signal(signal.SIGINT)
            assert one.wait(60)
        receiver.open.set()
        with _delivering(url, lease=3600.0):
            _wait(lambda: len(_delivered(database)) == 3)
