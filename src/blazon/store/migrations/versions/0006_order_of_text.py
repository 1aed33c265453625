"""On PostgreSQL text is compared by its bytes, as on SQLite.

Ids are listed in their order, which must not depend on the language of the server; nor must an index on text, which an
upgrade of the operating system's languages would silently break.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = "api_keys cache candidates generations idempotency secrets unreadable usage webhooks".split()


def upgrade() -> None:
    _collate("C")


def downgrade() -> None:
    _collate("default")


def _collate(collation: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    inspector = sa.inspect(op.get_bind())
    for table in _TABLES:
        changes = [
            f'ALTER COLUMN "{column["name"]}" TYPE {_name(kind)} COLLATE "{collation}"'
            for column in inspector.get_columns(table)
            if isinstance(kind := column["type"], sa.String)
        ]
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def _name(kind: sa.String) -> str:
    return f"VARCHAR({kind.length})" if kind.length else "TEXT"
