"""The clock that everybody who shares a database goes by: that of the database, as those of machines differ."""

import time
from typing import Final

from sqlalchemy import Connection, Float, cast, func, select

# Of this moment; `now()` is that of the beginning of the transaction, which may have waited since.
_CLOCK: Final = select(cast(func.extract("epoch", func.clock_timestamp()), Float))


def read_clock(connection: Connection) -> float:
    """Return what time it is, in seconds since 1970, by the clock of the database; of a file, by that of its machine.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    if connection.dialect.name != "postgresql":
        return time.time()
    return float(connection.execute(_CLOCK).scalar_one())
