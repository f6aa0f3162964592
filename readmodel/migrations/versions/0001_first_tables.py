"""The first tables: cases, tasks, clocks and timeline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "shown_cases",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=120), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("linked", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("shown_cases_by_any_due", "shown_cases", ["due_at", "case_id"], unique=False)
    op.create_index("shown_cases_by_customer", "shown_cases", ["customer_id", "opened_at", "case_id"], unique=False)
    op.create_index("shown_cases_by_due", "shown_cases", ["open", "due_at", "case_id"], unique=False)
    op.create_index("shown_cases_by_opening", "shown_cases", ["opened_at", "case_id"], unique=False)
    op.create_index("shown_cases_by_order", "shown_cases", ["order_id"], unique=False)
    op.create_table(
        "shown_clocks",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("clock_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("consumed", sa.BigInteger(), nullable=False),
        sa.Column("running_since", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "clock_id"),
    )
    op.create_index("shown_clocks_by_breach", "shown_clocks", ["breached_at"], unique=False)
    op.create_index("shown_clocks_by_due", "shown_clocks", ["kind", "due_at"], unique=False)
    op.create_table(
        "shown_tasks",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("owned_since", sa.BigInteger(), nullable=True),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "task_id"),
    )
    op.create_index("shown_tasks_by_due", "shown_tasks", ["active", "due_at", "case_id", "task_id"], unique=False)
    op.create_index(
        "shown_tasks_by_owner", "shown_tasks", ["owner", "active", "due_at", "case_id", "task_id"], unique=False
    )
    op.create_index(
        "shown_tasks_by_state", "shown_tasks", ["team", "state", "due_at", "case_id", "task_id"], unique=False
    )
    op.create_index(
        "shown_tasks_by_team", "shown_tasks", ["team", "active", "due_at", "case_id", "task_id"], unique=False
    )
    op.create_table(
        "shown_timeline",
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq"),
    )
    op.create_index("shown_timeline_by_what", "shown_timeline", ["what", "at"], unique=False)


def downgrade() -> None:
    """Drop them; `duecourse readmodel rebuild` brings everything back."""
    for table in ("shown_timeline", "shown_clocks", "shown_tasks", "shown_cases"):
        op.drop_table(table)
