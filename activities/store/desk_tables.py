"""The tables of the desk that are no part of any case."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from activities.store.tables import METADATA

REPLY_TEMPLATES = Table(
    "reply_templates",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""Words that are written again and again, for each language of a customer."""
