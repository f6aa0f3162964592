"""What a shop and a carrier tell by themselves, and the signals that cases get of it.

A signal has no authority: it says where to look, and the case looks. So one that is wrong, late, doubled or forged does
no harm, and one that is lost is made up for by looking again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from domain.shop.parcels import Scan
from domain.shop_case.messages import OrderMoved, ParcelScanned, PaymentSettled
from domain.sla.spans import Instant
from domain.timeline import Facts

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class ShopEventKind(StrEnum):
    """The kinds of events that are told as a signal of their own; all others are told as `order_moved`."""

    PAID = "paid"
    PARCEL_SCANNED = "parcel_scanned"


@dataclass(frozen=True, slots=True)
class ShopEvent:
    """Something that happened to an order, as shop or carrier told it. `id` stays the same however often it is told."""

    id: str
    order_id: str
    kind: str
    at: Instant
    facts: Facts


ShopSignal: TypeAlias = PaymentSettled | ParcelScanned | OrderMoved


class Fact(NamedTuple):
    """A signal for the cases about an order. `by` is the key under which one of them did it itself, if one did."""

    order_id: str
    signal: str
    event: ShopSignal
    by: str | None = None

    def news_to(self, case_id: str) -> bool:
        """Whether it is not the case's own doing."""
        return not (self.by or "").startswith(f"{case_id}:")


def fact_of(event: ShopEvent) -> Fact:
    """An event as the signal that it is; its facts may name a `key` and a `parcel`."""
    identity, order_id = identity_of(event.id), event.order_id
    key, parcel = _text(event.facts.get("key")), _text(event.facts.get("parcel"))
    if event.kind == ShopEventKind.PAID:
        # Always news: a case asks for money, it does not pay.
        return Fact(order_id, "payment_settled", PaymentSettled(event_id=identity, key=key or order_id))
    if event.kind == ShopEventKind.PARCEL_SCANNED and parcel:
        return Fact(order_id, "parcel_scanned", ParcelScanned(event_id=identity, parcel_id=parcel))
    return Fact(order_id, "order_moved", OrderMoved(event_id=identity, kind=event.kind), key)


def scanned(order_id: str, scan: Scan) -> ShopEvent:
    """What a scanner saw, as an event about the order."""
    facts: Facts = {"parcel": scan.parcel_id, "status": scan.status.value}
    kind = ShopEventKind.PARCEL_SCANNED.value
    return ShopEvent(f"{order_id}:{kind}:{scan.event_id}", order_id, kind, scan.at, facts)


def identity_of(event_id: str) -> str:
    """The event's id as cases remember it: a longer one, or one with other characters, by its hash."""
    if _IDENTIFIER.fullmatch(event_id):
        return event_id
    return hashlib.sha256(event_id.encode()).hexdigest()[:40]


def _text(value: object) -> str | None:
    return str(value) if value else None
