"""What may come back: by the rules, by a person, or not at all; and what makes no sense as a wish."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.people import Actor, Role
from domain.returns.messages import ReturnOutcome
from domain.returns.wish import ReturnWish, WantedItem
from domain.shop.orders import Order, counted
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from tests.domain.cases import CUSTOMER, STRANGER, charter
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered, outbound, returning_shop
from tests.domain.returns import CLERK, item, return_rules, returning

NO_SENSE: list[dict[str, Any]] = [
    {"kind": "refund", "items": []},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": 0, "reason": "changed_mind"}]},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": -1, "reason": "changed_mind"}]},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": 10_000, "reason": "changed_mind"}]},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged"}] * 2},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged", "variant_id": "v"}]},
    {"kind": "exchange", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged"}]},
    {"kind": "claim", "items": [{"line_id": "l1", "quantity": 1, "reason": "changed_mind"}]},
    {"kind": "claim", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged"}], "claimed": "repair"},
    {"kind": "refund", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged"}], "in_advance": True},
    {"kind": "theft", "items": [{"line_id": "l1", "quantity": 1, "reason": "damaged"}]},
]


@pytest.mark.parametrize("wish", NO_SENSE, ids=range(len(NO_SENSE)))
def test_wish_that_makes_no_sense_is_refused_at_the_door(wish: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReturnWish.model_validate(wish)


def worn(**fields: Any) -> WantedItem:
    return item(condition="used", **fields)


ASKED = [
    ("refund", item(), delivered(), 8 * DAY, "window_over"),
    ("exchange", item(variant_id="urn"), delivered(), 16 * DAY, "window_over"),
    ("claim", item(reason="damaged"), delivered(), 16 * DAY, "window_over"),
    ("refund", worn(), delivered(), DAY, "condition"),
]


@pytest.mark.parametrize(("kind", "wanted", "order", "ago", "why"), ASKED)
def test_what_the_rules_leave_open_is_decided_by_a_person(
    kind: str, wanted: WantedItem, order: Order, ago: int, why: str
) -> None:
    running = returning(kind, wanted, shop=returning_shop(order, ago))
    assert running.case.status == "deciding"
    assert running.task("decide_return").brief["why"] == why
    running.decide()
    assert running.case.state.permitted_by == CLERK.id
    assert running.case.status in ("awaiting_parcel", "confirming")


def test_person_refuses_with_a_reason_that_the_customer_is_told() -> None:
    running = returning(shop=returning_shop(delivered(), 8 * DAY))
    assert running.clock(ClockKind.RETURN_WINDOW).state == "cancelled"
    running.decide(approved=False)
    assert (running.case.status, running.reason) == ("refused", "refused")
    assert running.messages[-1].words["text"] == "looked at it"


REFUSED = [
    ("refund", item(2), delivered(), "line_not_found"),
    ("refund", item(quantity=2), delivered(), "not_delivered"),
    ("refund", item(), delivered().model_copy(update={"lines": ()}), "line_not_found"),
    ("refund", item(), delivered("tea"), "category"),
    ("refund", item(), counted(delivered(), {"o1-1": {"return_requested": 1}}), "already_returned"),
    ("refund", item(), counted(delivered(), {"o1-1": {"returned": 1}}), "already_returned"),
]


@pytest.mark.parametrize(("kind", "wanted", "order", "why"), REFUSED)
def test_what_cannot_come_back_is_refused_at_once(kind: str, wanted: WantedItem, order: Order, why: str) -> None:
    running = returning(kind, wanted, order=order)
    assert (running.case.status, running.reason) == ("refused", why)
    assert running.shop.asked == ["read_order", "find_parcels"]


def test_food_comes_back_for_a_fault() -> None:
    assert returning("refund", item(reason="damaged"), order=delivered("tea")).case.status == "awaiting_parcel"


def test_used_goods_come_back_for_a_fault() -> None:
    assert returning("refund", worn(reason="defective")).case.status == "awaiting_parcel"


def test_window_of_a_category_is_its_own() -> None:
    policy = return_rules("books", categories={"kitchen": {"windows": {"refund": 30 * DAY}}})
    assert returning(shop=returning_shop(delivered(), 20 * DAY), policy=policy).case.status == "awaiting_parcel"


def test_without_a_scan_the_window_runs_from_the_order() -> None:
    shop = returning_shop(delivered(ago=6 * DAY))
    shop.parcels = []
    assert returning(shop=shop).task("decide_return").brief["why"] == "window_over"


def test_first_scan_of_a_delivery_and_only_of_an_outbound_parcel_counts() -> None:
    order = delivered()
    shop = returning_shop(order, 8 * DAY)
    early, late = shop.parcels[0], outbound(order, shop.parcels[0].scans[0].at + 7 * DAY)
    shop.parcels = [early, late]
    assert returning(shop=shop).case.status == "awaiting_parcel", "the newest pieces of the line came later"


def test_repair_has_no_window() -> None:
    running = returning("repair", item(reason="defective"), shop=returning_shop(delivered(), 900 * DAY))
    assert running.case.status == "awaiting_parcel"
    assert running.case.state.in_warranty is False
    assert not [clock for clock in running.case.state.clocks if clock.kind is ClockKind.RETURN_WINDOW]


def test_dear_replacement_in_advance_is_decided_by_a_person() -> None:
    running = returning("exchange", item(variant_id="oven"), order=delivered("oven"), in_advance=True)
    assert running.task("decide_return").brief["why"] == "in_advance"


def test_claim_for_what_never_arrived_is_decided_by_a_person_and_not_booked() -> None:
    order = delivered()
    lost = order.model_copy(update={"lines": (order.lines[0].model_copy(update={"delivered": 0}),)})
    shop = returning_shop(lost)
    shop.parcels = []
    running = returning("claim", item(reason="missing"), shop=shop)
    assert running.task("decide_return").brief["why"] == "not_delivered"
    running.decide()
    assert running.shop.refunded == yuan(100)
    assert "request_return" not in running.shop.asked


def test_second_claim_for_a_replaced_piece_finds_nothing_left() -> None:
    first = returning("claim", item(reason="damaged"), claimed="replacement")
    second = returning("claim", item(reason="damaged"), shop=first.shop)
    assert second.reason == "already_returned"


# Who asks.


def test_strangers_order_is_verified_first_and_nothing_told_of_it() -> None:
    running = returning(order=delivered(customer_id=STRANGER.id))
    assert running.case.status == "verifying"
    assert running.messages[-1].words["goods"] is None
    assert running.messages[-1].words["order_number"] == "o1"
    running.complete(CLERK, "verify_identity", verified=True, how="by phone")
    assert running.case.status == "awaiting_parcel"
    assert CLERK.id in running.case.state.hands


def test_unverified_stranger_gets_nothing() -> None:
    running = returning(order=delivered(customer_id=STRANGER.id))
    running.complete(CLERK, "verify_identity", verified=False, how="knew nothing")
    assert (running.case.status, running.reason) == ("refused", "not_verified")
    assert "request_return" not in running.shop.asked


def test_only_the_customer_or_staff_may_ask() -> None:
    running = returning("exchange", item(variant_id="oven"))
    with running.refused("not_allowed"):
        running.agree(actor=STRANGER)
    with running.refused("currency_mismatch"):
        running.agree(amount={"minor": 20_000, "currency": "EUR"})
    with running.refused("invalid_input"):
        running.agree(amount=yuan(1))
    with running.refused("wrong_status"):
        running.sent()
    with running.refused("wrong_status"):
        running.rate()
    running.withdraw(Actor(id="online-01", role=Role.AGENT, teams=("online",)))
    assert running.case.state.outcome is ReturnOutcome.WITHDRAWN
    with running.refused("wrong_status"):
        running.agree()
    assert CUSTOMER.id not in running.case.state.hands


def test_vip_waits_half_as_long() -> None:
    assert charter().returns.time_for("decide_return", "high") == 2 * HOUR


def test_unknown_line_is_worth_nothing_in_advance_either() -> None:
    running = returning("exchange", item(7, variant_id="urn"), in_advance=True)
    assert running.reason == "line_not_found"


def test_parcel_that_was_not_seen_yet_says_nothing_about_a_delivery() -> None:
    order = delivered(ago=6 * DAY)
    shop = returning_shop(order)
    shop.parcels = [shop.parcels[0].model_copy(update={"scans": ()})]
    assert returning(shop=shop).task("decide_return").brief["why"] == "window_over"
