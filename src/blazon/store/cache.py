"""Which generation holds the result of a brief: bounded by the size of the results, least recently used out."""

from sqlalchemy import delete, func, insert, select, update

from blazon.store.database import Database
from blazon.store.tables import cache


class ResultCache:
    """Maps fingerprints to generations. Threads may share it.

    Args:
        size: bytes of pictures that the generations in it may have together; 0 turns the cache off.
    """

    def __init__(self, database: Database, size: int) -> None:
        self._database = database
        self._size = size

    def find(self, fingerprint: str, now: float) -> str | None:
        """Return the id of the generation with the result, and count it as used. Waits for no writer."""
        if not self._size:
            return None
        with self._database.reading() as connection:
            found = connection.scalar(select(cache.c.generation).where(cache.c.fingerprint == fingerprint))
        if found is not None:  # a mark that is left out while others write costs no more than its place in the order
            self._database.try_write(update(cache).where(cache.c.fingerprint == fingerprint).values(used_at=now))
        return found

    def keep(self, fingerprint: str, generation: str, size: int, now: float) -> None:
        """Remember a result of `size` bytes, and forget the least recently used ones that it leaves no room for."""
        if size > self._size:
            return
        with self._database.writing() as connection:
            connection.execute(delete(cache).where(cache.c.fingerprint == fingerprint))
            taken = connection.scalar(select(func.coalesce(func.sum(cache.c.bytes), 0))) or 0
            oldest = select(cache.c.fingerprint, cache.c.bytes).order_by(cache.c.used_at)
            for row in connection.execute(oldest).all() if taken + size > self._size else ():
                connection.execute(delete(cache).where(cache.c.fingerprint == row.fingerprint))
                taken -= row.bytes
                if taken + size <= self._size:
                    break
            connection.execute(
                insert(cache).values(fingerprint=fingerprint, generation=generation, bytes=size, used_at=now)
            )
