"""A generation tells how its brief was understood, a candidate what it shows and why."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# One by one, not in a batch: that would make the table of generations anew on SQLite, and to drop the old one removes
# the candidates along with it. So the defaults, for the rows that are there, stay too.
def upgrade() -> None:
    op.add_column("generations", sa.Column("interpretation", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("candidates", sa.Column("shows", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("candidates", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("candidates", "why")
    op.drop_column("candidates", "shows")
    op.drop_column("generations", "interpretation")
