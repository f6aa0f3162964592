"""Reconciling: open cases are compared with shop and carrier, and told what they have missed.

It finds what no relay can: events that never reached us. It reads by the ports alone, so it works for every shop.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from activities.carrier.port import Carrier
from activities.events.telling import CaseTeller
from activities.openings.orders import Listener
from activities.payments.port import PaymentGateway
from domain.shop.errors import ShopError
from domain.shop_case.events import Fact, ShopEvent, ShopEventKind, fact_of, scanned

log = structlog.get_logger()


class Reconciler:
    """Compares what cases were told with what is so."""

    def __init__(self, payments: PaymentGateway, carrier: Carrier, teller: CaseTeller) -> None:
        self._payments = payments
        self._carrier = carrier
        self._teller = teller

    async def compare_all(self, alive: Callable[[], None]) -> int:
        """Compare every open case; returns how many were told something. `alive` is called before each."""
        told, last = 0, ""
        while page := await self._teller.cases.listeners(after=last):
            for listener in page:
                alive()
                told += await self._compare(listener)
            last = page[-1].case_id
        return told

    async def _compare(self, listener: Listener) -> bool:
        try:
            facts = await self.facts_of(listener.order_id)
        except ShopError as error:
            # An order that the shop does not know, or a shop that is away: the other cases are compared all the same.
            log.warning("case_not_reconciled", case_id=listener.case_id, code=error.code)
            return False
        missed = [fact for name, fact in facts.items() if name not in listener.known]
        for fact in missed:
            if not await self._teller.tell(listener.case_id, fact):
                return False
        if missed:
            await self._teller.cases.knows(listener.case_id, facts)
            log.info("case_reconciled", case_id=listener.case_id, facts=len(missed))
        return bool(missed)

    async def facts_of(self, order_id: str) -> dict[str, Fact]:
        """How money and parcels of an order stand, as facts under ids that change only with them.

        Scans have the ids of the events that tell them, so a case that has heard of one drops it.

        Raises:
            ShopError: the shop refuses or does not answer.
        """
        account = await self._payments.account(order_id)
        paid = ShopEvent(f"{order_id}:captured:{account.captured.minor}", order_id, ShopEventKind.PAID, 0, {})
        scans = [scan for parcel in await self._carrier.parcels_of(order_id) for scan in parcel.scans[-1:]]
        facts = [fact_of(event) for event in (paid, *(scanned(order_id, scan) for scan in scans))]
        return {fact.event.event_id: fact for fact in facts}
