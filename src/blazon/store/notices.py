"""What servers that share a database tell each other through it.

A notice only wakes: it may be lost with a connection, and what it tells of is in the database. On SQLite, on which one
server works, nothing is told.
"""

import base64
import json
import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import Connection, bindparam, func, select

from blazon.errors import StorageFault, StorageUnavailable
from blazon.store.database import NOTICES, Database
from blazon.store.postgresql import wait_for_no_disk

log = structlog.stdlib.get_logger("blazon.store")

MOST: Final = 7999  # bytes of a notice, which PostgreSQL sets
_CHANNEL: Final = "blazon"
_SEND: Final = select(func.pg_notify(_CHANNEL, bindparam("payload")))
_LOOK_EVERY: Final = 0.5  # seconds, at whether it is time to stop
_ASK_EVERY: Final = 5.0  # seconds, whether the first of all servers is gone
FIRST_SERVER: Final = "first server"
"""The lock that one of the servers holds which share a database, for as long as it runs."""
_PAUSES: Final = (0.2, 5.0)  # seconds until a lost connection is made again, from the first to the longest


class NoticeKind(StrEnum):
    QUEUED = "queued"
    """Something waits to be drawn."""
    CHANGED = "changed"
    """A generation was begun, has one more candidate, has ended or is gone."""
    STEP = "step"
    """A candidate is that far. In no table."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice.

    Args:
        identity: of the generation that it is about.
        preview: a small picture of unfinished work as a file.
        sender: the process that sent a `STEP`, and needs not hear it.
    """

    kind: NoticeKind
    identity: str = ""
    number: int = 0
    step: int = 0
    steps: int = 0
    preview: bytes = b""
    sender: str = ""

    def encode(self) -> str:
        """Return it as text, without the preview if that makes it too long."""
        given: dict[str, str | int] = {"kind": str(self.kind), "identity": self.identity, "sender": self.sender}
        if self.kind is NoticeKind.STEP:
            given |= {"number": self.number, "step": self.step, "steps": self.steps}
        text = json.dumps({**given, "preview": base64.b64encode(self.preview).decode()})
        return text if len(text) <= MOST else json.dumps(given)

    @classmethod
    def decode(cls, text: str) -> "Notice":
        """Raises:
        ValueError: it is none.
        """
        try:
            given = json.loads(text)
            given["preview"] = base64.b64decode(given.get("preview", ""))
            return cls(**{**given, "kind": NoticeKind(given["kind"])})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a notice: {error}") from error


def add_notice(connection: Connection, notice: Notice) -> None:
    """Tell the other servers, once the transaction is through."""
    connection.info[NOTICES].append(notice)


class NoticeSender:
    """Tells other servers what transactions of this process have to tell, in the thread that calls `send`.

    Not in those transactions: PostgreSQL commits what has a NOTIFY in it one after the other, until it is on the disk.
    Here many go together, and wait for no disk.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[Notice, None] = {}
        self._change = threading.Condition()
        self._closed = False
        database.on_notices = self.tell

    def tell(self, notices: Iterable[Notice]) -> None:
        """Have notices sent, soon; equal ones once."""
        with self._change:
            self._pending.update(dict.fromkeys(notices))
            self._change.notify_all()

    def send(self) -> None:
        """Send what there is to tell, until `close` is called."""
        while notices := self._take():
            try:
                with self._database.writing() as connection:
                    if self._database.shared:
                        wait_for_no_disk(connection)
                        connection.execute(_SEND, [{"payload": notice.encode()} for notice in notices])
            except (StorageUnavailable, StorageFault) as problem:  # others look by themselves, now and then
                log.debug("other servers are not told", reason=str(problem))

    def close(self) -> None:
        """Send what there is, and no more."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _take(self) -> list[Notice]:
        with self._change:
            while not self._pending and not self._closed:
                self._change.wait()
            notices, self._pending = list(self._pending), {}
            return notices


class NoticeListener:
    """Hears what servers tell each other, in the thread that calls `listen`.

    Args:
        hear: is called for every notice.
        catch_up: is called whenever notices may have been missed, at first too.
    """

    def __init__(self, database: Database, hear: Callable[[Notice], None], catch_up: Callable[[], None]) -> None:
        self._database = database
        self._hear = hear
        self._catch_up = catch_up
        self._closed = threading.Event()
        self.is_first = False
        """Whether this process is the one of all servers that tells what is true of all of them."""

    def listen(self) -> None:
        """Listen until `close` is called; a connection that is lost is made again."""
        pause = _PAUSES[0]
        while not self._closed.is_set():
            began = time.monotonic()
            try:
                self._listen_once()
            except (StorageUnavailable, StorageFault) as problem:
                log.warning("notices are not heard; the database is asked meanwhile", reason=str(problem))
            pause = _PAUSES[0] if time.monotonic() - began > _PAUSES[1] else min(2 * pause, _PAUSES[1])
            self._closed.wait(pause)

    def close(self) -> None:
        self._closed.set()

    def _listen_once(self) -> None:
        with self._database.listening(_CHANNEL) as listener:
            self._catch_up()
            asked = -math.inf
            try:
                while not self._closed.is_set():
                    if not self.is_first and time.monotonic() - asked > _ASK_EVERY:
                        asked, self.is_first = time.monotonic(), listener.try_lock(FIRST_SERVER)
                    for text in listener.receive(_LOOK_EVERY):
                        self._take(text)
            finally:
                self.is_first = False

    def _take(self, text: str) -> None:
        try:
            notice = Notice.decode(text)
        except ValueError as problem:
            log.warning("a notice of another server cannot be read", reason=str(problem))
            return
        try:
            self._hear(notice)
        except Exception:  # of this one: whoever may write to the database may send anything
            log.exception("a notice of another server cannot be followed")
