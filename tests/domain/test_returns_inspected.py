"""What is found when returned goods are inspected, and what becomes of goods that are not accepted."""

from __future__ import annotations

from domain.sla.rules import ClockKind
from domain.templates import TemplateName
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import PACKER, here, item


def test_what_is_not_accepted_goes_back_with_its_reason_and_the_customer_is_asked() -> None:
    running = here()
    running.deliver()
    running.inspect(items=[{"line_id": "o1-1", "damaged": 1, "accepted": False}], reason="dropped in water")
    assert running.case.status == "sending"
    assert running.clock(ClockKind.REFUND).state == "cancelled"
    ended = [message for message in running.messages if message.template is TemplateName.RETURN_ENDED]
    assert [message.words["text"] for message in ended] == ["dropped in water"]
    running.goes_out()
    running.rate()
    assert (running.case.status, running.case.state.outcome) == ("closed", "refused")
    assert running.shop.refunded == yuan(0)
    assert running.shop.order.lines[0].return_requested == 0


def test_part_that_is_refused_goes_back_and_the_rest_is_settled() -> None:
    running = here("refund", item(1), item(2), order=delivered("kettle", "cup"))
    running.deliver()
    refused_cup = {"line_id": "o1-2", "other": 1, "accepted": False}
    running.inspect(items=[{"line_id": "o1-1", "sound": 1}, refused_cup], reason="not our cup")
    assert "part_refused" in running.news
    assert running.shop.refunded == yuan(100)
    running.settle()
    assert running.case.status == "sending"
    running.goes_out()
    running.rate()
    assert running.case.state.outcome == "partly"


def test_form_names_what_cannot_have_been_in_the_parcel() -> None:
    running = here("repair", item(reason="defective"), order=delivered(warranty=0))
    task = running.claim(PACKER, "inspect_goods")
    nonsense = [
        {"line_id": "o1-7", "sound": 1},
        {"line_id": "o1-1"},
        {"line_id": "o1-1", "sound": 1, "accepted": False},
    ]
    with running.refused("form_invalid") as said:
        running.complete_own(PACKER, task.id, items=nonsense, repair_price={"minor": 1, "currency": "EUR"})
    fields = [one["field"] for one in said["fields"]]  # type: ignore[attr-defined]
    assert fields == ["items.0.line_id", "items.1", "items.2.line_id", "reason", "repair_price.currency"]
    with running.refused("form_invalid") as said:
        running.complete_own(PACKER, task.id, items=[{"line_id": "o1-1", "sound": 1}])
    assert [one["field"] for one in said["fields"]] == ["repair_price"]  # type: ignore[attr-defined]
    with running.refused("form_invalid"):
        running.complete_own(PACKER, task.id, items=[{"line_id": "o1-1", "sound": 2}], in_warranty=True)


def test_whoever_inspects_may_find_the_warranty_covers_it_after_all() -> None:
    running = here("repair", item(reason="defective"), order=delivered(warranty=0))
    running.inspect(in_warranty=True)
    assert running.case.status == "repairing"


def test_repair_that_costs_nothing_needs_no_yes() -> None:
    running = here("repair", item(reason="defective"), order=delivered(warranty=0))
    running.inspect(repair_price={"minor": 0, "currency": "CNY"})
    assert running.case.status == "repairing"


def test_nothing_wrong_with_it_goes_back_unrepaired() -> None:
    running = here("repair", item(reason="defective"))
    running.inspect(items=[{"line_id": "o1-1", "sound": 1, "accepted": False}], reason="it works")
    assert running.case.status == "sending"
