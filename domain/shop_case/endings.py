"""How every case at a shop ends."""

from __future__ import annotations

from enum import StrEnum

from domain.shop.asks import ReserveStock
from domain.shop_case.case import ShopCase
from domain.shop_case.state import StepState
from domain.sla.spans import Instant
from domain.task_moves import lay_down


def end(case: ShopCase, outcome: StrEnum, now: Instant, why: str) -> None:
    """It is over, and on record what it came to."""
    lay_down(case, now, why)
    case.state.outcome, case.state.closed_at = outcome, now
    case.note(now, "case_ended", outcome=outcome.value)


_TAKEN_BACK = (StepState.UNDONE, StepState.BY_HAND, StepState.SETTLED)


def given_back(case: ShopCase) -> dict[str, str | None]:
    """What the letter about an end may say was given back: pieces that are free again, and money, if there were any."""
    back = [step for step in case.state.steps if step.state in _TAKEN_BACK]
    kept = sum(step.ask.quantity for step in back if isinstance(step.ask, ReserveStock))
    return {"kept": str(kept) if kept else None, "paid_back": "yes" if any(step.paid for step in back) else None}
