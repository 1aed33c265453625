"""What an installation keeps to itself, such as the key that signs links: made once, then the same for good."""

import secrets

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from blazon.store.database import Database
from blazon.store.tables import secrets as table

_BYTES = 32


def kept_secret(database: Database, name: str) -> bytes:
    """Return the secret of this name, 32 random bytes; made if there is none yet."""
    with database.reading() as connection:
        known = _read(connection, name)
    if known is None:
        try:
            with database.writing() as connection:
                connection.execute(insert(table).values(name=name, value=secrets.token_hex(_BYTES)))
        except IntegrityError:  # another process of this installation made it at the same moment
            pass
        with database.reading() as connection:
            known = _read(connection, name)
    assert known is not None  # noqa: S101  # it was written above, and nothing removes it
    return known


def _read(connection: Connection, name: str) -> bytes | None:
    value = connection.scalar(select(table.c.value).where(table.c.name == name))
    return None if value is None else bytes.fromhex(value)
