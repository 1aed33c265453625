"""The clock that everybody who shares a database goes by: that of the database, as those of machines differ."""

from typing import Final

from sqlalchemy import Connection, Float, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Clock(FunctionElement[float]):
    """The moment of a statement by the clock of the database, in epoch seconds."""

    type = Float()
    inherit_cache = True


@compiles(_Clock)
def _compile_clock(*_: object, **__: object) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(_Clock, "postgresql")
def _compile_clock_of_postgresql(*_: object, **__: object) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


clock: Final = _Clock()
_READ: Final = select(clock)


def read_clock(connection: Connection) -> float:
    """Return what time it is by the clock of the database, in epoch seconds.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    return float(connection.execute(_READ).scalar_one())
