"""What is to be done now and then by one of the servers that share a database, such as collecting garbage."""

from sqlalchemy import insert, select, update

from blazon.store.clock import read_clock
from blazon.store.database import Database, retry
from blazon.store.postgresql import lock
from blazon.store.tables import chores


@retry
def take_chore(database: Database, name: str, every: float) -> bool:
    """Return whether the caller is to do a chore now; then nobody else is told so for `every` seconds.

    Raises:
        StorageUnavailable: the database cannot be written.
    """
    with database.writing() as connection:
        lock(connection, f"chore {name}")
        now = read_clock(connection)
        due_at = connection.scalar(select(chores.c.due_at).where(chores.c.name == name))
        if due_at is None:
            connection.execute(insert(chores).values(name=name, due_at=now + every))
            return True
        if now < due_at <= now + every:  # later than that only where the clock was set back
            return False
        connection.execute(update(chores).where(chores.c.name == name).values(due_at=now + every))
        return True
