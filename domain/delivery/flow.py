"""How a delivery problem goes on: what follows from its status when nothing is under way at the shop."""

from __future__ import annotations

from collections.abc import Callable

from domain.conversation import write
from domain.deeds import NoticeKind
from domain.delivery.endings import resolve
from domain.delivery.forms import Remedy
from domain.delivery.machine import DeliveryCaseStatus, DeliveryTrigger
from domain.delivery.messages import DeliveryOutcome, Problem, problem_of, subject_of
from domain.delivery.plan import to_commit
from domain.delivery.standing import DeliveryStanding
from domain.delivery.tasks import DECIDE
from domain.shop import asks
from domain.shop.parcels import ParcelStatus
from domain.shop_case.people import ask_approval
from domain.shop_case.plan import next_of, take
from domain.shop_case.policy import within_authority
from domain.shop_case.tasks import SETTLE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, say_instant
from domain.tasks import Brief, queue_of
from domain.templates import TemplateName


def go_on(case: DeliveryStanding, now: Instant) -> None:
    """Take the next step, unless one is under way or somebody else has the word."""
    while (following := _FOLLOWING.get(case.state.status)) and not case.busy:
        status = case.state.status
        following(case, now)
        if case.state.status is status:
            return


def _recognise(case: DeliveryStanding, now: Instant) -> None:
    state = case.state
    if state.shop_order is None:
        case.read(asks.ReadOrder(order_id=state.order_id), "Read the order")
    elif not state.looked:
        _look(case)
    else:
        _learn(case, now)
        if not arrived_after_all(case, now):
            ask_for_decision(case, now, f"the parcel is {state.problem.value}")


def _look(case: DeliveryStanding) -> None:
    state = case.state
    state.looked = True
    case.read(asks.ReadParcel(order_id=state.order_id, parcel_id=state.parcel_id), "Look where the parcel is")


def _watch(case: DeliveryStanding, now: Instant) -> None:
    """While a person thinks, or the parcel is looked for: every scan may settle it, or make another problem of it."""
    if not case.state.looked:
        _look(case)
    elif _learn(case, now):
        _begin_anew(case, now)
    elif not arrived_after_all(case, now) and _is_back(case):
        case.meet(ClockKind.SEARCH, now, "the goods are back")
        case.fire(DeliveryTrigger.COMMIT, now, why="the goods are back")


def _begin_anew(case: DeliveryStanding, now: Instant) -> None:
    """What is known of the problem is no longer so: who decides and the customer hear of the one that it is."""
    why = f"the parcel is {case.state.problem.value}"
    if case.state.status is DeliveryCaseStatus.WAITING:
        case.cancel(ClockKind.SEARCH, now, why)
        case.state.told = False
        ask_for_decision(case, now, why)
        return
    for task in case.active_tasks(DECIDE):
        task.brief.update(_brief(case, why))
        about = f"task {task.id} ({task.title}): {why}"
        case.notify(NoticeKind.ANSWER, (task.owner or queue_of(task),), about, case.key(f"learnt-{task.id}"))
    _tell(case, now)


def _is_back(case: DeliveryStanding) -> bool:
    """Whether what was waited for is here again; the remedy is decided anew whenever the waiting ends otherwise."""
    return case.state.remedy is Remedy.AWAIT_RETURN and case.parcel.ended is ParcelStatus.BACK


def arrived_after_all(case: DeliveryStanding, now: Instant) -> bool:
    """A parcel that is with the customer is no problem any more, unless its goods are damaged."""
    arrived = case.parcel.ended is ParcelStatus.DELIVERED and case.state.problem is not Problem.DAMAGED
    if arrived:
        case.meet(ClockKind.SEARCH, now, "the parcel has arrived")
        resolve(case, DeliveryOutcome.ARRIVED, now, "the parcel has arrived")
    return arrived


def ask_for_decision(case: DeliveryStanding, now: Instant, why: str) -> None:
    """A person decides within the promised time; the customer hears of the problem before anything else happens."""
    case.state.remedy = case.state.reason = case.state.refund_due = case.state.account = None
    case.fire(DeliveryTrigger.DECIDE, now, why=why)
    case.offer(DECIDE, case.rules.deciding_team, case.time_for(DECIDE), now, brief=_brief(case, why))
    if not case.state.told:
        _tell(case, now)


def _brief(case: DeliveryStanding, why: str) -> Brief:
    """What whoever decides must know."""
    seen = case.parcel.scans[-1].at if case.parcel.scans else None
    return {
        "why": why,
        "order": case.order.number,
        "parcel": case.state.parcel_id,
        "status": case.parcel.status.value,
        "last_seen": say_instant(seen) if seen else None,
        "promised_on": case.order.promised_on.isoformat() if case.order.promised_on else None,
        "goods": case.goods,
        "value": str(case.value),
    }


def _tell(case: DeliveryStanding, now: Instant) -> None:
    case.state.told = True
    write(case, TemplateName.DELIVERY_PROBLEM, now, "Told the customer of the problem, and by when it is resolved")


def _learn(case: DeliveryStanding, now: Instant) -> bool:
    """Whether scans say that it is another problem: a parcel that is late may be lost, one that was lost be damaged."""
    former, found = case.state.problem, problem_of(case.parcel)
    if found in (None, former):
        return False
    case.state.problem, case.state.subject = found, subject_of(case.state.order_id, found)
    case.note(now, "problem_learnt", problem=found.value, former=former.value)
    return True


def _commit(case: DeliveryStanding, now: Instant) -> None:
    state = case.state
    if state.remedy is not Remedy.SEND_AGAIN and state.account is None:
        case.read(asks.ReadAccount(order_id=state.order_id), "Read what was paid")
    elif state.refund_due and not state.approved and not within_authority(case.rules.authority, state.refund_due):
        case.fire(DeliveryTrigger.ASK_APPROVAL, now)
        ask_approval(case, state.refund_due, now)
    elif planned := next_of(case, to_commit(case)):
        take(case, planned)
    elif not case.active_tasks(SETTLE):
        again = state.remedy is Remedy.SEND_AGAIN
        outcome = DeliveryOutcome.SENT_AGAIN if again else DeliveryOutcome.REFUNDED
        resolve(case, outcome, now, "the goods go out again" if again else "the money is on its way")


_FOLLOWING: dict[DeliveryCaseStatus, Callable[[DeliveryStanding, Instant], None]] = {
    DeliveryCaseStatus.RECEIVED: _recognise,
    DeliveryCaseStatus.DECIDING: _watch,
    DeliveryCaseStatus.WAITING: _watch,
    DeliveryCaseStatus.COMMITTING: _commit,
}
