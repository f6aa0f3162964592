"""What every shop promises about money: paid back once for each key, never more than there is."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import CurrencyMismatchError, InvalidInputError
from domain.money import Money
from domain.shop.errors import (
    KeyReusedError,
    NothingUnderKeyError,
    OrderNotFoundError,
    RefundExceedsError,
    RefundInProgressError,
    StepStateError,
)
from domain.shop.orders import Order
from domain.shop.payments import CollectionStatus, RefundStatus
from domain.sla.spans import DAY, HOUR
from tests.activities.shop.stage import Stage


def yuan(fen: int) -> Money:
    return Money(minor=fen, currency="CNY")


async def paid(stage: Stage, fen: int = 10_000) -> Order:
    return await stage.place((await stage.offer(price=fen), 1))


class TestPaymentGateway:
    async def test_account_tells_what_was_taken_and_given_back(self, stage: Stage) -> None:
        order = await paid(stage)
        await stage.payments.refund(stage.key("refund"), order.id, yuan(2_500), "late")
        account = await stage.payments.account(order.id)
        assert (account.captured, account.refunded, account.refundable) == (yuan(10_000), yuan(2_500), yuan(7_500))
        with pytest.raises(OrderNotFoundError):
            await stage.payments.account("nowhere")

    async def test_repeated_refund_pays_once(self, stage: Stage) -> None:
        order, key = await paid(stage), stage.key("refund")
        assert await stage.payments.find_refund(key, order.id) is None
        refund = await stage.payments.refund(key, order.id, yuan(4_000), "late")
        again = await stage.payments.refund(key, order.id, yuan(4_000), "said in other words")
        assert again.id == refund.id
        assert refund.status is not RefundStatus.FAILED
        found = await stage.payments.find_refund(key, order.id)
        assert found
        assert (found.id, found.amount) == (refund.id, yuan(4_000))
        assert (await stage.payments.account(order.id)).refunded == yuan(4_000)

    async def test_same_refund_many_times_at_once_pays_once(self, stage: Stage) -> None:
        order, key = await paid(stage), stage.key("refund")
        got = await asyncio.gather(
            *(stage.payments.refund(key, order.id, yuan(4_000), "late") for _ in range(4)), return_exceptions=True
        )
        refused = [answer for answer in got if isinstance(answer, BaseException)]
        assert all(isinstance(answer, RefundInProgressError) for answer in refused)
        assert len({answer.id for answer in got if not isinstance(answer, BaseException)}) == 1
        assert (await stage.payments.account(order.id)).refunded == yuan(4_000)
        assert [refund.key for refund in await stage.payments.refunds(order.id)] == [key]

    async def test_different_refunds_at_once_never_exceed_what_was_taken(self, stage: Stage) -> None:
        order = await paid(stage)
        keys = [stage.key("refund") for _ in range(4)]
        got = await asyncio.gather(
            *(stage.payments.refund(key, order.id, yuan(4_000), "late") for key in keys), return_exceptions=True
        )
        refused = [answer for answer in got if isinstance(answer, BaseException)]
        assert all(isinstance(answer, (RefundExceedsError, RefundInProgressError)) for answer in refused)
        made = await stage.payments.refunds(order.id)
        assert len(made) == len(keys) - len(refused) <= 2
        assert (await stage.payments.account(order.id)).refunded == yuan(4_000 * len(made))

    async def test_key_stands_for_one_refund(self, stage: Stage) -> None:
        order, other, key = await paid(stage), await paid(stage), stage.key("refund")
        await stage.payments.refund(key, order.id, yuan(4_000), "late")
        with pytest.raises(KeyReusedError):
            await stage.payments.refund(key, order.id, yuan(4_001), "late")
        with pytest.raises(KeyReusedError):
            await stage.payments.refund(key, other.id, yuan(4_000), "late")
        assert await stage.payments.find_refund(key, other.id) is None

    async def test_refund_that_cannot_be_is_refused_with_its_field(self, stage: Stage) -> None:
        order = await paid(stage)
        for refusal, amount in (
            (RefundExceedsError, yuan(10_001)),
            (InvalidInputError, yuan(0)),
            (CurrencyMismatchError, Money(minor=1, currency="EUR")),
        ):
            with pytest.raises(refusal) as said:
                await stage.payments.refund(stage.key("refund"), order.id, amount, "late")
            assert said.value.details["field"] == "amount"
        assert await stage.payments.refunds(order.id) == []

    async def test_collected_difference_can_be_refunded_like_all_other_money(self, stage: Stage) -> None:
        order, key = await paid(stage), stage.key("collect")
        until = stage.now() + DAY
        collection = await stage.payments.collect(key, order.id, yuan(500), until)
        assert collection.status is CollectionStatus.PENDING
        assert await stage.payments.collect(key, order.id, yuan(500), until) == collection
        assert (await stage.payments.account(order.id)).captured == yuan(10_000)
        for _ in range(2):
            await stage.pay(key, order.id)
        found = await stage.payments.find_collection(key, order.id)
        assert found
        assert (found.status, found.amount) == (CollectionStatus.PAID, yuan(500))
        assert found.paid_at is not None
        await stage.payments.refund(stage.key("refund"), order.id, yuan(10_500), "all of it")
        assert (await stage.payments.account(order.id)).refundable == yuan(0)
        with pytest.raises(StepStateError):
            await stage.payments.release_collection(key, order.id)

    async def test_collection_that_nobody_pays_lapses(self, stage: Stage) -> None:
        order, key = await paid(stage), stage.key("collect")
        await stage.payments.collect(key, order.id, yuan(500), stage.now() + HOUR)
        await stage.pass_time(HOUR)
        found = await stage.payments.find_collection(key, order.id)
        assert found
        assert found.status is CollectionStatus.LAPSED
        with pytest.raises(StepStateError):
            await stage.pay(key, order.id)
        assert (await stage.payments.release_collection(key, order.id)).status is CollectionStatus.LAPSED
        assert (await stage.payments.account(order.id)).captured == yuan(10_000)

    async def test_released_collection_takes_no_money(self, stage: Stage) -> None:
        order, key = await paid(stage), stage.key("collect")
        assert await stage.payments.find_collection(key, order.id) is None
        await stage.payments.collect(key, order.id, yuan(500), stage.now() + HOUR)
        for _ in range(2):
            assert (await stage.payments.release_collection(key, order.id)).status is CollectionStatus.RELEASED
        with pytest.raises(StepStateError):
            await stage.pay(key, order.id)
        with pytest.raises(NothingUnderKeyError):
            await stage.payments.release_collection(stage.key("collect"), order.id)

    async def test_collection_that_cannot_be_is_refused_with_its_field(self, stage: Stage) -> None:
        order, later = await paid(stage), stage.now() + HOUR
        for refusal, amount, until, named in (
            (InvalidInputError, yuan(0), later, "amount"),
            (CurrencyMismatchError, Money(minor=1, currency="EUR"), later, "amount"),
            (InvalidInputError, yuan(1), stage.now(), "lapses_at"),
        ):
            with pytest.raises(refusal) as said:
                await stage.payments.collect(stage.key("collect"), order.id, amount, until)
            assert said.value.details["field"] == named
