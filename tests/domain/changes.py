"""An order change in pure Python: asked as the workflow asks it, over a shop that is a few fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import messages as m
from domain import task_verbs
from domain.case import Act
from domain.conversation import settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, NotifyStaff, SendMessage, TakeStep
from domain.order_change import answers, decisions, facts
from domain.order_change import messages as c
from domain.order_change.case import OrderChange
from domain.people import Actor, Channel, Role
from domain.policy import Policy
from domain.shop.changes import AddItem, OrderDelta, RemoveLine
from domain.shop.orders import Order
from domain.shop.refusal import Refusal
from domain.shop.values import PaymentMethod
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask
from tests.domain.cases import CUSTOMER, MONDAY, charter, profile
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan

CUP = (AddItem(variant_id="cup", quantity=1),)
WITHOUT_CUP = (RemoveLine(line_id="o1-2"),)
EVERYTHING: dict[str, Any] = {"lines": CUP, "address": ELSEWHERE, "payment_method": PaymentMethod.CARD}

DECIDER = Actor(id="expert-01", role=Role.AGENT, teams=("specialists",))
CLERK = Actor(id="online-01", role=Role.AGENT, teams=("online",))
BOOKKEEPER = Actor(id="finance-01", role=Role.AGENT, teams=("finance",))


@dataclass
class RunningChange:
    """One order change with its clock on the wall, its shop, and what it decided that nobody has carried out."""

    case: OrderChange
    shop: FieldsOfAShop
    now: Instant
    deeds: list[Deed] = field(default_factory=list)
    slow: bool = False
    waiting: list[TakeStep] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def attend(self) -> None:
        """What follows each activation, until nothing more follows."""
        while True:
            self.case.take_due_steps(self.now)
            self.case.go_on(self.now)
            fresh, self.case.state.deeds = self.case.state.deeds, []
            self.deeds += [deed for deed in fresh if not isinstance(deed, TakeStep)]
            self.waiting += [deed for deed in fresh if isinstance(deed, TakeStep)]
            if self.slow or not self.waiting:
                return
            self.answer(self.waiting.pop(0))

    def answer(self, deed: TakeStep) -> None:
        """Let the shop answer."""
        answer = self.shop.answer(deed)
        if isinstance(answer, Refusal):
            answers.refused(self.case, deed, answer, self.now)
        else:
            answers.answered(self.case, deed, answer, self.now)

    def ask(self, decide: Callable[[Any, Any], Act], kind: type[m.Request], actor: Actor, **fields: Any) -> None:
        """Ask as the workflow does: the decision may refuse, then it is asked again and its act is done."""
        request = kind(actor=actor, request_id=f"r{next(self.numbers)}", **fields)
        decide(self.case, request)
        decide(self.case, request)(self.now)
        self.attend()

    def agree(self, *, accepted: bool = True, actor: Actor = CUSTOMER, **fields: Any) -> None:
        self.ask(decisions.answer_change, c.AnswerChange, actor, accepted=accepted, **fields)

    def claim(self, actor: Actor, kind: str) -> HumanTask:
        task = self.task(kind)
        self.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task.id)
        return task

    def complete_own(self, actor: Actor, task_id: str, **form: object) -> None:
        self.ask(task_verbs.complete, m.CompleteTask, actor, task_id=task_id, form=form)

    def complete(self, actor: Actor, kind: str, **form: object) -> None:
        self.complete_own(actor, self.claim(actor, kind).id, **form)

    def decide(self, decision: str, actor: Actor = DECIDER) -> None:
        self.complete(actor, "decide_change", decision=decision, reason="because")

    def paid(self, event: str = "e1") -> None:
        facts.payment_settled(self.case, PaymentSettled(event_id=event, key="k"))
        self.attend()

    def scanned(self, event: str) -> None:
        facts.parcel_scanned(self.case, ParcelScanned(event_id=event, parcel_id="p1"))
        self.attend()

    def wait(self, span: Span) -> None:
        """Let time pass with everything up and running, and every message arrive."""
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
            self.deliver()
        self.now = until
        self.attend()

    def deliver(self, state: DeliveryState = DeliveryState.DELIVERED) -> None:
        messages = self.messages
        self.deeds = [deed for deed in self.deeds if not isinstance(deed, SendMessage)]
        for message in messages:
            settle(self.case, message, DeliveryReport(state=state, channel=message.channels[0]), self.now)
        self.attend()

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
    def reason(self) -> str | None:
        ending = self.case.state.ending
        return ending.reason if ending else None

    def task(self, kind: str) -> HumanTask:
        return [task for task in self.case.state.tasks if task.kind == kind][-1]

    def clock(self, kind: ClockKind) -> Clock:
        return [clock for clock in self.case.state.clocks if clock.kind is kind][-1]


def changing(
    order: Order | None = None,
    *,
    policy: Policy | None = None,
    refuse: Callable[[TakeStep], Refusal | None] | None = None,
    asked_by: str | None = None,
    shop: FieldsOfAShop | None = None,
    slow: bool = False,
    vip: bool = False,
    **wanted: Any,
) -> RunningChange:
    """A wish that has reached us, as far as it goes without anybody's word."""
    policy, order = policy or charter(), order or an_order()
    cash = order.payment_method is PaymentMethod.CASH_ON_DELIVERY
    shop = shop or FieldsOfAShop(order, yuan(0) if cash else order.total)
    if refuse:
        shop.refuse = refuse
    wish = c.OrderChangeInput(
        case_id="M1",
        source="test",
        reference="ref-1",
        policy=policy.version,
        arrived_at=MONDAY,
        channel=Channel.CHAT,
        customer_id=CUSTOMER.id,
        order_id=order.id,
        wanted=OrderDelta(**wanted),
        asked_by=asked_by,
    )
    running = RunningChange(facts.new_change(wish, profile(vip=vip), policy, MONDAY), shop, MONDAY, slow=slow)
    running.attend()
    return running


def changed_rules(name: str, **rules: Mapping[str, Any] | str) -> Policy:
    """The charter with other rules for order changes."""
    document = charter().model_dump(mode="json")
    document["name"] = name
    for part, value in rules.items():
        document["order_change"][part] = (
            {**document["order_change"][part], **value} if isinstance(value, Mapping) else value
        )
    return Policy.model_validate(document)


def failing(*steps: str, code: str = "out_of_stock", undo: bool = False) -> Callable[[TakeStep], Refusal | None]:
    """A shop that refuses these steps for good."""

    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal(code, "no", {}) if deed.ask.do in steps and deed.undo is undo else None

    return refuse


def shipped(**wanted: Any) -> RunningChange:
    shop = FieldsOfAShop(an_order(), yuan(100))
    shop.ship()
    return changing(shop=shop, **wanted)
