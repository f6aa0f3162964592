"""What figures are counted from, and which cases have not been counted yet: at first all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; a worker counts what stands there already."""
    op.create_table(
        "shown_facts",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.String(length=80), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", "number"),
    )
    op.create_index("shown_facts_by_time", "shown_facts", ["at"], unique=False)
    op.create_index("shown_facts_by_team", "shown_facts", ["team", "at"], unique=False)
    op.create_index("shown_facts_by_person", "shown_facts", ["person", "at"], unique=False)
    op.create_table(
        "shown_uncounted",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.execute("INSERT INTO shown_uncounted (case_id) SELECT case_id FROM shown_cases")


def downgrade() -> None:
    """Drop them."""
    for table in ("shown_uncounted", "shown_facts"):
        op.drop_table(table)
