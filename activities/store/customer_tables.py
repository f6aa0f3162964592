"""The tables of what customers bring on their own page: files, and what they think of the service."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from activities.store.tables import METADATA

ATTACHMENTS = Table(
    "attachments",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(255), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sent_by", String(80), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("attachments_by_case", "case_id", "at"),
)
"""Files beside a case; `id` comes from the request that brought them, so that sent twice they lie here once."""

SURVEYS = Table(
    "surveys",
    METADATA,
    Column("case_id", String(255), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("case_type", String(40), nullable=False),
    Column("csat", Integer),
    Column("nps", Integer),
    Column("ces", Integer),
    Column("text", Text),
    Column("at", BigInteger, nullable=False),
    Index("surveys_by_time", "at"),
)
"""Each answer once and for good; `round` counts how often the case had been reopened by then."""
