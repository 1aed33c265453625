"""Whether the pictures of a database are where its servers keep them: one place, and of no other database.

A place of pictures is marked with an id, once, in a file beside them, and the database notes which one its servers use.
The path or URL would not do: servers may see one folder at different paths, and two places under one name.
"""

import re
import secrets
import time
from typing import Final

import structlog
from sqlalchemy import Connection, delete, insert, select

from blazon.errors import InvalidSetting, StorageUnavailable
from blazon.store.database import Database, retry
from blazon.store.notices import FIRST_SERVER
from blazon.store.pictures import MARK, PictureStore
from blazon.store.postgresql import lock, try_lock
from blazon.store.tables import candidates, generations
from blazon.store.tables import secrets as table

log = structlog.stdlib.get_logger("blazon.store")

_NAME: Final = "storage"
_GUEST: Final = " guest"  # follows the id of a place that was marked for another database
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NEWEST: Final = 3
_PATIENCE: Final = 5.0  # seconds, as for the lock of a SQLite database
_LOOK_AGAIN: Final = 0.2

_ELSEWHERE: Final = (
    "the servers that share this database keep pictures in another place, where those stored here would be missing: "
    "give all the same STORAGE_URL, a bucket or a folder that each of them sees; to move the pictures, stop all first"
)
_ANOTHERS: Final = (
    "the place of the pictures was marked for another database, whose pictures may be there, so nothing is removed "
    f"from it; if that database is no more, remove the file {MARK} there and start again"
)


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
            if read_note(self._database).endswith(_GUEST):
                log.error(_ANOTHERS)

    def find_problem(self) -> str:
        """Return in one line that others keep pictures elsewhere, empty if nothing is known of it. May block."""
        if self._mark and not self._database.shared:
            return ""
        try:
            if not self._mark:
                self._identify()
            note = read_note(self._database).removesuffix(_GUEST)
        except InvalidSetting as problem:
            return str(problem)
        except StorageUnavailable as problem:
            return f"whether servers share one place for pictures cannot be found out: {problem}"
        return _ELSEWHERE if note != self._mark else ""

    def _try_identify(self, last: bool) -> bool:
        try:
            self._identify()
        except InvalidSetting:
            if last:
                raise
            return False
        return True

    def _identify(self) -> None:
        mark = read_mark(self._pictures)
        if not mark or mark != read_note(self._database).removesuffix(_GUEST):
            mark = self._settle()
        self._mark = mark

    @retry
    def _settle(self) -> str:
        """Return the mark of the place, once the database has a note of it."""
        with self._database.writing() as connection:
            lock(connection, _NAME)
            note, mark = _read(connection), read_mark(self._pictures)
            known = note.removesuffix(_GUEST)
            if not mark and known and self._has_newest(connection):  # the mark alone is gone, or was not moved
                self._pictures.write_mark(known)
                return known
            if mark and mark == known:  # another server was quicker
                return mark
            if note and not try_lock(connection, FIRST_SERVER):
                raise InvalidSetting(_ELSEWHERE)
            guest = bool(mark) and not (self._pictures.private and not note)
            if note:
                log.warning(
                    "pictures are kept in another place than before; those of earlier logos are missing unless "
                    "they were moved there"
                )
            if not mark:
                mark = secrets.token_hex(16)
                self._pictures.write_mark(mark)
            connection.execute(delete(table).where(table.c.name == _NAME))
            connection.execute(insert(table).values(name=_NAME, value=mark + (_GUEST if guest else "")))
            return mark

    def _has_newest(self, connection: Connection) -> bool:
        """Whether one of the newest pictures is in the place."""
        newest = (
            select(candidates.c.picture)
            .join(generations, generations.c.id == candidates.c.generation)
            .order_by(generations.c.created_at.desc())
            .limit(_NEWEST)
        )
        return any(self._pictures.has(key) for key in connection.scalars(newest).all())


def read_note(database: Database) -> str:
    """Return which place the database notes, empty if none.

    Raises:
        StorageUnavailable: it cannot be read.
    """
    with database.reading() as connection:
        return _read(connection)


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
    note, mark = read_note(database), read_mark(pictures)
    if note.endswith(_GUEST) or (mark and not note and not pictures.private):
        return _ANOTHERS
    return _ELSEWHERE if note and note != mark else ""


def _read(connection: Connection) -> str:
    return str(connection.scalar(select(table.c.value).where(table.c.name == _NAME)) or "")
