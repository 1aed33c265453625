"""Designs of candidates are changed: each change is a revision, and one of them is current."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = {"collation": "C"} if op.get_bind().dialect.name == "postgresql" else {}
    op.create_table(
        "revisions",
        sa.Column("generation", sa.String(length=32, **text), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("adapted", sa.JSON(), nullable=False),
        sa.Column("shows", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        *_of_candidate("revisions"),
        sa.PrimaryKeyConstraint("generation", "number", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "current_revisions",
        sa.Column("generation", sa.String(length=32, **text), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_of_candidate("current_revisions"),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_current_revisions")),
    )


def downgrade() -> None:
    op.drop_table("current_revisions")
    op.drop_table("revisions")


def _of_candidate(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["generation", "number"],
            ["candidates.generation", "candidates.number"],
            name=op.f(f"fk_{table}_generation_number"),
            ondelete="CASCADE",
        )
    ]
