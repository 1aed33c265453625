"""A candidate tells what whoever uses it should know."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


# With a default for the rows that are there, and not in a batch: see the revision before.
def upgrade() -> None:
    op.add_column("candidates", sa.Column("warnings", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("candidates", "warnings")
