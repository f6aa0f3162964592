"""Secrets as they are given out, and what is kept of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

SECRET_BYTES = 32
"""Random bytes of a key or a session: nothing to guess, so a plain hash of it is enough."""


PASSWORD_BYTES = 15


def new_secret() -> str:
    """32 random bytes as text that fits into a header, a cookie and a shell."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_password() -> str:
    """15 random bytes as text: a password that is made for somebody, to be told once and typed."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether it is the secret of this digest; takes the same time however much of it is right."""
    return hmac.compare_digest(digest(secret), stored)
