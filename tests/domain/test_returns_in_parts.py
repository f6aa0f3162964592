"""Returns of which only a part has come, and then something is settled without goods: never more than that part."""

from __future__ import annotations

from domain.shop.parcels import ParcelStatus
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import RunningReturn, item, returning


def test_part_that_cannot_be_repaired_is_refunded_and_the_rest_still_awaited() -> None:
    running = returning("repair", item(1), item(2), order=delivered("kettle", "cup"))
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}], more_to_come=True)
    running.repair(repaired=False)
    assert running.shop.refunded == yuan(100), "the cup has not come yet"
    assert running.case.status == "awaiting_parcel"
    assert list(running.shop.labels.values())[-1].items[0].line_id == "o1-2"


def part_lost() -> RunningReturn:
    running = returning("refund", item(1), item(2), order=delivered("kettle", "cup"))
    running.comes_back()
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}], more_to_come=True)
    running.scanned(ParcelStatus.LOST)
    running.trace("lost")
    return running


def test_second_parcel_that_is_lost_is_refunded_and_the_first_not_again() -> None:
    running = part_lost()
    assert running.shop.refunded == yuan(150)
    assert running.case.status == "confirming"
