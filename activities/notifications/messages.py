"""One message to a customer, exactly once: the ledger knows what a former attempt did, the adapter carries the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import structlog

from activities.clock import Clock, wall_clock
from activities.customers.port import CustomerDirectory
from activities.effects.port import (
    LONGEST_ATTEMPT,
    RENEWED_EVERY,
    AttemptSupersededError,
    EffectLedger,
    EffectState,
)
from activities.notifications.attempts import Attempt
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.page_line import PageLine
from activities.notifications.port import (
    DeliveryUnknownError,
    Envelope,
    MessageAdapter,
    PermanentDeliveryError,
    TransientDeliveryError,
    message_id,
)
from activities.notifications.templates import Letter, TemplateFailedError, render
from domain.deeds import CheckOrder, DeliveryReport, MessageOrder
from domain.people import DeliveryChannel
from domain.policy import Policy
from domain.sla.spans import SECOND, Instant, Span

Policies: TypeAlias = Callable[[str], Policy]
"""The policy of a version; raises `PolicyUnknownError`."""

log = structlog.get_logger()


class EffectHeldError(Exception):
    """Another attempt is at work on this very message; after `wait` milliseconds it no longer can be."""

    def __init__(self, wait: Span) -> None:
        super().__init__(f"another attempt has up to {wait} ms left")
        self.wait = wait


class CustomerMessages:
    """Sends messages through the adapters that are plugged in, one for each channel."""

    def __init__(
        self,
        *,
        ledger: EffectLedger,
        deliveries: DeliveryRecord,
        adapters: Mapping[DeliveryChannel, MessageAdapter],
        customers: CustomerDirectory,
        policies: Policies,
        message_domain: str = "duecourse.invalid",
        page_line: PageLine | None = None,
        longest_attempt: Span = LONGEST_ATTEMPT,
        renewed_every: Span = RENEWED_EVERY,
    ) -> None:
        """Plug the parts in.

        Args:
            ledger: remembers what was begun, handed over and done.
            deliveries: keeps the outcome with the words.
            adapters: messages over a channel without one fail, so that the workflow tries the next.
            customers: knows the addresses.
            policies: has the templates.
            message_domain: right-hand side of the message ids; in production a domain of your own.
            page_line: leads the customer to their page, below each message.
            longest_attempt: no attempt works longer.
            renewed_every: how often an attempt at work renews its lease in the ledger.
        """
        self._ledger = ledger
        self._deliveries = deliveries
        self._adapters = dict(adapters)
        self._customers = customers
        self._policies = policies
        self._message_domain = message_domain
        self._page_line = page_line
        self._longest_attempt = longest_attempt
        self._renewed_every = renewed_every

    async def send(
        self, order: MessageOrder, clock: Clock = wall_clock, alive: Callable[[], None] = lambda: None
    ) -> DeliveryReport:
        """Send a message, or report what became of it before.

        Args:
            order: the message and its channel.
            clock: tells when it arrived.
            alive: called now and then while an attempt that takes long is at work.

        Raises:
            TransientDeliveryError: to be tried again.
            EffectHeldError: to be tried again later, since another attempt is at it.
            AttemptSupersededError: another attempt has taken over from this one.
        """
        key = f"{order.key}:{order.channel}"
        address, letter, problem = await self._prepare(order)
        envelope = self._enveloped(order, key, address, letter, clock()) if letter else None
        begun = await self._ledger.begin(key, order.case_id, "message")
        if begun.state is EffectState.HELD:
            raise EffectHeldError(begun.wait)
        if begun.state is EffectState.DONE:
            report = DeliveryReport.model_validate_json(begun.result or "")
        else:
            attempt = Attempt(self._ledger, key, order, begun, clock)
            async with self._kept(attempt, alive):
                report = await self._carry_out(envelope, problem, attempt)
        # Without the line that leads to the customer's page: whoever reads the record is not to act as the customer.
        await self._deliveries.write(key, order, report, letter)
        state = {"found": begun.state.value, "state": report.state.value, "detail": report.detail}
        log.info("message_settled", **_facts(order), **state)
        return report

    async def checked(self, order: CheckOrder) -> None:
        """Keep what a person found out about a message of unknown fate."""
        await self._deliveries.check(order)

    async def _prepare(self, order: MessageOrder) -> tuple[str, Letter | None, str]:
        """Where the message goes and what it says, or why there is none."""
        address = await self._customers.address(order.customer_id, order.channel)
        if order.channel not in self._adapters:
            return "", None, f"nothing is plugged in for {order.channel}"
        if not address:
            return "", None, f"the customer has no address for {order.channel}"
        try:
            return address, render(order, self._policies(order.policy)), ""
        except TemplateFailedError as error:
            return "", None, str(error)

    def _enveloped(self, order: MessageOrder, key: str, address: str, letter: Letter, now: Instant) -> Envelope:
        below = self._page_line.below(order, self._policies(order.policy), now) if self._page_line else ""
        return Envelope(
            key=key,
            message_id=message_id(key, self._message_domain),
            channel=order.channel,
            language=order.language,
            address=address,
            subject=letter.subject,
            body=letter.body + below,
            automatic=order.automatic,
        )

    @asynccontextmanager
    async def _kept(self, attempt: Attempt, alive: Callable[[], None]) -> AsyncIterator[None]:
        """Keep the lease of an attempt while it works; one that has lost it is stopped by the fence."""

        async def renew() -> None:
            with suppress(AttemptSupersededError):
                while True:
                    await asyncio.sleep(self._renewed_every / SECOND)
                    alive()
                    await attempt.renew()

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            # Whatever became of it: the outcome of the message is what counts.
            await asyncio.wait([renewing])

    async def _carry_out(self, envelope: Envelope | None, problem: str, attempt: Attempt) -> DeliveryReport:
        try:
            async with asyncio.timeout(self._longest_attempt / SECOND):
                report = await self._deliver(envelope, attempt) if envelope else attempt.refused(problem)
        except BaseException as error:
            await attempt.give_up(error)
            if isinstance(error, TimeoutError):
                raise TransientDeliveryError("it took longer than an attempt may") from None
            raise
        # A worker that is told to stop just now would otherwise leave a doubt about what is known.
        await asyncio.shield(attempt.finish(report))
        return report

    async def _deliver(self, envelope: Envelope, attempt: Attempt) -> DeliveryReport:
        adapter = self._adapters[envelope.channel]
        if attempt.in_doubt and (report := await _settle(adapter, envelope, attempt)):
            return report
        try:
            return attempt.delivered((await adapter.deliver(envelope, attempt.hand_over)).reference)
        except PermanentDeliveryError as error:
            return attempt.refused(error.detail)
        except DeliveryUnknownError as error:
            log.warning("message_in_doubt", **_facts(attempt.order), detail=error.detail)
            if report := await _settle(adapter, envelope, attempt):
                return report
            raise TransientDeliveryError(error.detail) from None


async def _settle(adapter: MessageAdapter, envelope: Envelope, attempt: Attempt) -> DeliveryReport | None:
    return attempt.settled(await adapter.settle(envelope), envelope.message_id)


def _facts(order: MessageOrder) -> dict[str, str]:
    """What every log line about a message names, and all that it may."""
    return {
        "case_id": order.case_id,
        "key": order.key,
        "channel": order.channel.value,
        "template": order.template.value,
    }
