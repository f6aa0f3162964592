"""How a return goes on: what follows from its status when nothing is under way at the shop."""

from __future__ import annotations

from collections.abc import Callable

from domain.conversation import write
from domain.money import Money
from domain.returns import parcels, settling
from domain.returns.endings import give_up
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.messages import ReturnOutcome
from domain.returns.permits import recognise
from domain.returns.plan import to_announce, to_prepare
from domain.returns.rules import price_instead, worth
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.returns.tasks import REPAIR
from domain.returns.wish import ReturnKind
from domain.shop import asks
from domain.shop_case.collecting import collect
from domain.shop_case.plan import next_of, take
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName


def go_on(case: ReturnStanding, now: Instant) -> None:
    """Take the next step, unless one is under way or somebody else has the word."""
    while (following := _FOLLOWING.get(case.state.status)) and not case.busy and not case.state.blocked:
        status = case.state.status
        following(case, now)
        if case.state.status is status:
            return


def _receive(case: ReturnStanding, now: Instant) -> None:
    state = case.state
    if state.shop_order is None:
        case.read(asks.ReadOrder(order_id=state.order_id), "Read the order")
    elif state.parcels is None:
        case.read(asks.FindParcels(order_id=state.order_id), "Look when it was delivered")
    else:
        recognise(case, now)


def _prepare(case: ReturnStanding, now: Instant) -> None:
    state = case.state
    wanted = [item.variant_id for item in state.wanted.items if item.variant_id]
    unknown = next((variant_id for variant_id in wanted if variant_id not in state.variants), None)
    if unknown:
        ask = asks.ReadVariant(order_id=state.order_id, variant_id=unknown)
        case.read(ask, "Look what is wanted instead costs")
    elif planned := next_of(case, to_prepare(case)):
        take(case, planned)
    else:
        _show_price(case, now)


def _show_price(case: ReturnStanding, now: Instant) -> None:
    state, order = case.state, case.order
    before = worth(state.wanted, order)
    dearer = price_instead(order, state.wanted, state.variants, case.wished).beyond(before)
    if dearer.minor:
        offer_price(case, dearer, now)
    else:
        agreed(case, now)


def offer_price(case: ReturnStanding, price: Money, now: Instant) -> None:
    """Show the customer what they are to pay, before anything is done for it."""
    case.state.price = price
    case.fire(ReturnTrigger.OFFER, now)
    due = case.promise(ClockKind.CUSTOMER_ANSWER, now, "the price was shown to the customer")
    about = "Showed the customer the price, and asked whether to go on"
    write(case, TemplateName.RETURN_OFFERED, now, about, answer_by=due)


def agreed(case: ReturnStanding, now: Instant) -> None:
    """The customer agrees, or did not need to."""
    state = case.state
    if state.wanted.kind is ReturnKind.CLAIM:
        settling.book_without_goods(case, now)
    elif state.to_go_back:
        start_repair(case, now)
    else:
        case.promise(ClockKind.LABEL, now, "the return was approved")
        case.fire(ReturnTrigger.ANNOUNCE, now)


def start_repair(case: ReturnStanding, now: Instant) -> None:
    """The goods are with us, and somebody repairs them."""
    case.fire(ReturnTrigger.REPAIR, now)
    case.offer_work(REPAIR, case.rules.repairing_team, now, in_warranty=str(case.state.in_warranty))
    case.tell("repairing", now, "Told the customer that the goods are being repaired")


def _await_payment(case: ReturnStanding, now: Instant) -> None:
    if case.state.paid:
        case.meet(ClockKind.PAYMENT, now, "the payment came in")
        agreed(case, now)
        return
    assert case.state.price
    if not collect(case, case.state.price, now):
        give_up(case, Ending(outcome=ReturnOutcome.LAPSED, reason="not_paid"), now)


def _announce(case: ReturnStanding, now: Instant) -> None:
    if planned := next_of(case, to_announce(case)):
        take(case, planned)
        return
    case.meet(ClockKind.LABEL, now, "the label is made")
    case.fire(ReturnTrigger.AWAIT_PARCEL, now)
    case.state.looked = True
    due = case.promise(ClockKind.SENDING, now, "the customer has the label")
    write(case, TemplateName.RETURN_LABEL, now, "Sent the customer label and instructions", answer_by=due)


_FOLLOWING: dict[ReturnCaseStatus, Callable[[ReturnStanding, Instant], None]] = {
    ReturnCaseStatus.RECEIVED: _receive,
    ReturnCaseStatus.PREPARING: _prepare,
    ReturnCaseStatus.AWAITING_PAYMENT: _await_payment,
    ReturnCaseStatus.ANNOUNCING: _announce,
    ReturnCaseStatus.AWAITING_PARCEL: parcels.watch_inbound,
    ReturnCaseStatus.IN_TRANSIT: parcels.watch_inbound,
    ReturnCaseStatus.SETTLING: settling.settle,
    ReturnCaseStatus.UNDOING: settling.undo,
    ReturnCaseStatus.SENDING: parcels.watch_outbound,
    ReturnCaseStatus.CONFIRMING: settling.confirm,
}
