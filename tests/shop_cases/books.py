"""The shop's books, read as rows past everything that writes them, and what must be true of them at every moment."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from domain.sla.spans import Instant
from tests.shop_cases.shop import GOODS, PIECES

CAME_IN = PIECES
"""Pieces of each variant that ever came into the warehouse."""


class Document(NamedTuple):
    """What was done under a key."""

    key: str
    kind: str
    status: str
    about: str
    body: dict[str, Any]


class Books:
    """A reader of the store's file."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)

    def close(self) -> None:
        self._connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    def order(self, order_id: str) -> dict[str, Any]:
        [(document,)] = self.rows("SELECT document FROM shop_orders WHERE id = ?", order_id)
        found: dict[str, Any] = json.loads(document)
        return found

    def orders(self) -> list[dict[str, Any]]:
        return [json.loads(document) for (document,) in self.rows("SELECT document FROM shop_orders ORDER BY id")]

    def documents(self, *kinds: str) -> list[Document]:
        query = "SELECT key, kind, status, about, document FROM shop_documents ORDER BY at, key"
        return [
            Document(key, kind, status, about, json.loads(body))
            for key, kind, status, about, body in self.rows(query)
            if kind in kinds
        ]

    def account(self, order_id: str) -> tuple[int, int]:
        """What was captured and what was refunded, in minor units."""
        [found] = self.rows("SELECT captured, refunded FROM shop_accounts WHERE order_id = ?", order_id)
        return found[0], found[1]

    def pending(self, now: Instant) -> list[tuple[str, str]]:
        """Key and order of every collection that can still be paid."""
        return [
            (found.key, found.about)
            for found in self.documents("collection")
            if found.status == "pending" and found.body["lapses_at"] > now
        ]

    # What must always be true.

    def check(self) -> None:
        self._goods_add_up()
        self._money_adds_up()
        self._one_change_at_most()

    def _goods_add_up(self) -> None:
        """On the shelf, set aside, or gone out and not come back: all that came in, and no piece promised twice."""
        out: Counter[str] = Counter()
        promised: Counter[str] = Counter()
        for order in self.orders():
            for line in order["lines"]:
                assert 0 <= line["returned"] + line["return_requested"] <= line["delivered"] <= line["shipped"]
                assert line["shipped"] <= line["fulfilled"] <= line["quantity"]
                out[line["variant_id"]] += line["shipped"] - line["returned"]
                promised[line["variant_id"]] += line["quantity"] - line["shipped"]
        for kept in self.documents("reservation"):
            assert kept.status in ("held", "released"), "no case takes goods out"
            promised[kept.about] += kept.body["quantity"] if kept.status == "held" else 0
        levels = self.rows("SELECT variant_id, on_hand, reserved, set_aside FROM shop_stock")
        for name, on_hand, reserved, set_aside in levels:
            assert on_hand + set_aside + out[name] == CAME_IN, name
            assert min(on_hand, set_aside, out[name]) >= 0, name
            assert reserved == promised[name] <= on_hand, name
        assert {name for name, *_ in levels} == set(GOODS)

    def _money_adds_up(self) -> None:
        """Each account is what was charged, collected and paid back under keys; never less than nothing."""
        refunds, collected = Counter[str](), Counter[str]()
        for refund in self.documents("refund"):
            refunds[refund.about] += refund.body["amount"]["minor"]
        for collection in self.documents("collection"):
            paid = collection.status == "paid"
            collected[collection.about] += collection.body["amount"]["minor"] if paid else 0
        for order in self.orders():
            captured, refunded = self.account(order["id"])
            assert refunds[order["id"]] == refunded <= captured
            assert captured == self._charged(order) + collected[order["id"]]
            owed = sum(line["unit_price"]["minor"] * (line["quantity"] - line["returned"]) for line in order["lines"])
            fee = order["shipping"]["minor"] if any(line["quantity"] for line in order["lines"]) else 0
            assert order["total"]["minor"] == owed + fee

    def _charged(self, order: dict[str, Any]) -> int:
        """What was taken when the order was placed, or at the door."""
        if order["id"] in CHARGED:
            return CHARGED[order["id"]]
        told = self.rows("SELECT facts FROM shop_events WHERE order_id = ? AND kind = 'paid'", order["id"])
        return sum(json.loads(facts)["minor"] for (facts,) in told if "key" not in json.loads(facts))

    def _one_change_at_most(self) -> None:
        staged = Counter(change.about for change in self.documents("change") if change.status == "staged")
        assert set(staged.values()) <= {1}


CHARGED = {"o1": 32_800, "o3": 65_000, "o4": 68_800}
"""What was taken of each order when it was placed."""
