"""Teams whose tasks are given to people, people as they stand, and the answers that a case gets about them."""

from __future__ import annotations

from functools import cache
from typing import Any

from domain.assignment.choosing import Bar, Choice, Reason
from domain.assignment.duty import Duty, Presence
from domain.assignment.need import AssignmentOrder, AssignTask, Need
from domain.assignment.policy import AssignmentPolicy
from domain.assignment.seeking import chosen, order_for
from domain.people import Channel, Language
from domain.policy import Policy
from domain.sla.spans import MINUTE
from domain.timeline import Facts
from tests.domain.cases import AGENT, Running, charter
from tests.domain.shop_cases import RunningShopCase

NOBODY = Choice(barred={Bar.NOT_PRESENT: 24, Bar.FULL: 1})


def pushing(**rules: Any) -> Policy:
    """The charter, with tasks of the online team given to its members."""
    document = charter().model_dump(mode="json")
    document["name"] = "pushing"
    document["assignment"] |= {"push": {"online": {}}} | rules
    return Policy.model_validate(document)


@cache
def pushed() -> Policy:
    """The charter, with tasks of the online team given to its members."""
    return pushing()


def given_to(person: str = AGENT.id) -> Choice:
    """Somebody was found."""
    return Choice(person=person, reason=Reason.LEAST_BUSY, load=1, fit=3, barred={Bar.FULL: 2})


def looked_for(case: Running | RunningShopCase) -> list[AssignTask]:
    """What the case wants somebody for, and nobody has answered yet."""
    return [deed for deed in case.deeds if isinstance(deed, AssignTask)]


def asked(case: Running | RunningShopCase) -> AssignmentOrder | None:
    """What would be asked in order to answer the oldest of that."""
    return order_for(case.case, looked_for(case)[0])


def answer(case: Running, found: Choice) -> None:
    """Answer the oldest of that."""
    deed = looked_for(case)[0]
    case.deeds.remove(deed)
    chosen(case.case, deed, found, case.now)
    case.attend()


def facts(case: Running, what: str) -> Facts:
    """What the newest such line of the timeline says."""
    return [entry.facts for entry in case.case.state.timeline.entries if entry.what == what][-1]


def at_desk(person: str, **how: Any) -> Duty:
    """Somebody who is there, without any work."""
    fields: dict[str, Any] = {"presence": Presence.AVAILABLE, "absent": False, "on_shift": True}
    return Duty(person=person, **fields | how)


def need(**how: Any) -> Need:
    """What a complaint by chat needs."""
    fields: dict[str, Any] = {"kind": "resolve_complaint", "channel": Channel.CHAT, "language": Language.EN}
    return Need(team="online", **fields | how)


RULES = AssignmentPolicy(push={}, accept_within=2 * MINUTE)
