"""The activity of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.assignment.giving import Giving
from activities.notifications.activities import CHANNEL_UNAVAILABLE
from activities.notifications.port import DeliveryError
from activities.notifications.staff import StaffNotices
from domain.assignment.choosing import Choice
from domain.assignment.need import AssignmentOrder
from domain.deeds import NoticeKind, NoticeOrder


class AssignmentActivities:
    """Tasks are given to people."""

    def __init__(self, giving: Giving, notices: StaffNotices) -> None:
        self._giving = giving
        self._notices = notices

    @activity.defn
    async def assign_task(self, order: AssignmentOrder) -> Choice:
        """Choose somebody for a task and tell them, once; nobody is an answer and no error.

        One activity for both, because a second one would be billed with each task that is given.

        Raises:
            ApplicationError: `channel_unavailable`, retryable: a repeat chooses and tells nobody else.
        """
        choice = await self._giving.give(order)
        if choice.person:
            try:
                await self._notices.tell(_notice(order, choice.person))
            except DeliveryError as error:
                raise ApplicationError(f"staff were not told: {error.detail}", type=CHANNEL_UNAVAILABLE) from None
        return choice

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.assign_task,)


def _notice(order: AssignmentOrder, person: str) -> NoticeOrder:
    return NoticeOrder(
        case_id=order.case_id,
        key=order.key,
        notice=NoticeKind.HANDOVER,
        recipients=(person,),
        about=order.about,
        due_at=None,
        group_within_ms=0,
    )
