"""A complaint in pure Python: asked as the workflow asks it, its deeds carried out by the test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from domain import correspondence, task_verbs
from domain import messages as m
from domain import requests as r
from domain.case import Act
from domain.case_clocks import KEPT_BY_MESSAGES, UnderWay
from domain.complaint import decisions, facts
from domain.complaint import messages as c
from domain.complaint.case import Complaint
from domain.complaint.tasks import RESOLVE
from domain.conversation import settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, LookupReport, NotifyStaff, SendMessage
from domain.errors import CaseError
from domain.people import Actor, Channel, CustomerProfile, Language, OrderSummary, Role
from domain.policy import Policy
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask
from starter.policies.publish import publishable

MONDAY: Instant = 1_772_413_200_000
"""2026-03-02T09:00 in Shanghai, when the office opens."""

AGENT = Actor(id="online-01", role=Role.AGENT, teams=("online",))
COLLEAGUE = Actor(id="online-02", role=Role.AGENT, teams=("online",))
CALLED = Actor(id="phone-01", role=Role.AGENT, teams=("phone",))
EXPERT = Actor(id="expert-01", role=Role.AGENT, teams=("specialists",))
MANAGER = Actor(id="manager-01", role=Role.LEAD, teams=("management",))
SUPERVISOR = Actor(id="supervisor-01", role=Role.SUPERVISOR, teams=("supervisors",))
DEPUTY = Actor(id="supervisor-02", role=Role.SUPERVISOR, teams=("supervisors",))
QUALITY = Actor(id="quality-01", role=Role.AGENT, teams=("quality",))
WAREHOUSE = Actor(id="warehouse-01", role=Role.AGENT, teams=("warehouse",))
LEGAL = Actor(id="legal-01", role=Role.AGENT, teams=("legal",))
CUSTOMER = Actor(id="K000001", role=Role.CUSTOMER)
STRANGER = Actor(id="K000002", role=Role.CUSTOMER)
AUDITOR = Actor(id="auditor-01", role=Role.AUDITOR, teams=("online",))
MACHINE = Actor(id="webshop", role=Role.SYSTEM)

ORDER = OrderSummary(id="O000001", customer_id=CUSTOMER.id, status="delivered", placed_at=MONDAY - 1)

SUMMARY = {"summary": "It was put right.", "cause": "defect"}
ROOT_CAUSE = {
    "root_cause": "A bad thermostat",
    "preventive_measure": "Test every batch",
    "measure_owner": "quality-03",
    "measure_due": "2026-12-31",
}


@cache
def charter() -> Policy:
    """The policy that ships with the project."""
    return publishable("charter").policy


def changed(name: str, *, complaint: Mapping[str, Any] | None = None, **clocks: Mapping[str, Any]) -> Policy:
    """The charter with other clock rules or other complaint fields: `changed("x", tier={"pauses_on": []})`."""
    document = charter().model_dump(mode="json")
    document["name"] = name
    document["complaint"].update(complaint or {})
    for kind, rule in clocks.items():
        document["complaint"]["clocks"][kind].update(rule)
    return Policy.model_validate(document)


def arrival(policy: Policy, at: Instant = MONDAY, **fields: Any) -> c.ComplaintInput:
    """A complaint at the door."""
    told: dict[str, Any] = {
        "case_id": "C1",
        "source": "test",
        "reference": "ref-1",
        "policy": policy.version,
        "arrived_at": at,
        "channel": Channel.EMAIL,
        "customer_id": CUSTOMER.id,
        "subject": "The kettle leaks",
    }
    return c.ComplaintInput(**told | fields)


def profile(*, vip: bool = False) -> CustomerProfile:
    return CustomerProfile(id=CUSTOMER.id, vip=vip, language=Language.EN)


@dataclass
class Running:
    """One case with its clock on the wall, and what it decided that nobody has carried out yet."""

    case: Complaint
    complaint: c.ComplaintInput
    now: Instant
    deeds: list[Deed] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def ask(
        self,
        decide: Callable[[Any, Any], Act],
        request_type: type[m.Request],
        actor: Actor,
        **fields: Any,
    ) -> m.Request:
        """Ask as the workflow does: the decision may refuse, then it is asked again and its act is done."""
        fields.setdefault("request_id", f"r{next(self.numbers)}")
        request = request_type(actor=actor, **fields)
        decide(self.case, request)
        decide(self.case, request)(self.now)
        self.attend()
        return request

    def meanwhile(self) -> None:
        """What happens while a person's message, handed over when the case arrived, is still under way."""
        under_way = UnderWay(frozenset(KEPT_BY_MESSAGES), self.case.state.timeline.entries[0].at)
        self.case.take_due_steps(self.now, under_way)

    def attend(self) -> None:
        """What follows each activation: due steps run, then what was decided is sent off."""
        self.case.take_due_steps(self.now)
        self.case.inform(self.now)
        self.deeds += self.case.state.deeds
        self.case.state.deeds = []

    def wait(self, span: Span) -> None:
        """Let time pass with everything up and running: each step at its own instant."""
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
        self.now = until
        self.attend()

    def sleep(self, span: Span) -> None:
        """Let time pass while the system is down: everything that fell due runs at the end."""
        self.now += span
        self.attend()

    def settle(
        self, message: SendMessage, state: DeliveryState = DeliveryState.DELIVERED, at: Instant | None = None
    ) -> None:
        """Tell the case what became of a message, and when it arrived if that was before now."""
        detail = None if state is DeliveryState.DELIVERED else "mailbox full"
        report = DeliveryReport(state=state, channel=message.channels[0], detail=detail, at=at)
        settle(self.case, message, report, self.now)
        self.attend()

    def deliver(self, state: DeliveryState = DeliveryState.DELIVERED, at: Instant | None = None) -> list[SendMessage]:
        """Carry out all messages decided so far, each with the same fate."""
        messages = self.messages
        self.deeds = [deed for deed in self.deeds if not isinstance(deed, SendMessage)]
        for message in messages:
            self.settle(message, state, at)
        return messages

    @property
    def messages(self) -> list[SendMessage]:
        return [deed for deed in self.deeds if isinstance(deed, SendMessage)]

    @property
    def notices(self) -> list[NotifyStaff]:
        return [deed for deed in self.deeds if isinstance(deed, NotifyStaff)]

    @property
    def story(self) -> list[str]:
        return [entry.what for entry in self.case.state.timeline.entries]

    @property
    def breached(self) -> set[str]:
        """The clocks whose breach is on the timeline."""
        return {str(entry.facts["clock"]) for entry in self.case.state.timeline.entries if entry.what == "breached"}

    def task(self, kind: str = RESOLVE) -> HumanTask:
        """The newest task of a kind."""
        return [task for task in self.case.state.tasks if task.kind == kind][-1]

    def clock(self, kind: ClockKind) -> Clock:
        """The newest clock of a kind."""
        return [clock for clock in self.case.state.clocks if clock.kind is kind][-1]

    def told(self, recipient: str) -> list[str]:
        """What somebody of the staff was told."""
        return [notice.about for notice in self.notices if recipient in notice.recipients]

    @contextmanager
    def refused(self, code: str) -> Iterator[dict[str, object]]:
        """What is asked inside is refused with this code and changes nothing; the details are yielded."""
        before, details = self.case.state.model_dump_json(), dict[str, object]()
        with pytest.raises(CaseError) as refusal:
            yield details
        assert refusal.value.code == code, refusal.value.message
        assert self.case.state.model_dump_json() == before
        details.update(refusal.value.details, message=refusal.value.message)

    # The usual ways through a case.

    def claim(self, actor: Actor = AGENT, kind: str = RESOLVE) -> HumanTask:
        task = self.task(kind)
        self.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task.id)
        return task

    def complete(self, actor: Actor, kind: str, **form: object) -> None:
        self.ask(task_verbs.complete, m.CompleteTask, actor, task_id=self.task(kind).id, form=form)

    def solve(self, actor: Actor = AGENT, solution: str = "A new one is on its way.", **form: object) -> None:
        """Claim the complaint if nobody has it, and offer a solution."""
        if self.task().owner is None:
            self.claim(actor)
        self.complete(actor, RESOLVE, solution=solution, **form)

    def accept(self) -> None:
        self.ask(decisions.answer_solution, c.AnswerSolution, CUSTOMER, satisfied=True, score=5)

    def reject(self) -> None:
        self.ask(decisions.answer_solution, c.AnswerSolution, CUSTOMER, satisfied=False, score=2)

    def reply(self, actor: Actor = AGENT, *, await_answer: bool = False) -> None:
        self.ask(correspondence.reply, r.Reply, actor, text="We are on it.", await_answer=await_answer)


def arrived(policy: Policy | None = None, *, at: Instant = MONDAY, **fields: Any) -> Running:
    """A complaint that has reached us and was not looked at yet."""
    policy = policy or charter()
    complaint = arrival(policy, at, **fields)
    return Running(facts.new_complaint(complaint, policy, at), complaint, at)


def opened(
    policy: Policy | None = None,
    *,
    vip: bool = False,
    order: OrderSummary | None = None,
    known: bool = True,
    **fields: Any,
) -> Running:
    """A complaint that was received: acknowledged, classified, and offered to its tier's team."""
    running = arrived(policy, **fields)
    found = LookupReport(customer=profile(vip=vip) if known else None, order=order)
    facts.receive(running.case, running.complaint, found, running.now)
    running.attend()
    return running
