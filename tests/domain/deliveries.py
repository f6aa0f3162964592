"""A delivery problem in pure Python: asked as the workflow asks it, over a shop that is a few fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain import messages as m
from domain import task_verbs
from domain.case import Act
from domain.conversation import settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, NotifyStaff, SendMessage, TakeStep
from domain.delivery import facts
from domain.delivery.case import DeliveryCase
from domain.delivery.messages import DeliveryInput, Problem
from domain.people import Actor, Channel, Role
from domain.shop import asks
from domain.shop.orders import Order
from domain.shop.parcels import ParcelStatus
from domain.shop.refusal import Refusal
from domain.shop.returns import Replacement, ReplacementStatus
from domain.shop_case.messages import ParcelScanned
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask
from tests.domain.cases import CUSTOMER, MONDAY, charter, profile
from tests.domain.fields_of_a_shop import FieldsOfAShop, an_order

DISPATCHER = Actor(id="logistics-01", role=Role.AGENT, teams=("logistics",))


class ParcelShop(FieldsOfAShop):
    """A shop that also reads one parcel, and sends goods again."""

    def read_parcel(self, ask: asks.ReadParcel) -> object:
        return self.parcels[0]

    def send_replacement(self, ask: asks.SendReplacement) -> object:
        [value] = {item.unit_price for item in ask.replacement.items}
        assert value
        return Replacement(
            key=ask.key,
            id="e",
            at=0,
            order_id="o1",
            status=ReplacementStatus.REQUESTED,
            why="claim",
            line_ids=("o1-9",),
            value=value,
        )


@dataclass
class RunningDelivery:
    """One delivery problem with its clock on the wall, its shop, and what it decided that nobody has carried out."""

    case: DeliveryCase
    shop: ParcelShop
    now: Instant = MONDAY
    deeds: list[Deed] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def attend(self) -> None:
        """What follows each activation, until nothing more follows."""
        while True:
            self.case.take_due_steps(self.now)
            self.case.go_on(self.now)
            fresh, self.case.state.deeds = self.case.state.deeds, []
            self.deeds += [deed for deed in fresh if not isinstance(deed, TakeStep)]
            steps = [deed for deed in fresh if isinstance(deed, TakeStep)]
            if not steps:
                return
            for deed in steps:
                answer = self.shop.answer(deed)
                if isinstance(answer, Refusal):
                    self.case.shop_refused(deed, answer, self.now)
                else:
                    self.case.shop_answered(deed, answer, self.now)

    def ask(self, decide: Callable[[Any, Any], Act], kind: type[m.Request], actor: Actor, **fields: Any) -> None:
        request = kind(actor=actor, request_id=f"r{next(self.numbers)}", **fields)
        decide(self.case, request)
        decide(self.case, request)(self.now)
        self.attend()

    def complete(self, actor: Actor, kind: str, **form: object) -> None:
        task = self.task(kind)
        self.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task.id)
        self.ask(task_verbs.complete, m.CompleteTask, actor, task_id=task.id, form=form)

    def decide(self, remedy: str, actor: Actor = DISPATCHER) -> None:
        self.complete(actor, "decide_delivery", remedy=remedy, reason="the carrier says so")

    def scan(self, status: ParcelStatus, parcel_id: str = "p1") -> None:
        self.shop.scan(status)
        scanned = ParcelScanned(event_id=f"e{next(self.numbers)}", parcel_id=parcel_id)
        for _ in range(2):
            self.case.parcel_scanned(scanned)
        self.attend()

    def wait(self, span: Span) -> None:
        """Let time pass with everything up and running, and every message arrive."""
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
            for message in self.messages:
                self.deeds.remove(message)
                report = DeliveryReport(state=DeliveryState.DELIVERED, channel=message.channels[0])
                settle(self.case, message, report, self.now)
        self.now = until
        self.attend()

    @property
    def messages(self) -> list[SendMessage]:
        return [deed for deed in self.deeds if isinstance(deed, SendMessage)]

    @property
    def notices(self) -> list[NotifyStaff]:
        return [deed for deed in self.deeds if isinstance(deed, NotifyStaff)]

    @property
    def outcome(self) -> str | None:
        return self.case.state.outcome.value if self.case.state.outcome else None

    def task(self, kind: str = "decide_delivery") -> HumanTask:
        return [task for task in self.case.state.tasks if task.kind == kind][-1]

    def clock(self, kind: ClockKind) -> Clock:
        return [clock for clock in self.case.state.clocks if clock.kind is kind][-1]


def troubled(
    problem: Problem = Problem.LATE,
    *scans: ParcelStatus,
    order: Order | None = None,
    refuse: Callable[[TakeStep], Refusal | None] | None = None,
    vip: bool = False,
) -> RunningDelivery:
    """A problem that was just found, as far as it goes without anybody's word."""
    order = order or an_order()
    shop = ParcelShop(order, order.total)
    shop.ship()
    if refuse:
        shop.refuse = refuse
    for scan in scans:
        shop.scan(scan)
    found = DeliveryInput(
        case_id="D1",
        source="carrier",
        reference=f"p1:{problem.value}",
        policy=charter().version,
        arrived_at=MONDAY,
        channel=Channel.CHAT,
        customer_id=CUSTOMER.id,
        order_id="o1",
        parcel_id="p1",
        problem=problem,
    )
    running = RunningDelivery(facts.new_delivery(found, profile(vip=vip), charter(), MONDAY), shop)
    running.attend()
    return running
