"""The tables behind the adapters over Medusa: what was asked under each key, and who may ask about an order now."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from activities.store.tables import METADATA

MEDUSA_DEEDS = Table(
    "medusa_deeds",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("about", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("asked_at", BigInteger),
    Column("plan", Text, nullable=False),
    Column("document", Text),
    Column("doubted", Boolean, nullable=False),
    Index("medusa_deeds_by_subject", "about", "kind", "begun_at"),
)
"""`plan` is JSON: what was to be done, and how things stood before. `document` is a `ShopDocument` as JSON, once the
shop has shown that it is so. `asked_at` is set while a call that must not run twice may still be running there;
`doubted` once somebody was told to count the stock."""

SHOP_LEASES = Table(
    "shop_leases",
    METADATA,
    Column("name", String(120), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Who works on an order, or on the stock of a variant, until when; `until` 0 is nobody."""

MEDUSA_SET_ASIDE = Table(
    "medusa_set_aside",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("variant_id", String(64), primary_key=True, index=True),
    Column("pieces", Integer, nullable=False),
)
"""Pieces that came in and are not fit for sale, by what they came in with: Medusa has no place for them."""

MEDUSA_MOVEMENTS = Table(
    "medusa_movements",
    METADATA,
    Column("variant_id", String(64), primary_key=True),
    Column("key", String(255), nullable=False, index=True),
)
"""Whose stock is being moved under which key, until it is known what came of it: the number before is evidence only as
long as we ourselves move nothing else of the same."""
