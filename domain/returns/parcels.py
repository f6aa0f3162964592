"""Parcels on their way, the customer's to us and ours to the customer; what is told of them is looked at."""

from __future__ import annotations

from domain.returns.endings import give_up
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.messages import ReturnOutcome
from domain.returns.plan import to_send_back
from domain.returns.rules import goods
from domain.returns.settling import no_more_comes, to_confirming
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.returns.tasks import INSPECT, TRACE
from domain.returns.wish import Remedy
from domain.shop import asks
from domain.shop.parcels import Parcel, ParcelStatus
from domain.shop_case.plan import next_of, take
from domain.shop_case.tasks import SETTLE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant

ASTRAY = (ParcelStatus.LOST, ParcelStatus.TURNED_BACK, ParcelStatus.BACK)


def watch_inbound(case: ReturnStanding, now: Instant) -> None:
    """Look where the customer's parcel is, whenever something was told, and go on with what is seen."""
    state, parcel = case.state, case.state.inbound
    assert parcel
    waiting = case.is_in(ReturnCaseStatus.AWAITING_PARCEL)
    if not state.looked:
        state.looked = True
        _look(case, parcel)
    elif parcel.ended is ParcelStatus.DELIVERED:
        arrive(case, now)
    elif _astray(case, parcel):
        trace(case, f"the parcel is {parcel.status.value.replace('_', ' ')}", now)
    elif waiting and (state.told_sent or parcel.status is not ParcelStatus.LABELLED):
        _on_its_way(case, now)
    elif waiting and state.sending_over:
        not_sent(case, now)


def _look(case: ReturnStanding, parcel: Parcel) -> None:
    case.read(asks.ReadParcel(order_id=case.state.order_id, parcel_id=parcel.id), "Look where the parcel is")


def _astray(case: ReturnStanding, parcel: Parcel) -> bool:
    """Whether a parcel does not come, and nobody knows that yet."""
    return parcel.status in ASTRAY and parcel.status is not case.state.traced and not case.active_tasks(TRACE)


def _on_its_way(case: ReturnStanding, now: Instant) -> None:
    case.meet(ClockKind.SENDING, now, "the parcel is on its way")
    case.fire(ReturnTrigger.SHIP, now)
    due = case.promise(ClockKind.TRANSIT, now, "the parcel is on its way")
    case.tell("in_transit", now, "Told the customer that the parcel is on its way", answer_by=due)


def not_sent(case: ReturnStanding, now: Instant) -> None:
    """The customer keeps the goods: the return lapses, or what came before stands alone."""
    if case.part_settled:
        no_more_comes(case, now)
    else:
        give_up(case, Ending(outcome=ReturnOutcome.LAPSED, reason="not_sent"), now)


def trace(case: ReturnStanding, why: str, now: Instant) -> None:
    """A parcel does not come: a person finds out at the carrier, and the customer is told before they ask."""
    case.cancel(ClockKind.SENDING, now, why)
    case.cancel(ClockKind.TRANSIT, now, why)
    if not case.is_in(ReturnCaseStatus.SENDING):
        case.fire(ReturnTrigger.TRACE, now, why=why)
    parcel = case.state.outbound or case.state.inbound
    case.state.traced = parcel.status if parcel else None
    case.offer_work(TRACE, case.rules.tracing_team, now, parcel=parcel.id if parcel else None, why=why)
    case.tell("tracing", now, "Told the customer that the parcel is being traced")


def arrive(case: ReturnStanding, now: Instant) -> None:
    """The parcel is here: what is in it is looked at, and the refund is promised from its arrival."""
    state, parcel = case.state, case.state.inbound
    assert parcel
    case.meet(ClockKind.SENDING, now, "the parcel arrived")
    case.meet(ClockKind.TRANSIT, now, "the parcel arrived")
    case.fire(ReturnTrigger.ARRIVE, now)
    scanned = [scan.at for scan in parcel.scans if scan.status is ParcelStatus.DELIVERED]
    if state.remedy is Remedy.REFUND:
        case.promise(ClockKind.REFUND, now, "the goods arrived", runs_from=min([*scanned, now]))
    expected = goods(case.order, {item.line_id: item.quantity for item in parcel.items})
    covered = str(state.in_warranty)
    case.offer_work(INSPECT, case.rules.inspecting_team, now, expected=expected, in_warranty=covered)
    case.tell("arrived", now, "Told the customer that the parcel is here and is looked at")


# What goes out.


def watch_outbound(case: ReturnStanding, now: Instant) -> None:
    """Look whether what goes out is with the carrier, and whether it has arrived."""
    if planned := next_of(case, to_send_back(case)):
        take(case, planned)
    elif not case.active_tasks(SETTLE) and not _look_outside(case):
        _judge_outbound(case, now)


def _look_outside(case: ReturnStanding) -> bool:
    """Look at parcel and order, if something was told since they were read; whether there was something to look at."""
    state = case.state
    if not state.looked and state.outbound:
        state.looked = True
        _look(case, state.outbound)
    elif not state.checked and state.replacement_lines:
        state.checked = True
        case.read(asks.ReadOrder(order_id=state.order_id), "Look whether the replacement was sent")
    return case.busy


def _judge_outbound(case: ReturnStanding, now: Instant) -> None:
    state, parcel = case.state, case.state.outbound
    if state.handed_out or _arrived(case):
        case.meet(ClockKind.DISPATCH, now, "the goods were sent")
        case.meet(ClockKind.TRANSIT, now, "the goods arrived")
        to_confirming(case, now)
    elif parcel and _astray(case, parcel):
        trace(case, f"the parcel is {parcel.status.value.replace('_', ' ')}", now)
    elif not state.dispatched and _left(case):
        state.dispatched = True
        case.meet(ClockKind.DISPATCH, now, "the goods were sent")
        case.promise(ClockKind.TRANSIT, now, "the goods were sent")
        case.tell("sent", now, "Told the customer that the goods are on their way")


def _left(case: ReturnStanding) -> bool:
    parcel = case.state.outbound
    lines = [case.order.line(line_id) for line_id in case.state.replacement_lines]
    own = parcel is None or parcel.status is not ParcelStatus.LABELLED
    return own and all(line.shipped >= line.quantity for line in lines)


def _arrived(case: ReturnStanding) -> bool:
    parcel = case.state.outbound
    lines = [case.order.line(line_id) for line_id in case.state.replacement_lines]
    own = parcel is None or parcel.ended is ParcelStatus.DELIVERED
    return own and all(line.delivered >= line.quantity for line in lines)
