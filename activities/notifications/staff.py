"""Telling staff: what is over or asked at once; near-due items of one person together, as long as they can wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from activities.clock import Clock, wall_clock
from activities.notifications.near_due import NearDueItems
from activities.notifications.port import NoticeItem, StaffNotice, StaffNotifier
from domain.deeds import NoticeKind, NoticeOrder
from domain.sla.spans import Span

WakeDigest: TypeAlias = Callable[[str, Span], Awaitable[None]]
"""Makes sure that `send_digest` is called for a staff id within a span; called often, it must be harmless."""


class StaffNotices:
    """Tells through every notifier, each of which drops what it has told before."""

    def __init__(
        self,
        notifiers: Sequence[StaffNotifier],
        near_due: NearDueItems,
        wake_digest: WakeDigest,
        *,
        clock: Clock = wall_clock,
    ) -> None:
        self._notifiers = tuple(notifiers)
        self._near_due = near_due
        self._wake_digest = wake_digest
        self._clock = clock

    async def tell(self, order: NoticeOrder) -> None:
        """Carry out an order; a repeat tells nobody twice.

        Raises:
            DeliveryError: somebody could not be told; to be tried again.
        """
        for recipient in order.recipients:
            if await self._can_wait(order, recipient):
                await self._group(order, recipient)
            else:
                await self._notify(_notice(order, recipient))

    async def send_digest(self, staff_id: str) -> int:
        """Send a person's waiting near-due items as one notice; returns how many items there were."""
        grouped = 0
        for digest in await self._near_due.gather(staff_id):
            await self._notify(digest)
            await self._near_due.mark_sent(digest)
            grouped += len(digest.items)
        return grouped

    async def _can_wait(self, order: NoticeOrder, recipient: str) -> bool:
        """Whether it may wait for others of its kind without using up half of the time that is left."""
        if order.notice is not NoticeKind.NEAR_DUE:
            return False
        if order.due_at is None or order.due_at - self._clock() >= 2 * order.group_within_ms:
            return True
        # A repeat, when time has passed since: who waits already is not told twice.
        return await self._near_due.holds(order.key, recipient)

    async def _group(self, order: NoticeOrder, recipient: str) -> None:
        # Woken on a repeat too: the former attempt may have died between the two.
        if await self._near_due.add(order, recipient):
            await self._wake_digest(recipient, order.group_within_ms)

    async def _notify(self, notice: StaffNotice) -> None:
        for notifier in self._notifiers:
            await notifier.notify(notice)


def _notice(order: NoticeOrder, recipient: str) -> StaffNotice:
    item = NoticeItem(case_id=order.case_id, about=order.about, due_at=order.due_at)
    return StaffNotice(key=order.key, recipient=recipient, notice=order.notice, items=(item,))
