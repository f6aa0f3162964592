"""Who asks, once a door has made sure of it: a system by its key, a person of the staff by their account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from domain.people import Actor, Role

SystemName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
"""What a system is called; cases that it opens have this as their source."""


DESK = "desk"
"""The source of what people open; no system is called so."""


class Scope(StrEnum):
    """What a key may be used for."""

    OPEN_CASES = "cases:open"
    READ_CASES = "cases:read"
    ACT_ON_CASES = "cases:act"
    WRITE_CUSTOMERS = "customers:write"
    WRITE_EVENTS = "events:write"
    SUBSCRIBE = "webhooks:write"
    READ_POLICIES = "policies:read"
    READ_FIGURES = "figures:read"
    WRITE_STAFF = "staff:write"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `scopes` limit systems; people are limited by their role and their teams.

    Attributes:
        name: of a system, the staff id of a person, or the id of a customer.
        role: decides which routes are open, and in the case what may be done.
        teams: of a person.
        scopes: of a system's key.
    """

    name: str
    role: Role
    teams: tuple[str, ...] = ()
    scopes: frozenset[Scope] = frozenset()

    @property
    def id(self) -> str:
        """Who it is among all of them: a system with the name of a person is never taken for that person."""
        return f"{self.role.value}:{self.name}" if self.role in (Role.SYSTEM, Role.CUSTOMER) else self.name

    @property
    def actor(self) -> Actor:
        """As the case gets to know them: the only actor with which this principal can ask for anything."""
        # A case knows its customer by their own id, and takes nobody else with that role for them.
        name = self.name if self.role is Role.CUSTOMER else self.id
        return Actor(id=name, role=self.role, teams=self.teams)
