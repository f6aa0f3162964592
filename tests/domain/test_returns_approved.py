"""Returns above a limit: approved by somebody who had no hand in them, or not."""

from __future__ import annotations

from domain.shop.parcels import ParcelStatus
from tests.domain.cases import DEPUTY, SUPERVISOR
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import PACKER, TRACER, here, item, returning


def test_refund_above_the_limit_is_approved_by_somebody_who_had_no_hand_in_it() -> None:
    running = here("refund", item(), order=delivered("oven"), asked_by=SUPERVISOR.id)
    running.inspect()
    assert running.case.status == "approving"
    task = running.task("approve_refund")
    assert task.excluded == (SUPERVISOR.id, PACKER.id)
    with running.refused("not_eligible"):
        running.claim(SUPERVISOR, "approve_refund")
    running.complete(DEPUTY, "approve_refund", approved=True, remarks="fine")
    assert running.shop.refunded == yuan(300)


def test_refund_that_is_not_approved_sends_the_goods_home() -> None:
    running = here("refund", item(), order=delivered("oven"))
    running.inspect()
    running.complete(DEPUTY, "approve_refund", approved=False, remarks="no")
    assert running.case.status == "sending"
    assert running.reason == "refund_refused"
    assert running.shop.refunded == yuan(0)


def test_claim_that_is_not_approved_moves_nothing() -> None:
    running = returning("claim", item(reason="damaged"), order=delivered("oven"))
    running.complete(DEPUTY, "approve_refund", approved=False, remarks="no")
    assert running.case.status == "refused"


def test_exchange_above_the_limit_needs_no_approval_where_nothing_is_given_away() -> None:
    running = here("exchange", item(variant_id="oven"), order=delivered("oven"))
    running.inspect()
    assert running.case.status == "sending"


def test_withdrawn_while_a_refund_is_approved_sends_the_goods_home() -> None:
    running = here("refund", item(), order=delivered("oven"))
    running.inspect()
    running.withdraw()
    assert running.case.status == "sending"
    assert running.case.state.to_go_back == {"o1-1": 1}
    assert running.shop.returns == {}
    running.goes_out()
    running.rate()
    assert running.case.state.outcome == "withdrawn"


def test_whoever_found_a_parcel_lost_may_not_approve_the_refund() -> None:
    running = returning("refund", item(), order=delivered("oven"))
    running.scanned(ParcelStatus.LOST)
    running.trace("lost")
    assert TRACER.id in running.task("approve_refund").excluded
