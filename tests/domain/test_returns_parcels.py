"""Parcels of returns: not sent, lost, turned back, in several parts; and what goes out to the customer."""

from __future__ import annotations

from domain.shop.parcels import ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from domain.templates import TemplateName
from tests.domain.cases import SUPERVISOR
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import RunningReturn, item, refusing, returning

# Coming.


def test_parcel_that_is_not_sent_is_asked_for_and_the_return_lapses() -> None:
    running = returning()
    running.wait(14 * DAY)
    assert (running.case.status, running.reason) == ("lapsed", "not_sent")
    assert running.told.count(TemplateName.RETURN_REMINDER) == 2
    assert running.shop.returns == {}
    assert running.shop.asked[-2:] == ["read_parcel", "undo request_return"]


def test_scan_whose_word_was_lost_is_found_before_the_return_lapses() -> None:
    running = returning()
    running.shop.move(ParcelStatus.IN_TRANSIT, running.now)
    running.wait(14 * DAY)
    assert running.case.status == "in_transit"


def test_customer_says_that_it_is_sent_and_nobody_ever_sees_it() -> None:
    running = returning()
    running.sent()
    assert running.case.status == "in_transit"
    running.wait(7 * DAY)
    assert running.case.status == "tracing"
    assert running.news == ["in_transit", "tracing"]
    running.trace("not_sent")
    assert (running.case.status, running.reason) == ("lapsed", "not_sent")


def test_parcel_that_nobody_picked_up_is_there_all_the_same() -> None:
    running = returning()
    running.scanned(ParcelStatus.DELIVERED)
    assert running.case.status == "inspecting"


def test_lost_parcel_is_not_the_customers_loss() -> None:
    running = returning()
    running.scanned(ParcelStatus.LOST)
    assert running.case.status == "tracing"
    running.trace("lost")
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
    assert [one.other for one in running.shop.received] == [1]


def test_lost_parcel_that_was_to_be_repaired_is_refunded() -> None:
    running = returning("repair", item(reason="defective"))
    running.scanned(ParcelStatus.LOST)
    running.trace("lost")
    assert running.shop.refunded == yuan(100)
    assert running.case.state.remedy == "refund"


def test_parcel_that_was_found_goes_on() -> None:
    running = returning()
    running.scanned(ParcelStatus.PICKED_UP)
    running.scanned(ParcelStatus.LOST)
    running.trace("on_its_way")
    assert running.case.status == "in_transit"
    running.wait(HOUR)
    running.scanned(ParcelStatus.TURNED_BACK)
    assert running.case.status == "tracing", "something new is wrong with it"
    running.trace("arrived")
    assert running.case.status == "inspecting"


def test_half_way_it_is_looked_at_without_a_word() -> None:
    running = returning()
    running.scanned(ParcelStatus.PICKED_UP)
    running.shop.move(ParcelStatus.DELIVERED, running.now)
    running.wait(4 * DAY)
    assert running.case.status == "inspecting"


# In several parts.


def in_two_parts(**fields: object) -> RunningReturn:
    running = returning("refund", item(quantity=3), order=delivered(pieces=3), **fields)  # type: ignore[arg-type]
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}], more_to_come=True)
    return running


def test_part_that_came_is_settled_and_the_rest_gets_a_label() -> None:
    running = in_two_parts()
    assert running.case.status == "awaiting_parcel"
    assert running.shop.refunded == yuan(100)
    assert [one.quantity for one in running.shop.labels["label-2"].items] == [2]
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 2}])
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(300)
    running.rate()
    assert running.case.state.outcome == "refunded"


def test_rest_that_never_comes_is_closed_by_a_person() -> None:
    running = in_two_parts()
    running.wait(14 * DAY)
    assert running.case.status == "settling"
    assert running.task("settle_by_hand").brief["todo"] == "close the rest of the return, 2 pieces"
    running.settle()
    assert running.case.status == "confirming"
    running.rate()
    assert running.case.state.outcome == "partly"
    assert running.shop.refunded == yuan(100)


