"""The tables of who may come in: API keys, local accounts, sessions, and which requests were answered before.

No secret is in them as it was given out: of keys and sessions there is a SHA-256, of passwords argon2's hash.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from activities.store.tables import METADATA

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("prefix", String(16), primary_key=True),
    Column("name", String(32), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
"""Keys of systems; several may have one name, while one of them is replaced. `scopes` has blanks between."""

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16)),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)
"""Local accounts of staff; without `role` it is the policy that says who somebody is."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False, index=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("sessions_by_expiry", "expires_at"),
)
"""Who is signed in; `expires_at` is the end even for those who never pause."""

ANSWERED_REQUESTS = Table(
    "answered_requests",
    METADATA,
    Column("principal", String(80), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text),
    Column("at", BigInteger, nullable=False),
    Index("answered_requests_by_age", "at"),
)
"""What came under an `Idempotency-Key` where no case remembers it; `answer` is JSON, once there is one."""

OIDC_PEOPLE = Table(
    "oidc_people",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", String(255), nullable=False),
    Column("role", String(16)),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
"""For whom an OpenID Connect server vouched: a staff id belongs to the subject that came with it first."""

OIDC_SESSIONS = Table(
    "oidc_sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", String(255), nullable=False, index=True),
    Column("sid", String(255), index=True),
    Column("begun_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("oidc_sessions_by_expiry", "expires_at"),
)
"""Which session there, `sid`, one of `sessions` goes back to; without `sid` the server did not say."""

STAFF_LANGUAGES = Table(
    "staff_languages",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    Column("language", String(8), nullable=False),
)
"""What somebody of the staff chose to read; who chose nothing is not in it."""
