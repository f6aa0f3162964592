"""A return in pure Python: asked as the workflow asks it, over a shop that is a few fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.deeds import TakeStep
from domain.people import Actor, Channel, Role
from domain.policy import Policy
from domain.returns import decisions, facts
from domain.returns import messages as r
from domain.returns.case import Return
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.orders import Order
from domain.shop.parcels import ParcelStatus
from domain.shop.refusal import Refusal
from domain.shop_case.messages import OrderMoved, ParcelScanned, PaymentSettled
from domain.sla.spans import HOUR
from tests.domain.cases import CUSTOMER, MONDAY, charter, profile
from tests.domain.fields_of_returns import FieldsOfReturns, delivered, returning_shop
from tests.domain.shop_cases import RunningShopCase

CLERK = Actor(id="online-01", role=Role.AGENT, teams=("online",))
PACKER = Actor(id="warehouse-01", role=Role.AGENT, teams=("warehouse",))
TRACER = Actor(id="logistics-01", role=Role.AGENT, teams=("logistics",))
ENGINEER = Actor(id="engineer-01", role=Role.AGENT, teams=("specialists",))
TESTER = Actor(id="quality-01", role=Role.AGENT, teams=("quality",))
BOOKKEEPER = Actor(id="finance-01", role=Role.AGENT, teams=("finance",))


@dataclass
class RunningReturn(RunningShopCase):
    """One return with its shop."""

    case: Return  # type: ignore[mutable-override]  # narrowed, and set only once
    shop: FieldsOfReturns = field(kw_only=True)

    def answer(self, deed: TakeStep) -> None:
        answer = self.shop.answer(deed)
        if isinstance(answer, Refusal):
            self.case.shop_refused(deed, answer, self.now)
        else:
            self.case.shop_answered(deed, answer, self.now)

    # What people do.

    def decide(self, *, approved: bool = True) -> None:
        self.complete(CLERK, "decide_return", approved=approved, reason="looked at it")

    def inspect(self, actor: Actor = PACKER, **form: Any) -> None:
        """Everything that was wished came, sound and accepted, unless the form says otherwise."""
        items = [{"line_id": line, "sound": count} for line, count in self.case.wished.items()]
        self.complete(actor, "inspect_goods", **{"items": items, **form})

    def trace(self, found: str) -> None:
        self.complete(TRACER, "trace_parcel", found=found, how="asked the carrier")

    def repair(self, *, repaired: bool = True) -> None:
        self.complete(ENGINEER, "repair_goods", repaired=repaired, what="a new thermostat")

    def test(self, *, passed: bool = True) -> None:
        self.complete(TESTER, "test_goods", passed=passed, remarks="an hour of use")

    def settle(self) -> None:
        self.complete(BOOKKEEPER, "settle_by_hand", how="in the shop itself")

    def agree(self, *, accepted: bool = True, actor: Actor = CUSTOMER, **fields: Any) -> None:
        self.ask(decisions.answer_return, r.AnswerReturn, actor, accepted=accepted, **fields)

    def withdraw(self, actor: Actor = CUSTOMER) -> None:
        self.ask(decisions.withdraw_return, r.WithdrawReturn, actor)

    def sent(self) -> None:
        self.ask(decisions.report_sent, r.ReportSent, CUSTOMER)

    def rate(self, *, satisfied: bool = True, score: int = 5) -> None:
        self.ask(decisions.rate_return, r.RateReturn, CUSTOMER, satisfied=satisfied, score=score)

    # What happens outside.

    def scanned(self, status: ParcelStatus, name: str | None = None) -> None:
        """A parcel is seen, and the case is told."""
        self.shop.move(status, self.now, name)
        event = ParcelScanned(event_id=f"e{next(self.numbers)}", parcel_id="x")
        self.case.parcel_scanned(event)
        self.case.parcel_scanned(event)
        self.attend()

    def moved(self, kind: str = "shipped") -> None:
        """Something happened to the order, and the case is told."""
        self.case.order_moved(OrderMoved(event_id=f"e{next(self.numbers)}", kind=kind), self.now)
        self.attend()

    def pay(self) -> None:
        """The customer pays, and the case is told."""
        self.shop.pay()
        event = PaymentSettled(event_id=f"e{next(self.numbers)}", key="k")
        self.case.payment_settled(event)
        self.case.payment_settled(event)
        self.attend()

    def comes_back(self) -> None:
        """The customer's parcel is picked up and arrives, in a day."""
        self.scanned(ParcelStatus.PICKED_UP)
        self.wait(24 * HOUR)
        self.scanned(ParcelStatus.DELIVERED)

    def goes_out(self) -> None:
        """Our parcel is picked up and arrives."""
        self.scanned(ParcelStatus.PICKED_UP)
        self.wait(HOUR)
        self.scanned(ParcelStatus.DELIVERED)

    @property
    def reason(self) -> str | None:
        ending = self.case.state.ending
        return ending.reason if ending else None

    @property
    def news(self) -> list[object]:
        """What the customer was told on the way."""
        written = [*self.letters, *self.messages]
        return [message.words["news"] for message in written if "news" in message.words]