def test_customer_keeps_the_rest() -> None:
    running = in_two_parts()
    running.withdraw()
    running.settle()
    assert running.case.status == "confirming"


def test_rest_that_is_refused_goes_back_and_what_was_settled_stays() -> None:
    running = in_two_parts()
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "other": 2, "accepted": False}], reason="stones")
    assert running.task("settle_by_hand").brief["code"] == "partly_received"
    running.settle()
    assert running.case.status == "sending"
    running.goes_out()
    running.rate()
    assert running.case.state.outcome == "partly"


def test_refund_of_the_rest_that_is_not_approved_sends_it_back() -> None:
    running = returning("refund", item(quantity=4), order=delivered(pieces=4))
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}], more_to_come=True)
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 3}])
    running.complete(SUPERVISOR, "approve_refund", approved=False, remarks="too much")
    running.settle()
    assert running.case.status == "sending"
    running.goes_out()
    running.rate()
    assert running.case.state.outcome == "partly"
    assert running.shop.refunded == yuan(100)


def test_missing_pieces_that_will_not_come_are_closed_by_a_person() -> None:
    running = returning("refund", item(quantity=2), order=delivered(pieces=2))
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "damaged": 1}])
    assert running.shop.refunded == yuan(100)
    running.settle()
    assert running.case.status == "confirming"


def test_goods_in_advance_for_pieces_that_never_came_are_still_to_be_paid() -> None:
    running = returning("exchange", item(quantity=2, variant_id="urn"), order=delivered(pieces=2), in_advance=True)
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}])
    assert "still to be paid" in str(running.task("settle_by_hand").brief["todo"])
    assert running.shop.refunded == yuan(0)


def test_difference_that_was_paid_stays_while_more_is_to_come_and_goes_back_if_it_does_not() -> None:
    running = returning("exchange", item(quantity=2, variant_id="oven"), order=delivered(pieces=2))
    running.agree()
    running.pay()
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}], more_to_come=True)
    assert running.shop.refunded == yuan(0)
    running.wait(14 * DAY)
    running.settle()
    assert running.shop.refunded == yuan(200), "paid on top for the piece that never came"
    assert running.case.status == "sending"


# Going out.


def test_what_goes_out_and_is_lost_is_made_good_by_a_person() -> None:
    running = returning("repair", item(reason="defective"))
    running.comes_back()
    running.inspect()
    running.repair()
    running.test()
    running.scanned(ParcelStatus.PICKED_UP)
    running.scanned(ParcelStatus.LOST)
    assert running.case.status == "sending"
    running.trace("not_sent")
    running.wait(HOUR)
    running.scanned(ParcelStatus.TURNED_BACK)
    running.trace("on_its_way")
    running.wait(7 * DAY)
    running.trace("lost")
    assert running.task("settle_by_hand").brief["code"] == "parcel_lost"
    running.settle()
    assert running.case.status == "confirming"


def test_what_has_arrived_without_a_scan_is_good() -> None:
    running = returning("exchange", item(variant_id="urn"))
    running.comes_back()
    running.inspect()
    running.shop.ship_replacements()
    running.wait(25 * HOUR)
    assert running.clock(ClockKind.DISPATCH).state == "met", "looked at half-way without a word"
    running.wait(7 * DAY)
    running.trace("arrived")
    assert running.case.status == "confirming"


def test_replacement_that_is_not_sent_in_time_is_on_record() -> None:
    running = returning("exchange", item(variant_id="urn"))
    running.comes_back()
    running.inspect()
    running.wait(2 * DAY)
    assert running.clock(ClockKind.DISPATCH).state == "breached"


def test_parcel_that_cannot_be_read_is_a_persons_task() -> None:
    running = returning(refuse=refusing("read_parcel", code="parcel_not_found"))
    running.scanned(ParcelStatus.PICKED_UP)
    assert running.task("settle_by_hand").brief["code"] == "parcel_not_found"
    assert running.case.status == "awaiting_parcel"
