"""The teams of each case, so that their lists come sorted out of an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and fill it from what stands there."""
    op.create_table(
        "shown_case_teams",
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=255), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", "case_id"),
    )
    # UNION drops what is there twice: the team that has the case mostly has a task in it, too.
    op.execute(
        "INSERT INTO shown_case_teams (team, case_id, open, due_at, opened_at) "
        "SELECT team, case_id, open, due_at, opened_at FROM shown_cases UNION "
        "SELECT t.team, c.case_id, c.open, c.due_at, c.opened_at FROM shown_tasks t "
        "JOIN shown_cases c ON c.case_id = t.case_id WHERE t.active"
    )
    op.create_index("shown_case_teams_by_due", "shown_case_teams", ["team", "open", "due_at", "case_id"], unique=False)
    op.create_index("shown_case_teams_by_opening", "shown_case_teams", ["team", "opened_at", "case_id"], unique=False)
    op.create_index("shown_case_teams_by_case", "shown_case_teams", ["case_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shown_case_teams")
