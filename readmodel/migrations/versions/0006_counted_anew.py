"""Every case is counted anew: scores that the staff entered, and tiers whose case was given up, no longer count."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put every case on the list of those to be counted; a worker does the counting."""
    op.execute("DELETE FROM shown_uncounted")
    op.execute("INSERT INTO shown_uncounted (case_id) SELECT case_id FROM shown_cases")


def downgrade() -> None:
    """What was counted stays counted."""
