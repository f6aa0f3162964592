"""Events of shop and carrier as signals: under ids that stay the same, and never told to whoever did it."""

from __future__ import annotations

from domain.shop.parcels import ParcelStatus, Scan
from domain.shop_case.events import ShopEvent, fact_of, identity_of, scanned
from domain.shop_case.messages import OrderMoved, ParcelScanned, PaymentSettled
from tests.domain.changes import CUP, changing


def test_long_and_odd_event_ids_become_identifiers_that_stay_the_same() -> None:
    assert identity_of("o1:shipped:p1") == "o1:shipped:p1"
    for odd in ("x" * 65, "with blank", "", "é"):
        assert identity_of(odd) == identity_of(odd)
        assert len(identity_of(odd)) == 40
    assert identity_of("x" * 65) != identity_of("x" * 66)


def test_scan_without_a_parcel_is_told_as_something_that_happened() -> None:
    assert fact_of(ShopEvent("e1", "o1", "parcel_scanned", 1, {})).signal == "order_moved"


def test_payment_names_its_key_or_the_order_and_is_news_to_everybody() -> None:
    keyed = fact_of(ShopEvent("e1", "o1", "paid", 1, {"key": "M1:collect_payment:1"}))
    assert keyed.event == PaymentSettled(event_id="e1", key="M1:collect_payment:1")
    assert keyed.news_to("M1")
    assert fact_of(ShopEvent("e1", "o1", "paid", 1, {})).event == PaymentSettled(event_id="e1", key="o1")


def test_scan_is_told_under_an_id_that_follows_from_the_scan() -> None:
    scan = Scan(event_id="s1", parcel_id="p1", status=ParcelStatus.LOST, at=5)
    fact = fact_of(scanned("o1", scan))
    assert (fact.signal, fact.event) == (
        "parcel_scanned",
        ParcelScanned(event_id="o1:parcel_scanned:s1", parcel_id="p1"),
    )


def test_what_a_case_did_itself_is_news_to_others_only() -> None:
    fact = fact_of(ShopEvent("e1", "o1", "refunded", 1, {"key": "M1:refund_payment:1"}))
    assert [fact.news_to(case) for case in ("M1", "M2", "M")] == [False, True, True]


def test_what_happened_to_the_order_stands_on_the_timeline_once() -> None:
    change = changing(lines=CUP)
    for _ in range(2):
        change.case.order_moved(OrderMoved(event_id="e1", kind="shipped"), 7)
    moved = [entry.facts for entry in change.case.state.timeline.entries if entry.what == "order_moved"]
    assert moved == [{"kind": "shipped"}]
