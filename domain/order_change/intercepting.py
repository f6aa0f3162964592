"""Having a parcel turned back: the carrier is asked, and what it promises has a clock; only a scan proves it.

When no scan comes in time, or the parcel is lost, a person decides: wait longer, give the money back without the
parcel, or leave the order as it is.
"""

from __future__ import annotations

from domain.order_change.machine import ChangeTrigger
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.tasks import DECIDE_INTERCEPTION
from domain.shop import asks
from domain.shop.parcels import ENDS, STOPPABLE, Direction, Parcel, ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, say_instant
from domain.task_moves import withdraw_all
from domain.tasks import Brief

BACK = "the goods are back"


def begin_interception(case: OrderChangeStanding, now: Instant) -> None:
    """Everybody agrees that the parcels are turned back."""
    case.fire(ChangeTrigger.INTERCEPT, now)
    wait_for_scan(case, now, "the parcels are to be turned back")


def wait_for_scan(case: OrderChangeStanding, now: Instant, cause: str) -> None:
    """A parcel that is to come back is seen again within this time."""
    case.start_clock(ClockKind.INTERCEPTION, case.rules.clocks.interception.within, now, cause)


def intercept(case: OrderChangeStanding, now: Instant) -> None:
    """Ask the carrier for every parcel that is on its way, and see what came of it."""
    state = case.state
    if not state.looked:
        state.looked = True
        case.read(asks.FindParcels(order_id=state.order_id), "Look where the parcels are")
        return
    outbound = [parcel for parcel in state.parcels if parcel.direction is Direction.OUTBOUND]
    moving = [parcel for parcel in outbound if parcel.ended not in ENDS]
    open_ones = [parcel for parcel in moving if not case.find_step(f"intercept_parcel:{parcel.id}")]
    if any(parcel.ended is ParcelStatus.DELIVERED for parcel in outbound):
        case.refuse("intercept_too_late", now)
    elif not moving:
        go_ahead(case, now, BACK)
    elif stoppable := [parcel for parcel in open_ones if parcel.status in STOPPABLE]:
        key, parcel_id = case.key("intercept_parcel"), stoppable[0].id
        ask = asks.InterceptParcel(key=key, order_id=state.order_id, parcel_id=parcel_id)
        case.take(f"intercept_parcel:{parcel_id}", ask, "Have the parcel turned back")
    elif lost := _newly_lost(case, moving):
        case.state.lost_parcels += lost
        case.cancel(ClockKind.INTERCEPTION, now, "a parcel is lost")
        ask_for_decision(case, now, "the carrier has lost a parcel that was to come back")


def go_ahead(case: OrderChangeStanding, now: Instant, why: str) -> None:
    """Nothing more is waited for."""
    case.meet(ClockKind.INTERCEPTION, now, why)
    withdraw_all(case, now, why, DECIDE_INTERCEPTION)
    case.fire(ChangeTrigger.COMMIT, now, why=why)


def ask_for_decision(case: OrderChangeStanding, now: Instant, why: str) -> None:
    """A person decides what becomes of it, with everything that is known of the parcels."""
    if case.active_tasks(DECIDE_INTERCEPTION):
        return
    state = case.state
    assert state.quote
    brief: Brief = {
        "why": why,
        "order": case.order_number,
        "parcels": "; ".join(_said(parcel) for parcel in state.parcels if parcel.direction is Direction.OUTBOUND),
        "refund": str(state.quote.refund) if state.quote.refund else "none",
    }
    case.offer(DECIDE_INTERCEPTION, case.rules.deciding_team, case.time_for(DECIDE_INTERCEPTION), now, brief=brief)


def _newly_lost(case: OrderChangeStanding, moving: list[Parcel]) -> list[str]:
    known = case.state.lost_parcels
    return [parcel.id for parcel in moving if parcel.status is ParcelStatus.LOST and parcel.id not in known]


def _said(parcel: Parcel) -> str:
    seen = f", seen {say_instant(parcel.scans[-1].at)}" if parcel.scans else ""
    return f"{parcel.id}: {parcel.status.value}{seen}"
