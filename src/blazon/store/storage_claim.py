"""Whether the pictures of a database are where its servers keep them: one place, and of no other database.

A place of pictures is marked with an id, once, in a file beside them, and the database notes which one its servers use.
The path or URL would not do: servers may see one folder at different paths, and two places under one name.
"""

import re
import secrets
import time
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy import Connection, delete, insert, select

from blazon.errors import InvalidSetting, StorageUnavailable
from blazon.store.clock import read_clock
from blazon.store.database import Database, retry
from blazon.store.notices import FIRST_SERVER
from blazon.store.pictures import MARK, PictureStore
from blazon.store.postgresql import lock, try_lock
from blazon.store.tables import candidates, generations
from blazon.store.tables import secrets as table

log = structlog.stdlib.get_logger("blazon.store")

_NAME: Final = "storage"
_GUEST: Final = "guest"
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NEWEST: Final = 3
_PATIENCE: Final = 5.0  # seconds, as for the lock of a SQLite database
_LOOK_AGAIN: Final = 0.2
_STARTING: Final = 30.0  # seconds after which a server is known to run by the lock that one of all holds

_SELECT: Final = select(table.c.value).where(table.c.name == _NAME)

_ELSEWHERE: Final = (
    "the servers that share this database keep pictures in another place, where those stored here would be missing: "
    "give all the same STORAGE_URL, a bucket or a folder that each of them sees; to move the pictures, stop all first"
)
_ANOTHERS: Final = (
    "the place of the pictures was marked for another database, whose pictures may be there, so nothing is removed "
    f"from it; if that database is no more, remove the file {MARK} there and start again"
)


@dataclass(frozen=True, slots=True)
class _Note:
    """What a database notes of the place of its pictures.

    Args:
        mark: of the place; empty while there is no note.
        at: when a server with that place started last, by the database's clock.
        guest: whether the place was marked for another database.
    """

    mark: str = ""
    at: float = 0.0
    guest: bool = False

    @classmethod
    def read(cls, connection: Connection) -> "_Note":
        mark, at, guest, *_ = f"{connection.scalar(_SELECT) or ''}   ".split(" ")
        return cls(mark, float(at or 0), guest == _GUEST)

    def write(self, connection: Connection) -> None:
        connection.execute(delete(table).where(table.c.name == _NAME))
        value = f"{self.mark} {int(self.at)} {_GUEST if self.guest else ''}".strip()
        connection.execute(insert(table).values(name=_NAME, value=value))


class StorageClaim:
    """That a database and a store of pictures belong together. Threads may share it."""

    def __init__(self, database: Database, pictures: PictureStore) -> None:
        self._database = database
        self._pictures = pictures
        self._mark = ""

    def make(self, patience: float = _PATIENCE) -> None:
        """Have the database note the place of the pictures, at the start of a server; mark the place if nobody has.

        Another place than before is taken for a move, unless another server is running: then it is a mistake. Nothing
        is looked at while the place cannot be reached: `find_problem` makes up for it.

        Args:
            patience: seconds that are waited for a server that may be ending.

        Raises:
            InvalidSetting: the servers that share the database keep pictures in another place.
            StorageUnavailable: the database cannot be used.
        """
        until = time.monotonic() + patience
        try:
            while not self._try_identify(time.monotonic() >= until):
                time.sleep(_LOOK_AGAIN)
        except StorageUnavailable:
            if not self._pictures.write_problem():
                raise
        else:
            if _read_note(self._database).guest:
                log.error(_ANOTHERS)

    def find_problem(self) -> str:
        """Return in one line that others keep pictures elsewhere, empty if nothing is known of it. May block."""
        if self._mark and not self._database.shared:
            return ""
        try:
            if not self._mark:
                self._identify()
            note = _read_note(self._database)
        except InvalidSetting as problem:
            return str(problem)
        except StorageUnavailable as problem:
            return f"whether servers share one place for pictures cannot be found out: {problem}"
        return _ELSEWHERE if note.mark != self._mark else ""

    def _try_identify(self, last: bool) -> bool:
        try:
            self._identify()
        except InvalidSetting:
            if last:
                raise
            return False
        return True

    @retry
    def _identify(self) -> None:
        """Have the database note the mark of the place."""
        with self._database.writing() as connection:
            lock(connection, _NAME)
            note, mark, now = _Note.read(connection), read_mark(self._pictures), read_clock(connection)
            if not mark and note.mark and self._has_newest(connection):
                mark = note.mark  # it alone is gone, or was not moved with the pictures
                self._pictures.write_mark(mark)
            if mark and mark == note.mark:
                note = replace(note, at=now)
            else:
                if note.mark:
                    self._take_for_move(connection, now - note.at)
                note = _Note(mark, now, guest=bool(mark) and not (self._pictures.private and not note.mark))
                if not mark:
                    note = replace(note, mark=secrets.token_hex(16))
                    self._pictures.write_mark(note.mark)
            note.write(connection)
        self._mark = note.mark

    def _take_for_move(self, connection: Connection, since: float) -> None:
        """Return if no other server runs, nor was started a moment ago.

        Raises:
            InvalidSetting: one does, or was.
        """
        if self._database.shared and (abs(since) < _STARTING or not try_lock(connection, FIRST_SERVER)):
            raise InvalidSetting(_ELSEWHERE)
        log.warning(
            "pictures are kept in another place than before; those of earlier logos are missing unless they were moved"
            " there"
        )

    def _has_newest(self, connection: Connection) -> bool:
        """Whether one of the newest pictures is in the place."""
        newest = (
            select(candidates.c.picture)
            .join(generations, generations.c.id == candidates.c.generation)
            .order_by(generations.c.created_at.desc())
            .limit(_NEWEST)
        )
        return any(self._pictures.has(key) for key in connection.scalars(newest).all())


def read_mark(pictures: PictureStore) -> str:
    """Return the mark of the place, empty if there is none.

    Raises:
        StorageUnavailable: the place cannot be reached.
    """
    text = pictures.read_mark()
    return text if _ID.fullmatch(text) else ""


def find_conflict(database: Database, pictures: PictureStore) -> str:
    """Return in one line why what is in a place may not all belong to a database, empty if it does.

    Raises:
        StorageUnavailable: one of the two cannot be read.
    """
    note, mark = _read_note(database), read_mark(pictures)
    if note.guest or (mark and not note.mark and not pictures.private):
        return _ANOTHERS
    return _ELSEWHERE if note.mark and note.mark != mark else ""


def _read_note(database: Database) -> _Note:
    with database.reading() as connection:
        return _Note.read(connection)
