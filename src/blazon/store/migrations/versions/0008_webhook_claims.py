"""A webhook tells who delivers it now, and until when nobody else may."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEX = "ix_webhooks_claims"
_CLAIMED = sa.text("claimed_until IS NOT NULL")


def upgrade() -> None:
    collation = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.add_column("webhooks", sa.Column("claimant", sa.String(32, collation), nullable=True))
    op.add_column("webhooks", sa.Column("claimed_until", sa.Float(), nullable=True))
    op.create_index(_INDEX, "webhooks", ["owner", "receiver"], sqlite_where=_CLAIMED, postgresql_where=_CLAIMED)


def downgrade() -> None:
    op.drop_index(_INDEX, "webhooks")
    op.drop_column("webhooks", "claimed_until")
    op.drop_column("webhooks", "claimant")
