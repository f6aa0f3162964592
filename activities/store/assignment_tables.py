"""The tables of who is there and who was given what: presence, absences, customers' own agents, assignments."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from activities.store.tables import METADATA

PRESENCE = Table(
    "presence",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
)
"""What somebody said last about being there; it counts for a while after `heard_at`."""

ABSENCES = Table(
    "absences",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("told_by", String(80), nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Index("absences_by_person", "staff_id", "ends_at"),
)
"""When people are away; why is nobody's business here."""

NAMED_AGENTS = Table(
    "named_agents",
    METADATA,
    Column("customer_id", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False, index=True),
)
"""The agent who takes care of a customer; who has none is not in it."""

ASSIGNMENTS = Table(
    "assignments",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("case_id", String(255), nullable=False, index=True),
    Column("task_id", String(64), nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("choice", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("assignments_by_person", "staff_id", "at"),
)
"""Who was given which task; `choice` is JSON and says why."""
