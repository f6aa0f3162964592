"""What was written, in order."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. Its numbers begin with the time, so that they grow even if it is made anew one day."""
    op.create_table(
        "shown_changes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    beginning = "ALTER SEQUENCE shown_changes_number_seq RESTART WITH {now}"
    if op.get_bind().dialect.name == "sqlite":
        beginning = "INSERT INTO sqlite_sequence (name, seq) VALUES ('shown_changes', {now})"
    op.execute(beginning.format(now=int(time.time() * 1000)))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shown_changes")
