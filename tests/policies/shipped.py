"""The shipped policies, loaded once."""

from functools import cache

from domain.policy import Policy
from starter.policies.publish import publishable


@cache
def policy(name: str = "charter") -> Policy:
    return publishable(name).policy
