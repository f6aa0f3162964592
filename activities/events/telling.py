"""Telling cases: each fact to every open case about its order, as a signal."""

from __future__ import annotations

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.openings.orders import CaseOrders
from domain.shop_case.events import Fact

log = structlog.get_logger()


class CaseTeller:
    """Signals running cases; one that is over is not asked again."""

    def __init__(self, client: Client, cases: CaseOrders) -> None:
        self._client = client
        self.cases = cases

    async def tell_all(self, fact: Fact) -> int:
        """Tell every open case about the order, except the one whose own doing it is; returns how many.

        Raises:
            RPCError: Temporal does not answer; telling everybody once more does no harm.
        """
        told = 0
        for case_id in await self.cases.listening(fact.order_id):
            if fact.news_to(case_id):
                told += await self.tell(case_id, fact)
        return told

    async def tell(self, case_id: str, fact: Fact) -> bool:
        """Tell one case; returns whether it is there to hear it.

        Raises:
            RPCError: Temporal does not answer.
        """
        try:
            await self._client.get_workflow_handle(case_id).signal(fact.signal, fact.event)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            over = await self.cases.gone(case_id)
            log.info("case_not_told", case_id=case_id, signal=fact.signal, over=over)
            return False
        return True
