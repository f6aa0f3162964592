"""Cases keep the number by which customers know their order, beside the shop's own name for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the comparison with Temporal fills it for open cases, their next turn does so sooner."""
    op.add_column("shown_cases", sa.Column("order_number", sa.String(length=64), nullable=True))
    op.create_index("shown_cases_by_order_number", "shown_cases", ["order_number"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("shown_cases_by_order_number", "shown_cases")
    with op.batch_alter_table("shown_cases") as table:
        table.drop_column("order_number")
