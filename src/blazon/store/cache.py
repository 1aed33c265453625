"""Which generation holds the result of a brief: bounded by the size of the results, least recently used out."""

from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from blazon.store.database import Database, retry
from blazon.store.postgresql import lock
from blazon.store.tables import cache

_this = cache.c.fingerprint == bindparam("this")
_FIND: Final = select(cache.c.generation).where(_this)
_DELETE: Final = delete(cache).where(_this)
_INSERT: Final = insert(cache)
_TAKEN: Final = select(func.coalesce(func.sum(cache.c.bytes), 0))
_OLDEST: Final = select(cache.c.fingerprint, cache.c.bytes).order_by(cache.c.used_at)


class ResultCache:
    """Maps fingerprints to generations. Threads may share it.

    Args:
        size: bytes of pictures that the generations in it may have together; 0 turns the cache off.
    """

    def __init__(self, database: Database, size: int) -> None:
        self._database = database
        self._size = size
        self._alone = database.location.file is not None  # or other servers keep results too
        self._at_most: int | None = None  # no less than what is kept: not every result adds all others up

    @retry
    def find(self, fingerprint: str, now: float) -> str | None:
        """Return the id of the generation with the result, and count it as used. Waits for no writer."""
        if not self._size:
            return None
        with self._database.reading() as connection:
            found = connection.scalar(_FIND, {"this": fingerprint})
        if found is not None:  # a mark that is left out while others write costs no more than its place in the order
            self._database.try_write(update(cache).where(cache.c.fingerprint == fingerprint).values(used_at=now))
        return found

    @retry
    def keep(self, fingerprint: str, generation: str, size: int, now: float) -> None:
        """Remember a result of `size` bytes, and forget the least recently used ones that it leaves no room for."""
        if not self._size or size > self._size:
            return
        with self._database.writing() as connection:
            lock(connection, "results")  # what there is room for is added up, then written
            connection.execute(_DELETE, {"this": fingerprint})
            taken = self._make_room(connection, size)
            values = {"fingerprint": fingerprint, "generation": generation, "bytes": size, "used_at": now}
            connection.execute(_INSERT, values)
            self._at_most = taken + size if self._alone else None

    def _make_room(self, connection: Connection, size: int) -> int:
        """Remove the least recently used that leave no room, and return the bytes of the others, or a little more."""
        if self._at_most is not None and self._at_most + size <= self._size:
            return self._at_most
        taken: int = int(connection.scalar(_TAKEN) or 0)  # PostgreSQL adds whole numbers up to a Decimal
        for row in connection.execute(_OLDEST).all() if taken + size > self._size else ():
            connection.execute(_DELETE, {"this": row.fingerprint})
            taken -= row.bytes
            if taken + size <= self._size:
                break
        return taken
