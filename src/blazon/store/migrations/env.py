"""How alembic runs the migrations: within the transaction of `blazon.store.database`, or by the alembic command."""

import os

import sqlalchemy
from alembic import context

from blazon.store.tables import VERSION_TABLE, metadata


def _run(connection: sqlalchemy.Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, version_table=VERSION_TABLE, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:  # `alembic -c src/blazon/store/migrations/alembic.ini revision --autogenerate`, for those who change the tables
    with sqlalchemy.create_engine(os.environ["DATABASE_URL"]).begin() as connection:
        _run(connection)
