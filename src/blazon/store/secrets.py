"""What an installation keeps to itself, such as the key that signs links: made once, then the same for good."""

import secrets

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from blazon.errors import UnreadableRecord
from blazon.store.database import Database, retry
from blazon.store.tables import secrets as table

_BYTES = 32


@retry
def load_secret(database: Database, name: str) -> bytes:
    """Return the secret of this name, 32 random bytes; made if there is none yet.

    Raises:
        StorageUnavailable: the database cannot be used.
        UnreadableRecord: what is stored is no such secret; without it nothing can be signed.
    """
    with database.reading() as connection:
        known = _read(connection, name)
    if known is None:
        with database.writing() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(table).values(name=name, value=secrets.token_hex(_BYTES)))
            except IntegrityError:  # another process of this installation made it at the same moment
                pass
        with database.reading() as connection:
            known = _read(connection, name)
    assert known is not None  # noqa: S101  # it was written above, and nothing removes it
    return known


def _read(connection: Connection, name: str) -> bytes | None:
    value = connection.scalar(select(table.c.value).where(table.c.name == name))
    if value is None:
        return None
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise UnreadableRecord(
            f"the secret {name!r} of this installation is damaged; remove it from the table secrets to get a new one"
        ) from None
