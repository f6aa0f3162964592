"""One attempt at one message: what it has marked in the ledger, and what is in doubt when it ends."""

from __future__ import annotations

from activities.clock import Clock
from activities.effects.port import Begun, EffectLedger, EffectState
from activities.notifications.port import Settlement, TransientDeliveryError
from domain.deeds import DeliveryReport, DeliveryState, MessageOrder

CHECKED_BY_A_PERSON = "nobody can tell whether it arrived: to be checked by a person"


class Attempt:
    """An attempt that has begun.

    Attributes:
        in_doubt: an attempt, this one or one before it, may have delivered the message.
    """

    def __init__(self, ledger: EffectLedger, key: str, order: MessageOrder, begun: Begun, clock: Clock) -> None:
        self._ledger = ledger
        self._key = key
        self.order = order
        self._number = begun.attempt
        self._clock = clock
        self._handed_over = False
        self.in_doubt = begun.state is EffectState.IN_DOUBT

    async def hand_over(self) -> None:
        """Mark the point of no return.

        Raises:
            AttemptSupersededError: another attempt has taken over.
        """
        await self._ledger.mark_handed_over(self._key, self._number)
        self._handed_over = True

    async def renew(self) -> None:
        """Say that this attempt is still at work.

        Raises:
            AttemptSupersededError: another attempt has taken over.
        """
        await self._ledger.renew(self._key, self._number)

    async def finish(self, report: DeliveryReport) -> None:
        """Record the outcome for good.

        Raises:
            AttemptSupersededError: another attempt has taken over.
        """
        await self._ledger.finish(self._key, self._number, report.model_dump_json())

    async def give_up(self, why: BaseException) -> None:
        """Let the next attempt begin at once, and tell it whether something may have arrived."""
        surely_not_sent = isinstance(why, TransientDeliveryError) or not self._handed_over
        if surely_not_sent and not self.in_doubt:
            await self._ledger.abandon(self._key, self._number)
        else:
            await self._ledger.release(self._key, self._number)

    def delivered(self, reference: str) -> DeliveryReport:
        """The report of a message that has arrived."""
        return DeliveryReport(
            state=DeliveryState.DELIVERED, channel=self.order.channel, reference=reference, at=self._clock()
        )

    def refused(self, detail: str) -> DeliveryReport:
        """The report of a message that cannot be sent; after a doubtful attempt even that does not make it certain."""
        if self.in_doubt:
            return self._unknown()
        return DeliveryReport(state=DeliveryState.FAILED, channel=self.order.channel, detail=detail)

    def settled(self, settlement: Settlement, reference: str) -> DeliveryReport | None:
        """The report that a settlement amounts to, or None when the message is to be sent (again)."""
        if settlement is Settlement.DELIVERED:
            return self.delivered(reference)
        if settlement is Settlement.UNKNOWN:
            return self._unknown()
        self.in_doubt = settlement is Settlement.RESEND_IS_SAFE
        return None

    def _unknown(self) -> DeliveryReport:
        return DeliveryReport(state=DeliveryState.UNKNOWN, channel=self.order.channel, detail=CHECKED_BY_A_PERSON)
