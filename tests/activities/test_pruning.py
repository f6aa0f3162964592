"""Pruning takes the rows of cases that ended long ago, and nothing of any other case."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects.sql import SqlEffectLedger
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.port import Envelope, message_id
from activities.notifications.templates import Letter
from activities.openings.orders import CaseOrders
from activities.openings.register import OpeningRegister
from activities.shop.events import ShopEvents
from activities.store.shop_tables import SHOP_EVENTS
from activities.store.tables import CASE_ORDERS, DELIVERIES, DELIVERY_CHECKS, EFFECTS, OUTBOX
from domain.deeds import CheckOrder, DeliveryReport, DeliveryState, RecordCheck
from domain.people import DeliveryChannel, Language
from domain.shop_case.events import ShopEvent
from starter import pruning
from starter.pruning import prune_rows
from tests.activities.message_samples import order

DOMAIN = "example.com"
NOW, LONG_AGO, BEFORE = 9_000, 1_000, 5_000
EMAIL = DeliveryChannel.EMAIL
TABLES: tuple[Table, ...] = (EFFECTS, DELIVERIES, DELIVERY_CHECKS, OUTBOX)
GOING = {table.name: 9 for table in TABLES} | {CASE_ORDERS.name: 3, SHOP_EVENTS.name: 1}


async def written(engine: AsyncEngine, case_id: str, number: int, at: int) -> None:
    """A message of a case that was sent, reported and checked at this instant."""
    key = f"{case_id}:status_update:{number}"
    ledger = SqlEffectLedger(engine, clock=lambda: at)
    begun = await ledger.begin(f"{key}:email", case_id, "message")
    await ledger.finish(f"{key}:email", begun.attempt, "{}")
    envelope = Envelope(
        f"{key}:email", message_id(f"{key}:email", DOMAIN), EMAIL, Language.EN, "li@example.com", "Where it stands", ""
    )
    await OutboxMessageAdapter(engine).deliver(envelope, hand_over)
    record = DeliveryRecord(engine, clock=lambda: at)
    report = DeliveryReport(state=DeliveryState.UNKNOWN, channel=EMAIL)
    told = order(key=key).model_copy(update={"case_id": case_id})
    await record.write(f"{key}:email", told, report, Letter("Where it stands", ""))
    check = RecordCheck(key=f"{key}:checked", message=key, arrived=True, by="chen", how="asked", at=at)
    await record.check(CheckOrder(case_id=case_id, check=check))


async def hand_over() -> None:
    """Nothing stands in the way."""


@pytest.fixture
async def full(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> AsyncEngine:
    """Cases that ended long ago (c1, c2, c5), one still open (c3), and one that was written about lately (c4)."""
    monkeypatch.setattr(pruning, "BATCH", 2)
    for case_id in ("c1", "c2", "c3", "c4", "c5"):
        for number in range(3):
            await written(engine, case_id, number, LONG_AGO)
        await OpeningRegister(engine).reserve(case_id, source="shop", reference=None, request_hash="", hears_of="o1")
    await written(engine, "c4", 3, NOW)
    for event, at in (("told", LONG_AGO), ("untold", LONG_AGO), ("young", NOW)):
        await ShopEvents(engine).take_in(ShopEvent(event, "o1", "paid", at, {}))
    await ShopEvents(engine).mark_told(["told", "young"])
    return engine


async def c3_runs(case_id: str) -> bool:
    return case_id == "c3"


async def left(engine: AsyncEngine) -> list[int]:
    """How many rows each table has."""
    async with engine.connect() as connection:
        return [len(list(await connection.execute(select(table)))) for table in TABLES]


async def test_without_really_everything_stays_and_is_counted(full: AsyncEngine) -> None:
    before = await left(full)
    found = await prune_rows(full, c3_runs, BEFORE, DOMAIN, really=False)
    assert (found.cases, found.deleted) == (3, False)
    assert dict(found.rows) == GOING
    assert await left(full) == before == [16, 16, 16, 16]


async def test_rows_of_cases_that_ended_long_ago_go_and_no_others(full: AsyncEngine) -> None:
    assert (await prune_rows(full, c3_runs, BEFORE, DOMAIN, really=True)).cases == 3
    assert await left(full) == [7, 7, 7, 7]
    deliveries = DeliveryRecord(full)
    assert [len(await deliveries.of_case(case_id)) for case_id in ("c1", "c3", "c4", "c5")] == [0, 3, 4, 0]
    assert (await prune_rows(full, c3_runs, BEFORE, DOMAIN, really=True)).cases == 0


async def test_cases_that_ended_listen_no_more_and_events_that_were_told_long_ago_go(full: AsyncEngine) -> None:
    await prune_rows(full, c3_runs, BEFORE, DOMAIN, really=True)
    assert await CaseOrders(full).listening("o1") == ["c3", "c4"]
    async with full.connect() as connection:
        kept = await connection.execute(select(SHOP_EVENTS.c.id).order_by(SHOP_EVENTS.c.id))
        assert list(kept.scalars()) == ["untold", "young"]
