"""What follows from the inspection: what is accepted is settled, what is not goes back, repairs get their price."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel

from domain.errors import FormInvalidError
from domain.people import Actor
from domain.returns.endings import give_up
from domain.returns.flow import offer_price, start_repair
from domain.returns.forms import InspectedItem, InspectionForm
from domain.returns.messages import ReturnOutcome
from domain.returns.settling import came, no_more_comes
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.returns.wish import ReturnKind
from domain.shop.returns import ReceivedItem
from domain.sla.spans import Instant
from domain.tasks import HumanTask


def check_inspection(case: ReturnStanding, form: BaseModel) -> None:
    """Refuse what cannot have been in the parcel, a refusal without a reason, and a repair without a price.

    Raises:
        FormInvalidError: details name each field.
    """
    found = cast(InspectionForm, form)
    expected, wrong = _expected(case), []
    seen: set[str] = set()
    for at, item in enumerate(found.items):
        most = expected.get(item.line_id, 0)
        if not most or item.line_id in seen:
            wrong.append((f"items.{at}.line_id", f"expected each of {', '.join(expected)} once"))
        elif not 1 <= item.quantity <= most:
            wrong.append((f"items.{at}", f"expected 1 to {most} pieces, got {item.quantity}"))
        seen.add(item.line_id)
    if found.reason is None and not all(item.accepted for item in found.items):
        wrong.append(("reason", "expected the reason of the refusal, for the customer is told"))
    if _needs_price(case, found) and found.repair_price is None:
        wrong.append(("repair_price", "expected what the repair costs the customer"))
    if found.repair_price and found.repair_price.currency != case.order.currency:
        wrong.append(("repair_price.currency", f"expected {case.order.currency}, got {found.repair_price.currency}"))
    if wrong:
        fields = [{"field": field, "expected": expectation} for field, expectation in wrong]
        raise FormInvalidError("; ".join(f"{field}: {said}" for field, said in wrong), fields=fields)


def _expected(case: ReturnStanding) -> dict[str, int]:
    document = case.state.document
    return document.outstanding() if document else case.wished


def _needs_price(case: ReturnStanding, found: InspectionForm) -> bool:
    if case.state.wanted.kind is not ReturnKind.REPAIR:
        return False
    covered = case.state.in_warranty if found.in_warranty is None else found.in_warranty
    return not covered and any(item.accepted for item in found.items)


def inspected(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody looked at what was in the parcel."""
    found, state = cast(InspectionForm, form), case.state
    state.hands.append(actor.id)
    state.goods_here = True
    missing = sum(_expected(case).values()) - sum(item.quantity for item in found.items)
    accepted = [item for item in found.items if item.accepted]
    refused = [item for item in found.items if not item.accepted]
    case.note(now, "goods_inspected", actor, text=found.reason, pieces=_said(found), missing=missing)
    for item in refused:
        state.to_go_back[item.line_id] = state.to_go_back.get(item.line_id, 0) + item.quantity
    state.more_to_come = found.more_to_come and missing > 0
    if accepted and state.wanted.kind is ReturnKind.REPAIR:
        _repair(case, found, now)
    elif accepted:
        if refused:
            case.tell("part_refused", now, "Told the customer that a part is not accepted", text=found.reason)
        came(case, [_received(item) for item in accepted], now)
    elif case.part_settled:
        case.tell("part_refused", now, "Told the customer that a part is not accepted", text=found.reason)
        no_more_comes(case, now)
    else:
        give_up(case, Ending(outcome=ReturnOutcome.REFUSED, reason="inspection", text=found.reason), now, actor)


def _repair(case: ReturnStanding, found: InspectionForm, now: Instant) -> None:
    state = case.state
    for item in found.items:
        state.to_go_back[item.line_id] = item.quantity
    if found.in_warranty is not None:
        state.in_warranty = found.in_warranty
    if _needs_price(case, found) and found.repair_price and found.repair_price.minor:
        offer_price(case, found.repair_price, now)
    else:
        start_repair(case, now)


def _received(item: InspectedItem) -> ReceivedItem:
    return ReceivedItem(line_id=item.line_id, sound=item.sound, damaged=item.damaged, other=item.other)


def _said(found: InspectionForm) -> str:
    return ", ".join(
        f"{item.line_id}: {item.sound} sound, {item.damaged} damaged, {item.other} other"
        + ("" if item.accepted else ", not accepted")
        for item in found.items
    )
