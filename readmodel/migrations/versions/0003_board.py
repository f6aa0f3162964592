"""What the board counts and sifts open cases by: whose move it is, from when on they are at risk, their teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WITH_CUSTOMER = """
    (case_type = 'complaint' AND status IN ('waiting_for_customer', 'solution_offered'))
    OR (case_type = 'order_change' AND status IN ('awaiting_answer', 'awaiting_payment'))
    OR (case_type = 'return' AND status IN ('awaiting_answer', 'awaiting_payment', 'awaiting_parcel', 'confirming'))
"""
KEPT_BY_PEOPLE = """
    'first_response', 'tier', 'task_claim', 'task_due', 'follow_up', 'label', 'refund', 'dispatch', 'promise'
"""
IN_STATE = "EXISTS (SELECT 1 FROM shown_tasks t WHERE t.case_id = shown_cases.case_id AND t.active AND t.state {})"
FILL = f"""
UPDATE shown_cases SET
    awaits = CASE
        WHEN NOT open THEN 'nobody'
        WHEN {IN_STATE.format("= 'ready'")} THEN 'queue'
        WHEN {WITH_CUSTOMER} THEN 'customer'
        WHEN {IN_STATE.format("<> 'suspended'")} THEN 'person'
        WHEN {IN_STATE.format("= 'suspended'")} THEN 'aside'
        ELSE 'machine'
    END,
    at_risk_from = COALESCE((
        SELECT MIN(c.due_at - c.budget / 4) FROM shown_clocks c
        WHERE c.case_id = shown_cases.case_id AND c.state = 'running' AND c.breached_at IS NULL
            AND c.due_at < {2**62} AND c.kind IN ({KEPT_BY_PEOPLE})
    ), {2**62}),
    teams = (
        SELECT {{joined}} FROM (SELECT t.team FROM shown_case_teams t WHERE t.case_id = shown_cases.case_id
        ORDER BY t.team) AS own
    )
"""  # noqa: S608 - nothing in it comes from anywhere but here
JOINED = {"postgresql": "string_agg(own.team, ',' ORDER BY own.team)", "sqlite": "group_concat(own.team, ',')"}
OLD_INDEX = ["open", "due_at", "case_id"]
NEW_INDEX = [*OLD_INDEX, "at_risk_from", "breached", "awaits", "case_type", "tier", "channel", "teams"]


def upgrade() -> None:
    """Add the columns, fill them from what stands there, and let the index by due hold them."""
    columns = (
        sa.Column("awaits", sa.String(length=16), nullable=True),
        sa.Column("at_risk_from", sa.BigInteger(), nullable=True),
        sa.Column("teams", sa.Text(), nullable=True),
    )
    for column in columns:
        op.add_column("shown_cases", column)
    op.execute(FILL.format(joined=JOINED[op.get_bind().dialect.name]))
    with op.batch_alter_table("shown_cases") as table:
        for column in columns:
            table.alter_column(column.name, existing_type=column.type, nullable=False)
    op.drop_index("shown_cases_by_due", "shown_cases")
    op.create_index("shown_cases_by_due", "shown_cases", NEW_INDEX, unique=False)
    op.create_index("shown_tasks_by_load", "shown_tasks", ["active", "owner", "state", "due_at"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("shown_tasks_by_load", "shown_tasks")
    op.drop_index("shown_cases_by_due", "shown_cases")
    with op.batch_alter_table("shown_cases") as table:
        for name in ("awaits", "at_risk_from", "teams"):
            table.drop_column(name)
    op.create_index("shown_cases_by_due", "shown_cases", OLD_INDEX, unique=False)
