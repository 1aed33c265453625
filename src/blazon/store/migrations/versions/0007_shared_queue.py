"""Servers that share a database share a queue."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = {"collation": "C"} if op.get_bind().dialect.name == "postgresql" else {}
    op.create_table(
        "lanes",
        sa.Column("owner", sa.String(length=32, **text), nullable=False),
        sa.Column("finish", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_lanes")),
    )
    op.create_table(
        "tasks",
        sa.Column("generation", sa.String(length=32, **text), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=32, **text), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64, **text), nullable=False),
        sa.Column("twin", sa.Boolean(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("previews", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("deadline", sa.Float(), nullable=True),
        sa.Column("holder", sa.String(length=100, **text), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=True),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation"], ["generations.id"], name=op.f("fk_tasks_generation_generations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_tasks")),
    )
    free, held, dated = "holder IS NULL AND NOT parked", "holder IS NOT NULL", "deadline IS NOT NULL"
    if op.get_bind().dialect.name == "sqlite":
        free = "holder IS NULL AND parked = 0"
    for columns, condition in (
        (["fingerprint", "number"], None),
        (["holder"], held),
        (["start", "generation", "number"], free),
        (["owner", "rank", "start"], free),
        (["deadline"], dated),
    ):
        where = None if condition is None else sa.text(condition)
        name = op.f(f"ix_tasks_{'_'.join(columns)}")
        op.create_index(name, "tasks", columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.create_index(op.f("ix_generations_fingerprint"), "generations", ["fingerprint"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_generations_fingerprint"), table_name="generations")
    op.drop_table("tasks")
    op.drop_table("lanes")
