"""The shipped policies, loaded once, and instants to look at them."""

from datetime import UTC, datetime
from functools import cache

from domain.policy import Policy
from domain.sla.spans import SECOND, Instant
from starter.policies.publish import publishable


@cache
def policy(name: str = "charter") -> Policy:
    return publishable(name).policy


def noon(year: int, month: int, day: int) -> Instant:
    """Noon of a day in UTC."""
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp()) * SECOND
