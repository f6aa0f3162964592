"""The activities of this room; what they raise says whether Temporal should try again, and nothing personal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.clock import attempt_clock
from activities.effects.port import AttemptSupersededError
from activities.notifications.messages import CustomerMessages, EffectHeldError
from activities.notifications.port import DeliveryError, TransientDeliveryError
from activities.notifications.staff import StaffNotices
from domain.deeds import CheckOrder, DeliveryReport, MessageOrder, NoticeOrder

CHANNEL_UNAVAILABLE = "channel_unavailable"
"""Type of the retryable error after which, once the retries are used up, the workflow tries the next channel."""

EFFECT_HELD = "effect_held"
"""Type of the retryable error while another attempt is at work on the same message."""

log = structlog.get_logger()


class NotificationActivities:
    """Messages to customers and notices to staff."""

    def __init__(self, messages: CustomerMessages, notices: StaffNotices) -> None:
        self._messages = messages
        self._notices = notices

    @activity.defn
    async def send_message(self, order: MessageOrder) -> DeliveryReport:
        """Write to a customer over one channel. Repeated with the same key it reports again and sends nothing.

        Raises:
            ApplicationError: `channel_unavailable` or `effect_held`, both retryable.
        """
        try:
            return await self._messages.send(order, attempt_clock(), activity.heartbeat)
        except TransientDeliveryError as error:
            _log_unavailable(order.case_id, order.key, order.channel.value, error.detail)
            raise ApplicationError(
                f"{order.channel} is unavailable: {error.detail}", type=CHANNEL_UNAVAILABLE
            ) from None
        except EffectHeldError as held:
            soonest = timedelta(milliseconds=held.wait)
            raise ApplicationError(str(held), type=EFFECT_HELD, next_retry_delay=soonest) from None
        except AttemptSupersededError as superseded:
            raise ApplicationError(str(superseded), type=EFFECT_HELD) from None

    @activity.defn
    async def notify_staff(self, order: NoticeOrder) -> None:
        """Tell staff at once, or, when something is nearly due, together with what else is nearly due for them.

        Raises:
            ApplicationError: `channel_unavailable`, retryable: a repeat tells nobody twice.
        """
        try:
            await self._notices.tell(order)
        except DeliveryError as error:
            _log_unavailable(order.case_id, order.key, "staff", error.detail)
            raise ApplicationError(f"staff were not told: {error.detail}", type=CHANNEL_UNAVAILABLE) from None

    @activity.defn
    async def send_digest(self, staff_id: str) -> int:
        """Send one person's near-due items as one notice; returns how many, 0 when none waited.

        Raises:
            ApplicationError: `channel_unavailable`, retryable: no item goes out twice.
        """
        try:
            return await self._notices.send_digest(staff_id)
        except DeliveryError as error:
            _log_unavailable(None, staff_id, "staff", error.detail)
            raise ApplicationError(f"no digest was sent: {error.detail}", type=CHANNEL_UNAVAILABLE) from None

    @activity.defn
    async def record_check(self, order: CheckOrder) -> None:
        """Put beside a message of unknown fate what a person found out about it; a repeat changes nothing."""
        await self._messages.checked(order)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return self.send_message, self.notify_staff, self.send_digest, self.record_check


def _log_unavailable(case_id: str | None, key: str, channel: str, detail: str) -> None:
    log.warning("channel_unavailable", case_id=case_id, key=key, channel=channel, detail=detail)
