"""How often keys may come, counted over all servers that share a database.

The generic cell rate algorithm, as in `serve/authentication.py`: of each key one number is kept, when its bucket will
be full again, by the clock of the database. One statement looks and counts, so that no two servers count at once.
"""

from typing import Final

from sqlalchemy import Float, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from blazon.store.clock import read_clock
from blazon.store.database import Database, retry
from blazon.store.postgresql import wait_for_no_disk
from blazon.store.tables import rates

ROUNDING: Final = 1e-6  # of an interval: who waits exactly as long as told is let through
_KEPT: Final = 86_400.0  # seconds after which a bucket that is full is forgotten

_now: Final = bindparam("now", type_=Float)
_interval: Final = bindparam("interval", type_=Float)
_burst: Final = bindparam("burst", type_=Float)
_full_at: Final = func.greatest(rates.c.full_at, _now) + _interval
_TAKE: Final = (
    insert(rates)
    .values(owner=bindparam("key"), full_at=_now + _interval)
    .on_conflict_do_update(
        index_elements=[rates.c.owner],
        set_={"full_at": _full_at},
        where=_full_at <= _now + _burst + ROUNDING * _interval,
    )
    .returning(rates.c.full_at)
)
_READ: Final = select(rates.c.full_at).where(rates.c.owner == bindparam("key"))


class RateStore:
    """The rates of keys, on PostgreSQL. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retry
    def take(self, key: str, interval: float, burst: float) -> tuple[float, float]:
        """Count a request, if it is let through now.

        Args:
            interval: seconds from one request to the next, in the long run.
            burst: seconds until an empty bucket is full.

        Returns:
            The seconds until a request is let through, 0 if this one was; and those until the bucket is full.

        Raises:
            StorageUnavailable: the database cannot be written.
        """
        with self._database.writing() as connection:
            # What a crash of the database loses of it is a request or two too many.
            wait_for_no_disk(connection)
            now = read_clock(connection)
            this = {"key": key, "now": now, "interval": interval, "burst": burst}
            taken = connection.scalar(_TAKE, this)
            if taken is not None:
                return 0.0, taken - now
            full_at = float(connection.scalar(_READ, {"key": key}) or now)
            return full_at + interval - now - burst, full_at - now

    @retry
    def forget(self) -> None:
        """Remove those that have been full for long."""
        with self._database.writing() as connection:
            connection.execute(delete(rates).where(rates.c.full_at < read_clock(connection) - _KEPT))
