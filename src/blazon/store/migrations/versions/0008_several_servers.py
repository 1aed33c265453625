"""What servers that share a database agree on there: who delivers a webhook, who has a chore, the rates of keys."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEX = "ix_webhooks_claims"
_CLAIMED = sa.text("claimed_until IS NOT NULL")


def upgrade() -> None:
    collation = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.add_column("webhooks", sa.Column("claimant", sa.String(32, collation), nullable=True))
    op.add_column("webhooks", sa.Column("claimed_until", sa.Float(), nullable=True))
    op.create_index(_INDEX, "webhooks", ["owner", "receiver"], sqlite_where=_CLAIMED, postgresql_where=_CLAIMED)
    op.create_table(
        "chores",
        sa.Column("name", sa.String(40, collation), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
    op.create_table(
        "rates",
        sa.Column("owner", sa.String(32, collation), nullable=False),
        sa.Column("full_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_rates")),
    )


def downgrade() -> None:
    op.drop_table("rates")
    op.drop_table("chores")
    op.drop_index(_INDEX, "webhooks")
    op.drop_column("webhooks", "claimed_until")
    op.drop_column("webhooks", "claimant")
