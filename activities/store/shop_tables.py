"""The tables of the embedded shop. What must never happen to goods and money, the database itself refuses."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text, text

from activities.store.tables import METADATA

SHOP_VARIANTS = Table(
    "shop_variants",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)
"""What the shop sells; `document` is a `Variant` as JSON."""

SHOP_STOCK = Table(
    "shop_stock",
    METADATA,
    Column("variant_id", String(64), primary_key=True),
    Column("on_hand", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("set_aside", Integer, nullable=False),
    CheckConstraint("reserved >= 0 AND on_hand >= reserved AND set_aside >= 0", name="shop_stock_is_never_negative"),
)

SHOP_ORDERS = Table(
    "shop_orders",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("customer_id", String(64), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("release_at", BigInteger),
    Column("writes", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Index("shop_orders_by_release", "status", "release_at"),
)
"""Orders; `document` is an `Order` as JSON. Whoever writes about an order raises `writes` first, and so holds it."""

SHOP_ACCOUNTS = Table(
    "shop_accounts",
    METADATA,
    Column("order_id", String(64), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    CheckConstraint("refunded >= 0 AND refunded <= captured", name="shop_accounts_never_pay_back_more"),
)
"""The money of each order, in minor units."""

SHOP_DOCUMENTS = Table(
    "shop_documents",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("about", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index("shop_documents_by_subject", "about", "kind", "at"),
    Index("shop_documents_by_status", "kind", "status", "at"),
    Index(
        "shop_documents_one_active_change",
        "about",
        unique=True,
        sqlite_where=text("kind = 'change' AND status = 'staged'"),
        postgresql_where=text("kind = 'change' AND status = 'staged'"),
    ),
)
"""What was done under each key; `document` is a `ShopDocument` as JSON, `about` its order, variant or parcel."""

SHOP_SCANS = Table(
    "shop_scans",
    METADATA,
    Column("event_id", String(120), primary_key=True),
    Column("parcel_id", String(64), nullable=False, index=True),
    Column("scan", Text, nullable=False),
)
"""Every scan that was told, once; `scan` is a `Scan` as JSON."""

SHOP_EVENTS = Table(
    "shop_events",
    METADATA,
    Column("id", String(255), primary_key=True),
    Column("order_id", String(64), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    Column("told", Boolean, nullable=False),
    Index("shop_events_untold", "told", "at"),
)
"""The shop's outbox: written with what happened, in one transaction, and told afterwards."""