def item(line: int = 1, quantity: int = 1, reason: str = "changed_mind", **fields: Any) -> WantedItem:
    """A piece of a line of the order."""
    return WantedItem(line_id=f"o1-{line}", quantity=quantity, reason=ReturnReason(reason), **fields)


def returning(
    kind: str = "refund",
    *items: WantedItem,
    order: Order | None = None,
    policy: Policy | None = None,
    refuse: Callable[[TakeStep], Refusal | None] | None = None,
    asked_by: str | None = None,
    shop: FieldsOfReturns | None = None,
    slow: bool = False,
    **wish: Any,
) -> RunningReturn:
    """A wish that has reached us, as far as it goes without anybody's word."""
    policy = policy or charter()
    shop = shop or returning_shop(order or delivered())
    if refuse:
        shop.refuse = refuse
    wanted = ReturnWish(kind=ReturnKind(kind), items=items or (item(),), **wish)
    asked = r.ReturnInput(
        case_id="R1",
        source="test",
        reference="ref-1",
        policy=policy.version,
        arrived_at=MONDAY,
        channel=Channel.CHAT,
        customer_id=CUSTOMER.id,
        order_id=shop.order.id,
        wanted=wanted,
        asked_by=asked_by,
    )
    running = RunningReturn(facts.new_return(asked, profile(), policy, MONDAY), MONDAY, shop=shop, slow=slow)
    running.attend()
    return running


def return_rules(name: str, **rules: Mapping[str, Any] | str) -> Policy:
    """The charter with other rules for returns."""
    document = charter().model_dump(mode="json")
    document["name"] = name
    for part, value in rules.items():
        document["returns"][part] = {**document["returns"][part], **value} if isinstance(value, Mapping) else value
    return Policy.model_validate(document)


def refusing(
    *steps: str, code: str = "out_of_stock", undo: bool = False, **details: Any
) -> Callable[[TakeStep], Refusal | None]:
    """A shop that refuses these steps for good."""

    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal(code, "no", details) if deed.ask.do in steps and deed.undo is undo else None

    return refuse


def busy(until: list[bool], *steps: str) -> Callable[[TakeStep], Refusal | None]:
    """A shop that refuses these steps as long as another case has the order."""

    def refuse(deed: TakeStep) -> Refusal | None:
        if until and deed.ask.do in steps:
            return Refusal("order_busy", "busy", {"holder": "M7:stage_change:1"})
        return None

    return refuse


def here(kind: str = "refund", *items: object, **fields: object) -> RunningReturn:
    """A return whose goods have arrived."""
    running = returning(kind, *items, **fields)  # type: ignore[arg-type]
    running.comes_back()
    return running
