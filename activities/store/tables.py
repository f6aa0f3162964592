"""All tables of the store. Instants are milliseconds since 1970-01-01T00:00Z; amounts are minor units."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, false

METADATA = MetaData()

EFFECTS = Table(
    "effects",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("case_id", String(255), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("phase", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("result", Text),
    Column("begun_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
)
"""The exactly-once ledger."""

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("case_id", String(255), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("template", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reference", String(255)),
    Column("detail", Text),
    Column("subject", Text),
    Column("body", Text),
    Column("at", BigInteger, nullable=False),
)
"""What became of each message, with the words as they were sent."""

DELIVERY_CHECKS = Table(
    "delivery_checks",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("case_id", String(255), nullable=False, index=True),
    Column("message", String(255), nullable=False, unique=True),
    Column("arrived", Boolean, nullable=False),
    Column("checked_by", String(80), nullable=False),
    Column("how", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What a person found out about a message of unknown fate; `message` is the message's key without the channel."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("message_id", String(255), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Messages of the embedded adapter: in the outbox is delivered."""

STAFF_NOTICES = Table(
    "staff_notices",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("recipient", String(80), primary_key=True),
    Column("notice", String(16), nullable=False),
    Column("items", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("staff_notices_by_recipient", "recipient", "at"),
)
"""The inbox of each member of staff; `items` is a JSON list."""

NEAR_DUE = Table(
    "near_due",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("recipient", String(80), primary_key=True),
    Column("case_id", String(255), nullable=False),
    Column("about", Text, nullable=False),
    Column("due_at", BigInteger),
    Column("noticed_at", BigInteger, nullable=False),
    Column("group_due_at", BigInteger, nullable=False),
    Column("digest", String(255)),
    Column("sent_at", BigInteger),
    Index("near_due_by_recipient", "recipient", "sent_at"),
)
"""Near-due items that wait for, or have become part of, one grouped notice (`digest`)."""

CUSTOMERS = Table(
    "customers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("vip", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
)

CUSTOMER_ADDRESSES = Table(
    "customer_addresses",
    METADATA,
    Column("customer_id", String(64), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("address", String(320), nullable=False),
)

COMPENSATIONS = Table(
    "compensations",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("reference", String(40), nullable=False, unique=True),
    Column("case_id", String(255), nullable=False, index=True),
    Column("customer_id", String(64), nullable=False, index=True),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("because", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
)

ARCHIVED_TIMELINE = Table(
    "archived_timeline",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("entry", Text, nullable=False),
)

POLICIES = Table(
    "policies",
    METADATA,
    Column("version", String(80), primary_key=True),
    Column("name", String(40), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
)

PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("version", String(80), primary_key=True),
    Column("published_at", BigInteger, primary_key=True),
    Column("published_by", String(80)),
    Column("reason", Text),
)
"""Each time that a version of a policy was put into force: a second time is a return to it."""

OPENINGS = Table(
    "openings",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("reference", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("request", Text),
    Column("opened_at", BigInteger, nullable=False),
    Column("started", Boolean, nullable=False, server_default=false()),
    Index("openings_by_started", "started", "opened_at"),
)
"""Every case that was ever opened; `request` is kept only until the workflow has started."""

CASE_ORDERS = Table(
    "case_orders",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("order_id", String(64), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("known", Text, nullable=False),
    Index("case_orders_by_order", "order_id", "open"),
    Index("case_orders_by_case", "open", "case_id"),
)
"""Which cases hear of which order; `known` is a JSON list of what reconciling has told a case already."""

REPORTS = Table(
    "reports",
    METADATA,
    Column("period", String(16), primary_key=True),
    Column("since", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False, index=True),
    Column("drawn_at", BigInteger, nullable=False),
    Column("policy", String(120), nullable=False),
    Column("content", Text, nullable=False),
)
"""Reports that were drawn; `content` is JSON. They stay as they are, whatever becomes of what they were drawn from."""
