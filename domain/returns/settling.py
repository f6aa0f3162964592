"""Settling a return: what came is booked, goods and money go out; or all is taken back and the goods go home."""

from __future__ import annotations

from collections.abc import Mapping

from domain.conversation import write
from domain.returns.dues import at_stake
from domain.returns.endings import close, outcome_of, tell_ending
from domain.returns.machine import ReturnTrigger
from domain.returns.messages import ReturnOutcome
from domain.returns.plan import ANNOUNCE, UNDO, still_expected, to_settle
from domain.returns.standing import ReturnStanding
from domain.returns.tasks import FOLLOW_UP
from domain.returns.wish import Remedy
from domain.shop import asks
from domain.shop.refusal import Refusal
from domain.shop.returns import ReceivedItem
from domain.shop_case.answers import ask_to_settle
from domain.shop_case.people import ask_approval
from domain.shop_case.plan import key_of, next_of, next_to_undo, take
from domain.shop_case.policy import within_authority
from domain.shop_case.state import StepState
from domain.shop_case.tasks import SETTLE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName
from domain.worked_case import ANSWER


def book_without_goods(case: ReturnStanding, now: Instant, pieces: Mapping[str, int] | None = None) -> None:
    """Nothing fit for sale comes back: the goods are wrong, damaged, missing or lost. It is settled as if they had.

    `pieces` are those by line that are here and stay; without them it is about all that is still expected.
    """
    if case.state.remedy is Remedy.REFUND and case.open_clock(ClockKind.REFUND) is None:
        case.promise(ClockKind.REFUND, now, "nothing has to come back for it")
    came(
        case, [ReceivedItem(line_id=line, other=count) for line, count in (pieces or still_expected(case)).items()], now
    )


def came(case: ReturnStanding, arrived: list[ReceivedItem], now: Instant) -> None:
    """So much came back and stays: it is settled at once, or after a second pair of eyes if it is much."""
    case.state.arrived = arrived
    for item in arrived:
        case.state.accepted[item.line_id] = case.state.accepted.get(item.line_id, 0) + item.quantity
    stake = at_stake(case)
    if stake.minor and not case.state.approved and not within_authority(case.rules.authority, stake):
        case.fire(ReturnTrigger.ASK_APPROVAL, now)
        ask_approval(case, stake, now)
    else:
        case.fire(ReturnTrigger.SETTLE, now)


def settle(case: ReturnStanding, now: Instant) -> None:
    """Book what came, send what is due, and go on with what is left."""
    state = case.state
    if case.active_tasks(SETTLE):
        return  # nothing is paid for goods of which nobody can say whether they are booked
    if not state.checked:
        state.checked = True
        case.read(asks.ReadAccount(order_id=state.order_id), "Read what was paid")
    elif planned := next_of(case, to_settle(case)):
        take(case, planned)
    else:
        _settled(case, now)


def _settled(case: ReturnStanding, now: Instant) -> None:
    state = case.state
    case.meet(ClockKind.REFUND, now, "what was due is paid back")
    if state.more_to_come:
        case.tell("partly", now, "Told the customer that a part came back, and the rest is awaited")
        state.round, state.arrived, state.more_to_come = state.round + 1, [], False
        state.approved = state.told_sent = state.sending_over = False
        case.promise(ClockKind.LABEL, now, "a part is still to come")
        case.fire(ReturnTrigger.ANNOUNCE, now)
    elif _rest(case) and not state.rest_dropped:
        drop_rest(case, now)
    elif state.to_go_back or state.replacement_lines:
        to_sending(case, now)
    else:
        to_confirming(case, now)


def _rest(case: ReturnStanding) -> int:
    """Pieces that the shop still expects, but for what a person has booked."""
    if case.state.document is None:
        return 0
    by_hand = [step.ask for step in case.state.steps if step.state is StepState.SETTLED]
    booked = [item.quantity for ask in by_hand if isinstance(ask, asks.ReceiveReturn) for item in ask.items]
    return sum(case.state.document.outstanding().values()) - sum(booked)


def drop_rest(case: ReturnStanding, now: Instant) -> None:
    """A return of which a part has arrived cannot be cancelled by us: somebody closes the rest at the shop."""
    announced = case.find_step(ANNOUNCE)
    assert announced
    case.state.rest_dropped = True
    todo = f"close the rest of the return, {_rest(case)} pieces"
    if case.state.wanted.in_advance:
        todo += "; what was sent in advance for them is still to be paid"
    brief = {"step": f"{ANNOUNCE}:rest", "todo": todo, "asked": f"key: {key_of(announced)}"}
    why = Refusal("partly_received", "a part has arrived, and the rest will not come", {})
    ask_to_settle(case, dict(brief), why, now)


def no_more_comes(case: ReturnStanding, now: Instant) -> None:
    """What came before stands alone."""
    case.state.arrived, case.state.more_to_come = [], False
    case.cancel(ClockKind.SENDING, now, "nothing more comes")
    case.fire(ReturnTrigger.SETTLE, now)


def undo(case: ReturnStanding, now: Instant) -> None:
    """Take back what was done, newest first; the goods that lie with us go home."""
    ending = case.state.ending
    assert ending
    if step := next_to_undo(case, () if case.part_settled else UNDO):
        case.take_back(step, UNDO[step.ask.do](case, step), f"Take back: {step.name.partition(':')[0]}")
        return
    tell_ending(case, now)
    if case.part_settled and not case.state.rest_dropped:
        drop_rest(case, now)
    elif case.active_tasks(SETTLE):
        return
    elif case.state.to_go_back:
        to_sending(case, now)
    else:
        close(case, _ENDS[ending.outcome], now, ending.reason)


_ENDS = {
    ReturnOutcome.REFUSED: ReturnTrigger.REFUSE,
    ReturnOutcome.LAPSED: ReturnTrigger.LAPSE,
    ReturnOutcome.WITHDRAWN: ReturnTrigger.CLOSE_WITHDRAWN,
}


def to_sending(case: ReturnStanding, now: Instant) -> None:
    """What goes out is handed to the carrier, and watched until it has arrived."""
    case.fire(ReturnTrigger.SEND, now)
    case.state.looked, case.state.traced = False, None
    case.promise(ClockKind.DISPATCH, now, "the goods are ready to go out")
    case.tell("sending", now, "Told the customer that the goods go out")


def to_confirming(case: ReturnStanding, now: Instant) -> None:
    """All that was promised is done: the customer is asked whether they are satisfied."""
    case.fire(ReturnTrigger.CONFIRM, now)
    due = case.promise(ClockKind.SATISFACTION, now, "all that was promised is done")
    came_to = outcome_of(case).value
    write(case, TemplateName.RETURN_DONE, now, f"Told the customer: {came_to}", answer_by=due, news=came_to)


def confirm(case: ReturnStanding, now: Instant) -> None:
    """Close the case when the customer has answered or will not, and nothing is left to do or to keep."""
    state = case.state
    answered = state.satisfied is not None or state.rating_over
    to_do = [task for task in case.active_tasks() if task.kind in (SETTLE, FOLLOW_UP, ANSWER)]
    if answered and not to_do and not case.open_promises:
        close(case, ReturnTrigger.CLOSE, now, "it is settled")
