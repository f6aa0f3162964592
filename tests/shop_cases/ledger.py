"""The balance at the end: each effect once, nothing kept for nobody, and the customer's money is worth their goods."""

from __future__ import annotations

from collections import Counter

from domain.order_change.case import OrderChange
from domain.returns.case import Return
from domain.returns.wish import ReturnKind
from domain.shop import asks
from domain.shop_case.plan import COLLECT, REFUND
from domain.shop_case.state import StepState, TakenStep
from domain.sla.spans import Instant
from tests.shop_cases.books import Books, Document
from tests.shop_cases.lives import Life

NEW_DOCUMENTS = {
    "stage_change": "change",
    "cancel_order": "cancellation",
    "request_return": "return",
    "receive_return": "receipt",
    "send_replacement": "replacement",
    "refund_payment": "refund",
    "collect_payment": "collection",
    "reserve_stock": "reservation",
    "create_label": "parcel",
    "intercept_parcel": "interception",
}
"""The asks that begin something of their own at the shop, and what it is there."""

TAKEN_BACK = ("discarded", "canceled", "released", "lapsed")


def check_effects(books: Books, lives: list[Life]) -> None:
    """What stands in the books under a case's keys is what the case asked for, once for each step of its plan."""
    documents = {found.key: found for found in books.documents(*NEW_DOCUMENTS.values())}
    for life in lives:
        mine = [found for key, found in documents.items() if key.startswith(f"{life.id}:")]
        assert {found.key for found in mine} <= life.asked.keys(), "the shop did what nobody asked for"
        standing: Counter[str] = Counter()
        for step in life.case.state.steps:
            if step.ask.do not in NEW_DOCUMENTS or (life.lane and life.lane[0].step == step.name):
                continue
            found = documents.get(step.ask.key) if isinstance(step.ask, asks.Keyed) else None
            _check_step(step, found)
            if found and found.status not in TAKEN_BACK:
                standing[step.name] += 1
        assert not standing or max(standing.values()) == 1, f"done twice: {standing}"


def _check_step(step: TakenStep, found: Document | None) -> None:
    if step.state is StepState.DONE:
        assert found, f"{step.name} is done, and the shop knows nothing of it"
        assert found.kind == NEW_DOCUMENTS[step.ask.do]
        if isinstance(step.ask, asks.RefundPayment | asks.CollectPayment):
            assert found.body["amount"] == step.ask.amount.model_dump()
    elif step.state is StepState.REFUSED:
        assert found is None, f"{step.name} was refused, and done"


def check_ends(books: Books, lives: list[Life], now: Instant) -> None:
    """Nothing is left open at the shop, and nobody has paid for what they have not got."""
    ids = tuple(f"{life.id}:" for life in lives)
    open_ones = {key for key, _ in books.pending(now)}
    left = [
        found
        for found in books.documents("change", "reservation", "collection", "return")
        if found.key.startswith(ids) and (found.status in ("staged", "held", "requested") or found.key in open_ones)
    ]
    by_hand = {life.id for life in lives if life.settled_by_hand}
    assert not [found for found in left if found.key.partition(":")[0] not in by_hand], left
    for order in books.orders():
        mine = [life for life in lives if life.order_id == order["id"]]
        if not any(life.settled_by_hand for life in mine):
            _check_money(books, order["id"], mine)


def _check_money(books: Books, order_id: str, lives: list[Life]) -> None:
    order = books.order(order_id)
    captured, refunded = books.account(order_id)
    if not captured and not any(line["delivered"] for line in order["lines"]):
        return  # paid when it arrives, and nothing has
    extra = sum(_beyond_goods(books, life) for life in lives)
    kept, paid = order["total"]["minor"] + extra, captured - refunded
    stories = [
        (life.id, life.case.state.outcome, [(s.name, s.state.value) for s in life.case.state.steps]) for life in lives
    ]
    assert paid == kept, f"{order_id}: paid {paid}, has {kept}: {stories}"


def _beyond_goods(books: Books, life: Life) -> int:
    """What a customer paid for work, less what they got back for goods that the shop cannot book as returned."""
    if isinstance(life.case, OrderChange):
        return -_written_off(books, life)
    return _repair(life.case) - _without_goods(life.case)


def _written_off(books: Books, life: Life) -> int:
    """What is on the books as owed for a parcel that never came back, and was paid back all the same."""
    if not isinstance(life.case, OrderChange) or not life.case.state.written_off:
        return 0
    mine = [found for found in books.documents("cancellation") if found.key.startswith(f"{life.id}:")]
    return sum(int(found.body["after"]["minor"]) for found in mine)


def _repair(case: Return) -> int:
    done = case.find_step(COLLECT)
    paid = done is not None and done.paid and done.state is StepState.DONE
    if case.state.wanted.kind is not ReturnKind.REPAIR or not paid:
        return 0
    assert case.state.price
    return case.state.price.minor


def _without_goods(case: Return) -> int:
    if case.find_step("request_return"):
        return 0
    refunds = [step for step in case.state.steps if step.name.startswith(REFUND) and step.state is StepState.DONE]
    return sum(step.ask.amount.minor for step in refunds if isinstance(step.ask, asks.RefundPayment))
