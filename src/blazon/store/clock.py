"""The clock that everybody who shares a database goes by: that of the database, as those of machines differ."""

from typing import Final, cast

from sqlalchemy import ColumnElement, Connection, Float, extract, func, select

_JULIAN_EPOCH: Final = 2440587.5  # 1970 in Julian days
_DAY: Final = 86_400.0


def clock(connection: Connection) -> ColumnElement[float]:
    """Return the moment of a statement by the clock of the database, in epoch seconds."""
    if connection.dialect.name == "postgresql":
        return cast("ColumnElement[float]", extract("epoch", func.clock_timestamp()).cast(Float))
    return (func.julianday("now") - _JULIAN_EPOCH) * _DAY


def read_clock(connection: Connection) -> float:
    """Return what time it is by the clock of the database, in epoch seconds.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    return float(connection.execute(select(clock(connection))).scalar_one())
