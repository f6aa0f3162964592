"""Which role and teams a member of staff has now: the latest policy says it, and for auditors their account."""

from __future__ import annotations

import time

from domain.errors import InvalidInputError, NotAllowedError
from domain.people import Actor
from domain.policy import Policy
from starter.access.accounts import Account
from starter.access.principals import Principal
from starter.actors import staff_member
from starter.doors import Store

FRESH_FOR = 5.0
"""Seconds until a policy that was published meanwhile is noticed."""


class StaffBook:
    """The staff of the policy in force, read again every few seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._policy: Policy | None = None
        self._read_at = 0.0

    async def policy(self) -> Policy:
        """The policy in force.

        Raises:
            PolicyUnknownError: none was published.
        """
        if self._policy is None or time.monotonic() - self._read_at > FRESH_FOR:
            self._policy, self._read_at = await self._store.policy(), time.monotonic()
        return self._policy

    async def principal(self, account: Account) -> Principal:
        """Who somebody with an account is.

        Raises:
            NotAllowedError: no team has them, and they are no auditor either.
        """
        if account.role is not None:
            return Principal(account.staff_id, account.role)
        actor = staff_member(await self.policy(), account.staff_id)
        return Principal(actor.id, actor.role, actor.teams)

    async def named(self, staff_id: str, field: str) -> Actor:
        """A member of staff whom a request names.

        Raises:
            InvalidInputError: there is none of this id; names the field.
        """
        try:
            return staff_member(await self.policy(), staff_id)
        except NotAllowedError as error:
            raise InvalidInputError(f"{field}: {error.message}", field=field) from None
