"""The tables of the read model. Instants are milliseconds since 1970-01-01T00:00Z.

They are changed by migrations only: a change here needs a new file in `migrations/versions`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

NEVER = 2**62
"""Stands in a `due_at` of what is not due: both databases put it behind everything else, and indices hold it."""

ON_THE_BOARD = ("at_risk_from", "breached", "awaits", "case_type", "tier", "channel", "teams")
"""What open cases are counted and sifted by: it stands in their index, so that no row of theirs needs to be read."""

CASES = Table(
    "shown_cases",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("case_type", String(40), nullable=False),
    Column("status", String(40), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("tier", Integer),
    Column("team", String(64), nullable=False),
    Column("priority", String(40), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("policy", String(120), nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("order_id", String(64)),
    Column("order_number", String(64)),
    Column("subject", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("breached", Boolean, nullable=False),
    Column("outcome", String(40)),
    Column("linked", Text, nullable=False),
    Column("awaits", String(16), nullable=False),
    Column("at_risk_from", BigInteger, nullable=False),
    Column("teams", Text, nullable=False),
    Index("shown_cases_by_due", "open", "due_at", "case_id", *ON_THE_BOARD),
    Index("shown_cases_by_any_due", "due_at", "case_id"),
    Index("shown_cases_by_opening", "opened_at", "case_id"),
    Index("shown_cases_by_customer", "customer_id", "opened_at", "case_id"),
    Index("shown_cases_by_order", "order_id"),
    Index("shown_cases_by_order_number", "order_number"),
)
"""One row for each case; `at` and `seq` say which projection it came with, `linked` is a JSON list of numbers.

`awaits`, `at_risk_from` and `teams` are derived: whose move it is, from when on a promise is at risk, and the teams of
`shown_case_teams` in their order with commas between them.
"""

CASE_TEAMS = Table(
    "shown_case_teams",
    METADATA,
    Column("team", String(64), primary_key=True),
    Column("case_id", String(255), primary_key=True),
    Column("open", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Index("shown_case_teams_by_due", "team", "open", "due_at", "case_id"),
    Index("shown_case_teams_by_opening", "team", "opened_at", "case_id"),
    Index("shown_case_teams_by_case", "case_id"),
)
"""The teams of each case: the one that has it, and those that have something to do in it; with what lists are sorted
by, so that a team's list comes sorted out of an index."""

TASKS = Table(
    "shown_tasks",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("task_id", String(64), primary_key=True),
    Column("case_type", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("team", String(64), nullable=False),
    Column("tier", Integer),
    Column("state", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("owner", String(64)),
    Column("owned_since", BigInteger),
    Column("offered_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Index("shown_tasks_by_due", "active", "due_at", "case_id", "task_id"),
    Index("shown_tasks_by_team", "team", "active", "due_at", "case_id", "task_id"),
    Index("shown_tasks_by_state", "team", "state", "due_at", "case_id", "task_id"),
    Index("shown_tasks_by_owner", "owner", "active", "due_at", "case_id", "task_id"),
    Index("shown_tasks_by_load", "active", "owner", "state", "due_at"),
)
"""The tasks that a case carries; `active` while somebody still has to do something."""

CLOCKS = Table(
    "shown_clocks",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("clock_id", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("task_id", String(64)),
    Column("budget", BigInteger, nullable=False),
    Column("consumed", BigInteger, nullable=False),
    Column("running_since", BigInteger),
    Column("started_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("breached_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("shown_clocks_by_due", "kind", "due_at"),
    Index("shown_clocks_by_breach", "breached_at"),
)
"""The clocks that a case carries; `budget` and `consumed` are milliseconds of the clock's calendar."""

TIMELINE = Table(
    "shown_timeline",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("what", String(80), nullable=False),
    Column("by", String(64), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("facts", Text, nullable=False),
    Column("text", Text),
    Index("shown_timeline_by_what", "what", "at"),
)
"""What happened; a line is written once and never changed. `facts` is JSON."""

CHANGES = Table(
    "shown_changes",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("case_id", String(255), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("teams", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("lines", Text, nullable=False),
    # Without it SQLite would give the number of a deleted last row again.
    sqlite_autoincrement=True,
)
"""What was written, in order, until everybody has read it; `teams`, `people` and `lines` are JSON lists."""

FACTS = Table(
    "shown_facts",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("measure", String(24), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("case_type", String(40), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("tier", Integer),
    Column("team", String(64)),
    Column("person", String(64)),
    Column("detail", String(80)),
    Column("value", BigInteger),
    Column("good", Boolean),
    Index("shown_facts_by_time", "at"),
    Index("shown_facts_by_team", "team", "at"),
    Index("shown_facts_by_person", "person", "at"),
)
"""What figures are counted from; `seq` is that of the line from which a fact follows, `number` tells several of one."""

UNCOUNTED = Table("shown_uncounted", METADATA, Column("case_id", String(255), primary_key=True))
"""Cases whose timeline has lines that have not been counted yet."""
