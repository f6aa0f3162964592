"""An errand: one deed of a case at a shop, done as Duecourse does it, or by repeating the request until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field
from temporalio.exceptions import ApplicationError

from activities.orders.activities import OrderActivities
from activities.orders.return_activities import ReturnActivities
from activities.payments.activities import PaymentActivities
from activities.shop_ports import ShopPorts
from domain.shop.asks import ConfirmChange, ReceiveReturn, RefundPayment
from workflows.options import SHOP

PLAIN_PAUSE_S = 0.5
PLAIN_GIVES_UP_AFTER = 8
"""Refusals in a row, until somebody has to look at it; what is not answered is repeated for ever."""

WORKS = "works"


class Way(StrEnum):
    """How an errand is carried out."""

    OURS = "Duecourse"
    PLAIN = "plain retry"


class Errand(BaseModel):
    """What is to be done, in both ways. It is all that a worker is told.

    Attributes:
        path: of the one request that does it, without what our way asks before and after.
        body: of that request.
    """

    model_config = ConfigDict(frozen=True)

    way: Way
    ask: ConfirmChange | ReceiveReturn | RefundPayment = Field(discriminator="do")
    path: str
    body: dict[str, Any]
    url: str
    api_key: str = Field(repr=False)
    database: str


async def carry_out(errand: Errand, ports: ShopPorts) -> str:
    """Carry it out to its end, in its way; returns `works`, or why it was given up."""
    if errand.way is Way.PLAIN:
        return await _repeated(errand)
    return await _as_an_activity(errand, ports)


async def _as_an_activity(errand: Errand, ports: ShopPorts) -> str:
    """What Temporal does with an activity of ours, with the timeouts and retries of our workflows."""
    retries, within = SHOP["retry_policy"], SHOP["start_to_close_timeout"].total_seconds()
    pause = retries.initial_interval.total_seconds()
    deed = _activity(errand, ports)
    while True:
        try:
            await asyncio.wait_for(deed(errand.ask), within)
        except ApplicationError as error:
            if error.non_retryable:
                return str(error.type)
        except TimeoutError:
            pass
        else:
            return WORKS
        await asyncio.sleep(pause)
        longest = retries.maximum_interval.total_seconds() if retries.maximum_interval else pause
        pause = min(pause * retries.backoff_coefficient, longest)


def _activity(errand: Errand, ports: ShopPorts) -> Callable[[Any], Awaitable[object]]:
    if isinstance(errand.ask, RefundPayment):
        return PaymentActivities(ports.payments).refund_payment
    if isinstance(errand.ask, ReceiveReturn):
        return ReturnActivities(ports.orders).receive_return
    return OrderActivities(ports.orders).confirm_change


async def _repeated(errand: Errand) -> str:
    """No key that is looked for, nothing read, no lock: the request again, until it is answered with 200."""
    refusals = 0
    async with httpx.AsyncClient(base_url=errand.url, auth=(errand.api_key, ""), timeout=60) as http:
        while True:
            try:
                answer = await http.post(f"/admin/{errand.path}", json=errand.body)
            except httpx.TransportError:
                pass
            else:
                if answer.is_success:
                    return WORKS
                refusals = 0 if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else refusals + 1
                if refusals == PLAIN_GIVES_UP_AFTER:
                    return f"{answer.status_code} again and again"
            await asyncio.sleep(PLAIN_PAUSE_S)
