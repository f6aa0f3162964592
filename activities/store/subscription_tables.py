"""The tables of outgoing webhooks: who has subscribed to what, and what is on its way to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from activities.store.tables import METADATA

SUBSCRIPTIONS = Table(
    "webhook_subscriptions",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("secret", String(80), nullable=False),
    Column("old_secret", String(80)),
    Column("old_until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("rests_until", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("last_error", String(200)),
    Column("disabled_at", BigInteger),
)
"""`events` is a JSON list of names, empty for all; `place` is how far it has been told of. The secrets stand here as
they are, because every webhook is signed with them; each is good for one receiver only."""

OUTGOING_EVENTS = Table(
    "outgoing_events",
    METADATA,
    Column("subscription", String(64), primary_key=True),
    Column("event_id", String(255), primary_key=True),
    Column("kind", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("detail", String(200)),
    Index("outgoing_events_waiting", "subscription", "state", "next_at"),
    Index("outgoing_events_by_age", "at"),
)
"""`body` is what is posted, the same each time; `position` is the place among those that came at the same time. A row
stays for a while when it has been delivered, so that an event that is read again is not sent again."""
