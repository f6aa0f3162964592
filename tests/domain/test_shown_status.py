"""Which statuses of a case at a shop are shown in search attributes: not those that pass as the shop answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.order_change.show import face as face_of_change
from domain.returns.show import face as face_of_return
from domain.sla.spans import HOUR
from tests.domain.changes import CUP, WITHOUT_CUP, changing
from tests.domain.fields_of_a_shop import ELSEWHERE, an_order
from tests.domain.returns import returning
from tests.domain.shop_cases import RunningShopCase


def shown(running: RunningShopCase, face: Callable[[Any], dict[str, object]]) -> list[object]:
    """The statuses that are shown one after the other while the shop answers, step by step."""
    seen: list[object] = ["received"]
    while True:
        status = face(running.case).get("CaseStatus", seen[-1])
        if status != seen[-1]:
            seen.append(status)
        if not running.waiting:
            return seen
        running.answer(running.waiting.pop(0))
        running.attend()


def test_change_that_is_made_at_once_is_received_and_done() -> None:
    assert shown(changing(slow=True, address=ELSEWHERE), face_of_change) == ["received", "done"]


def test_change_is_shown_preparing_to_nobody_until_somebody_is_asked() -> None:
    assert shown(changing(slow=True, lines=CUP), face_of_change) == ["received", "awaiting_answer"]


def test_change_that_pays_back_is_shown_while_it_does() -> None:
    running = changing(an_order("kettle", "cup"), slow=True, lines=WITHOUT_CUP, address=ELSEWHERE)
    assert shown(running, face_of_change) == ["received", "committing", "done"]


def test_change_that_somebody_decided_is_shown_in_every_status() -> None:
    running = changing(an_order(ago=2 * HOUR), lines=CUP)
    running.slow = True
    running.decide("approve")
    assert shown(running, face_of_change)[1:] == ["preparing", "awaiting_answer"]


def test_return_is_shown_from_the_announcement_on() -> None:
    assert shown(returning(slow=True), face_of_return) == ["received", "announcing", "awaiting_parcel"]
