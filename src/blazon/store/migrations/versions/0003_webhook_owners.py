"""A webhook knows its owner, whose secret signs it, instead of the secret itself."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=32), nullable=False, server_default=""))
    # A key's secret is its own alone, and keys are never removed; the generation may have been.
    op.execute(
        "UPDATE webhooks SET owner = COALESCE("
        "(SELECT MIN(api_keys.id) FROM api_keys WHERE api_keys.webhook_secret = webhooks.secret), '')"
        " WHERE next_try_at IS NOT NULL"
    )
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.alter_column("owner", server_default=None)
        batch_op.drop_column("secret")
        batch_op.drop_index(batch_op.f("ix_webhooks_next_try_at"))
        batch_op.create_index(
            batch_op.f("ix_webhooks_owner_receiver_next_try_at_attempts"),
            ["owner", "receiver", "next_try_at", "attempts"],
            unique=False,
            sqlite_where=sa.text("next_try_at IS NOT NULL"),
            postgresql_where=sa.text("next_try_at IS NOT NULL"),
        )


def downgrade() -> None:
    # What is owed still would be signed with nothing, and be refused.
    op.execute("UPDATE webhooks SET next_try_at = NULL")
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret", sa.String(length=128), nullable=False, server_default=""))
        batch_op.drop_index(batch_op.f("ix_webhooks_owner_receiver_next_try_at_attempts"))
        batch_op.create_index(batch_op.f("ix_webhooks_next_try_at"), ["next_try_at"], unique=False)
        batch_op.drop_column("owner")
