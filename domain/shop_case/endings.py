"""How every case at a shop ends."""

from __future__ import annotations

from enum import StrEnum

from domain.shop_case.case import ShopCase
from domain.sla.spans import Instant
from domain.task_moves import lay_down


def end(case: ShopCase, outcome: StrEnum, now: Instant, why: str) -> None:
    """It is over, and on record what it came to."""
    lay_down(case, now, why)
    case.state.outcome, case.state.closed_at = outcome, now
    case.note(now, "case_ended", outcome=outcome.value)
