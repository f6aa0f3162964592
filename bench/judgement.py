"""What is left after chaos, judged by event histories and receivers."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from activities.inventory.embedded import EmbeddedInventory
from activities.orders.embedded import EmbeddedOrderSystem
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.catalog import CATALOG
from activities.shop.transactions import ShopBooks
from activities.store.database import AnyRow
from activities.store.shop_tables import SHOP_DOCUMENTS
from activities.store.tables import COMPENSATIONS, DELIVERIES, OUTBOX
from bench.crowd import Crowd
from bench.crowd_returns import REPAIR_PRICE
from bench.ground import Ground
from bench.sink import MailSink
from domain.shop.payments import CollectionStatus
from domain.tasks import ACTIVE
from starter.audit.auditor import audit_case
from starter.audit.findings import CaseAudit, Verdict, count
from starter.demo.orders import PIECES


@dataclass
class Judgement:
    """What was seen, and what of it is wrong: a kind, a colon, the evidence."""

    seen: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def table(self) -> list[tuple[str, object]]:
        """Lines to print."""
        return list(self.seen.items())


async def judge(
    ground: Ground, crowd: Crowd, sink: MailSink, worker_kills: int, server_kills: int, down: float
) -> Judgement:
    """Look at every case and at every receiver."""
    found = Judgement()
    found.seen |= {"worker killed": worker_kills, "server killed": server_kills, "seconds down in all": f"{down:.0f}"}
    found.seen["cases opened and acknowledged"] = len(set(crowd.cases))
    found.seen["of which order changes / returns"] = f"{len(crowd.orders) - len(crowd.returns)} / {len(crowd.returns)}"
    found.seen["requests answered / repeated"] = f"{len(crowd.acknowledged)} / {crowd.repeated}"
    await settled(ground, crowd.cases)
    audits = [await audit_case(ground.client, case_id, crowd.service.policy) for case_id in crowd.cases]
    _promises(found, audits)
    await _histories(found, ground, crowd)
    await _tasks(found, crowd)
    await _receivers(found, ground, sink)
    repaired = {crowd.returns[audit.case_id] for audit in audits if audit.outcome == "repaired"}
    await _money(found, ground, crowd.orders, repaired)
    await _goods(found, ground, crowd.orders)
    await _left_over(found, ground)
    return found


async def settled(ground: Ground, cases: list[str]) -> None:
    """Wait until the last deeds of cases that are over are done."""
    async with asyncio.timeout(120):
        for case_id in cases:
            await ground.client.get_workflow_handle(case_id).result()


def _promises(found: Judgement, audits: list[CaseAudit]) -> None:
    totals: Counter[Verdict] = Counter()
    for verdicts in count(audits).values():
        totals.update(verdicts)
    found.seen["promises kept / missed and on record"] = f"{totals[Verdict.KEPT]} / {totals[Verdict.MISSED]}"
    found.wrong += [f"promise: {broken}" for audit in audits for broken in audit.broken]
    found.wrong += [f"not ended: {audit.case_id}" for audit in audits if not audit.ended]


async def _histories(found: Judgement, ground: Ground, crowd: Crowd) -> None:
    """Every acknowledged update is an event; every case has completed."""
    known: set[tuple[str, str]] = set()
    for case_id in crowd.cases:
        handle = ground.client.get_workflow_handle(case_id)
        if (await handle.describe()).status is not WorkflowExecutionStatus.COMPLETED:
            found.wrong.append(f"not completed: {case_id}")
        async for event in handle.fetch_history_events():
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request
                known.add((case_id, accepted.meta.update_id.split(":")[0]))
    lost = [asked for asked in crowd.acknowledged if asked not in known]
    found.wrong += [f"acknowledged update lost: {case_id} {request}" for case_id, request in lost]


async def _tasks(found: Judgement, crowd: Crowd) -> None:
    offered = 0
    for case_id in crowd.cases:
        view = await crowd.service.snapshot(case_id)
        ids = [int(task.id.removeprefix("T")) for task in view.tasks]
        offered += len(ids)
        if ids != list(range(1, len(ids) + 1)):
            found.wrong.append(f"task lost: {case_id} has {ids}")
        found.wrong += [f"task left over: {case_id} {task.id}" for task in view.tasks if task.state in ACTIVE]
    found.seen["tasks offered, completed or withdrawn"] = offered


async def _receivers(found: Judgement, ground: Ground, sink: MailSink) -> None:
    async with ground.engine.connect() as connection:
        deliveries: list[AnyRow] = list(await connection.execute(select(DELIVERIES)))
        outbox = set((await connection.execute(select(OUTBOX.c.message_id))).scalars())
        grants = Counter((await connection.execute(select(COMPENSATIONS.c.key))).scalars())
    arrived = set(sink.mails) | outbox
    delivered = [row for row in deliveries if row.state == "delivered"]
    unknown = [row for row in deliveries if row.state == "unknown"]
    found.seen["messages by mail / outbox"] = f"{sum(sink.mails.values())} / {len(outbox)}"
    found.seen["of unknown fate, given to a person"] = len(unknown)
    found.seen["compensations granted"] = sum(grants.values())
    found.wrong += [f"mail twice: {mail} × {times}" for mail, times in sink.mails.items() if times > 1]
    found.wrong += [f"reported but not there: {row.key}" for row in delivered if row.reference not in arrived]
    # What nobody was told of may only be a mail of unknown fate.
    unreported = len(arrived) - len({row.reference for row in delivered})
    if unreported > len(unknown):
        found.wrong.append(f"arrived without a record: {unreported - len(unknown)} messages")
    found.wrong += [f"compensated twice: {key}" for key, times in grants.items() if times > 1]


async def _money(found: Judgement, ground: Ground, orders: list[str], repaired: set[str]) -> None:
    """Money in and out is what each order is worth, and what its goods were repaired for."""
    books = ShopBooks(ground.engine)
    shop, payments = EmbeddedOrderSystem(books), EmbeddedPaymentGateway(books)
    for order_id in orders:
        order, account = await shop.order(order_id), await payments.account(order_id)
        worth = order.total.plus(REPAIR_PRICE) if order_id in repaired else order.total
        if account.refundable != worth:
            found.wrong.append(f"money: order {order_id} is worth {worth}, {account.refundable} was kept")


async def _goods(found: Judgement, ground: Ground, orders: list[str]) -> None:
    """Every piece is on the shelf, set aside or with a customer; what is kept on the shelf is what somebody ordered."""
    books = ShopBooks(ground.engine)
    out: Counter[str] = Counter()
    promised: Counter[str] = Counter()
    for order_id in orders:
        for line in (await EmbeddedOrderSystem(books).order(order_id)).lines:
            out[line.variant_id] += line.shipped - line.returned
            promised[line.variant_id] += line.quantity - line.shipped
    for variant in CATALOG:
        level = await EmbeddedInventory(books).level(variant.id)
        pieces = level.on_hand + level.set_aside + out[variant.id]
        if pieces != PIECES:
            found.wrong.append(f"goods: of {PIECES} {variant.id} there are {pieces}")
        if level.reserved != promised[variant.id]:
            found.wrong.append(f"goods: {level.reserved} {variant.id} are kept, {promised[variant.id]} were ordered")
    found.seen["pieces with customers, none lost or doubled"] = sum(out.values())


async def _left_over(found: Judgement, ground: Ground) -> None:
    """Nothing that was begun at the shop is left as it was begun."""
    payments = EmbeddedPaymentGateway(ShopBooks(ground.engine))
    begun = {"change": "staged", "reservation": "held", "return": "requested"}
    async with ground.engine.connect() as connection:
        documents: list[AnyRow] = list(await connection.execute(select(SHOP_DOCUMENTS)))
    left = [row.key for row in documents if begun.get(row.kind) == row.status]
    for row in [row for row in documents if row.kind == "collection"]:
        # As the shop sees it now: one whose time is over has lapsed, whatever was written last.
        collection = await payments.find_collection(row.key, row.about)
        left += [row.key] if collection and collection.status is CollectionStatus.PENDING else []
    found.wrong += [f"left at the shop: {key}" for key in left]
    found.seen["done at the shop, each under one key"] = len(documents)
