"""A published policy: calendars, people, words and rules in one immutable, content-addressed document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.assignment.policy import AssignmentPolicy
from domain.complaint.policy import ComplaintPolicy
from domain.customer_page import CustomerPagePolicy
from domain.delivery.policy import DeliveryPolicy
from domain.figures.targets import FigureTargets
from domain.order_change.policy import OrderChangePolicy
from domain.people import Channel, DeliveryChannel, Language, Role
from domain.returns.policy import ReturnPolicy
from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import PolicySpan

_DATA = ConfigDict(frozen=True, extra="forbid")


class Horizon(BaseModel):
    """The days for which calendars are compiled; outside them the nearest whole week repeats."""

    model_config = _DATA

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> Horizon:
        if not 1970 <= self.first_day.year <= self.last_day.year <= 2200 or self.last_day < self.first_day:
            raise ValueError("expected a first day and a last day not before it, both from 1970 to 2200")
        return self


class Team(BaseModel):
    """People who share a queue; `absent` members take no work. Members are staff ids, never names."""

    model_config = _DATA

    name: dict[Language, str]
    role: Role = Role.AGENT
    members: tuple[str, ...]
    absent: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[str, ...]:
        """Members who can take work, in the order of the file."""
        return tuple(member for member in self.members if member not in self.absent)


class MessageTemplate(BaseModel):
    """Subject and body of a message to a customer, as Jinja text without markup."""

    model_config = _DATA

    subject: str
    body: str


class NoticePolicy(BaseModel):
    """How staff are told: near-due notices of one person within `group_within` become one; breaches never wait."""

    model_config = _DATA

    group_within: PolicySpan = Field(gt=0)


class Policy(BaseModel):
    """One version of the rules. A case is pinned to the version it started with.

    `late_tolerance`: a step that runs later than this after its due instant is recorded as late by system.
    `delivery`: for each channel of a case, the ways to reach the customer in the order in which they are tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    name: str = Field(pattern=r"^[a-z][a-z0-9_.-]{0,39}$")
    horizon: Horizon
    calendars: dict[str, WorkingCalendar]
    teams: dict[str, Team]
    delivery: dict[Channel, tuple[DeliveryChannel, ...]]
    notices: NoticePolicy
    late_tolerance: PolicySpan
    templates: dict[str, dict[Language, MessageTemplate]]
    customer_page: CustomerPagePolicy = Field(default_factory=CustomerPagePolicy)
    complaint: ComplaintPolicy
    # With defaults, because a case may be pinned to a version from before there were such rules.
    order_change: OrderChangePolicy = Field(default_factory=OrderChangePolicy)
    returns: ReturnPolicy = Field(default_factory=ReturnPolicy)
    deliveries: DeliveryPolicy = Field(default_factory=DeliveryPolicy)
    figures: FigureTargets = Field(default_factory=FigureTargets)
    assignment: AssignmentPolicy = Field(default_factory=AssignmentPolicy)

    @cached_property
    def version(self) -> str:
        """`name@` and the first 12 hex digits of the SHA-256 of the canonical document."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return f"{self.name}@{digest[:12]}"

    @cached_property
    def staff(self) -> Mapping[str, tuple[str, ...]]:
        """The teams of each member."""
        teams: dict[str, list[str]] = {}
        for name, team in self.teams.items():
            for member in team.members:
                teams.setdefault(member, []).append(name)
        return {member: tuple(names) for member, names in teams.items()}
