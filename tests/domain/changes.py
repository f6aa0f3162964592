"""An order change in pure Python: asked as the workflow asks it, over a shop that is a few fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.deeds import TakeStep
from domain.order_change import decisions, facts
from domain.order_change import messages as c
from domain.order_change.case import OrderChange
from domain.people import Actor, Channel, Role
from domain.policy import Policy
from domain.shop.changes import AddItem, OrderDelta, RemoveLine
from domain.shop.orders import Order
from domain.shop.refusal import Refusal
from domain.shop.values import PaymentMethod
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from tests.domain.cases import CUSTOMER, MONDAY, charter, profile
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan
from tests.domain.shop_cases import RunningShopCase

CUP = (AddItem(variant_id="cup", quantity=1),)
WITHOUT_CUP = (RemoveLine(line_id="o1-2"),)
EVERYTHING: dict[str, Any] = {"lines": CUP, "address": ELSEWHERE, "payment_method": PaymentMethod.CARD}

DECIDER = Actor(id="expert-01", role=Role.AGENT, teams=("specialists",))
CLERK = Actor(id="online-01", role=Role.AGENT, teams=("online",))
BOOKKEEPER = Actor(id="finance-01", role=Role.AGENT, teams=("finance",))


@dataclass
class RunningChange(RunningShopCase):
    """One order change with its shop."""

    case: OrderChange  # type: ignore[mutable-override]  # narrowed, and set only once
    shop: FieldsOfAShop = field(kw_only=True)

    def answer(self, deed: TakeStep) -> None:
        """Let the shop answer."""
        answer = self.shop.answer(deed)
        if isinstance(answer, Refusal):
            self.case.shop_refused(deed, answer, self.now)
        else:
            self.case.shop_answered(deed, answer, self.now)

    def agree(self, *, accepted: bool = True, actor: Actor = CUSTOMER, **fields: Any) -> None:
        self.ask(decisions.answer_change, c.AnswerChange, actor, accepted=accepted, **fields)

    def decide(self, decision: str, actor: Actor = DECIDER) -> None:
        self.complete(actor, "decide_change", decision=decision, reason="because")

    def paid(self, event: str = "e1") -> None:
        self.case.payment_settled(PaymentSettled(event_id=event, key="k"))
        self.attend()

    def scanned(self, event: str) -> None:
        self.case.parcel_scanned(ParcelScanned(event_id=event, parcel_id="p1"))
        self.attend()

    @property
    def reason(self) -> str | None:
        ending = self.case.state.ending
        return ending.reason if ending else None


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
    running = RunningChange(facts.new_change(wish, profile(vip=vip), policy, MONDAY), MONDAY, shop=shop, slow=slow)
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
