"""Published policies in this process, by version.

A case carries its policy's version and not the document: the version is a hash of the content, so what it names can
never change, a replay can never drift, and thousands of open cases share one compiled copy. The archive in the store is
the durable side; a version that is not here yet is asked for, and the workflow task is tried again when it has come.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.errors import PolicyUnknownError
from domain.policy import Policy

_policies: dict[str, Policy] = {}
_ask_for: list[Callable[[str], None]] = []


def publish(version: str, policy: Policy) -> None:
    """Make a policy known to the workflows of this process."""
    _policies[version] = policy


def on_missing(ask: Callable[[str], None]) -> None:
    """Register who is told, from a workflow thread, of a version that is missing."""
    _ask_for.append(ask)


def tell_no_more(ask: Callable[[str], None]) -> None:
    """Take back a registration with `on_missing`."""
    _ask_for.remove(ask)


def published(version: str) -> Policy:
    """The policy of this version.

    Raises:
        PolicyUnknownError: not loaded here (yet); whoever registered with `on_missing` has been told.
    """
    policy = _policies.get(version)
    if policy is None:
        for ask in tuple(_ask_for):
            ask(version)
        raise PolicyUnknownError(f"policy {version} is not published here", field="policy", known=sorted(_policies))
    return policy
