"""Order changes in pure Python: whichever step fails, everything before it is taken back."""

from __future__ import annotations

import pytest

from domain.deeds import DeliveryState, TakeStep
from domain.order_change import decisions
from domain.order_change import messages as c
from domain.order_change.plan import UNDO
from domain.order_change.show import details, face, shown_facts
from domain.shop.refusal import Refusal
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import CUSTOMER, SUPERVISOR
from tests.domain.changes import (
    BOOKKEEPER,
    CUP,
    DECIDER,
    EVERYTHING,
    changing,
    failing,
    shipped,
)
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan

# Steps that fail.

STEPS = ["stage_change", "reserve_stock", "collect_payment", "change_address", "change_payment_method", "release_stock"]


@pytest.mark.parametrize("step", [*STEPS, "confirm_change"])
def test_whichever_step_fails_everything_before_it_is_taken_back_in_reverse(step: str) -> None:
    before = FieldsOfAShop(an_order(), yuan(100)).untouched
    running = changing(refuse=failing(step), **EVERYTHING)
    if running.case.status == "awaiting_answer":
        running.agree()
    if running.case.status == "awaiting_payment":
        running.shop.pay()
        running.paid()
    assert (running.case.status, running.reason) == ("refused", "out_of_stock")
    assert running.shop.untouched == before
    taken = [name for name in running.shop.asked if name.partition(":")[0] in UNDO]
    refused = [] if step in ("release_stock", "confirm_change") else taken[-1:]
    back = [name.removeprefix("undo ") for name in running.shop.asked if name.startswith("undo ")]
    assert back == [name for name in reversed(taken) if name not in refused]


@pytest.mark.parametrize("step", ["read_order", "read_account", "find_parcels", "read_collection"])
def test_reading_that_fails_for_good_ends_the_change(step: str) -> None:
    refuse = failing(step, code="order_not_found")
    if step == "find_parcels":
        running = shipped(cancel="twice")
        running.shop.refuse = refuse
        running.decide("intercept")
    else:
        running = changing(refuse=refuse, lines=CUP)
        if step == "read_collection":
            running.agree()
            running.paid()
    assert (running.case.status, running.reason) == ("refused", "order_not_found")


@pytest.mark.parametrize(
    ("undo", "name"),
    [
        ("discard_change", "stage_change"),
        ("release_stock", "reserve_stock:cup"),
        ("release_collection", "collect_payment"),
    ],
)
def test_step_that_cannot_be_taken_back_is_a_persons_task(undo: str, name: str) -> None:
    running = changing(refuse=failing(undo, code="step_state", undo=True), lines=CUP)
    running.agree()
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert running.case.status == "undoing"
    assert running.messages[-1].template is TemplateName.CHANGE_ENDED
    task = running.task("settle_by_hand")
    assert task.brief["step"] == name
    assert task.brief["code"] == "step_state"
    assert "M1:" in str(task.brief["asked"])
    assert running.case.open_clock(ClockKind.STATUS_UPDATE) is None
    running.complete(BOOKKEEPER, "settle_by_hand", how="called the shop")
    assert running.case.status == "withdrawn"


def test_refund_that_fails_leaves_the_change_and_goes_to_a_person() -> None:
    running = changing(refuse=failing("refund_payment", code="refund_exceeds_captured"), cancel="twice")
    assert running.case.status == "committing"
    running.complete(BOOKKEEPER, "settle_by_hand", how="bank transfer")
    assert running.case.status == "done"


def test_busy_order_names_the_other_case() -> None:
    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal("order_busy", "busy", {"holder": "M7:stage_change:1"}) if deed.step == "stage_change" else None

    running = changing(refuse=refuse, lines=CUP)
    assert running.reason == "order_busy"
    assert running.messages[-1].words["other_case"] == "M7"


# What every case can do.


def test_message_that_does_not_arrive_becomes_a_task() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.deliver(DeliveryState.FAILED)
    running.complete(SUPERVISOR, "contact_customer", reached=True, how="by telephone")
    other = changing(an_order(ago=DAY), address=ELSEWHERE)
    other.deliver(DeliveryState.UNKNOWN)
    other.complete(SUPERVISOR, "check_delivery", arrived=True, how_known="asked")
    assert "delivery_checked" in other.story


def test_idle_claim_returns_to_its_queue() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.claim(DECIDER, "decide_change")
    running.wait(31 * MINUTE)
    assert running.task("decide_change").owner is None


def test_face_and_facts_name_no_address_but_in_the_wish() -> None:
    running = changing(an_order(ago=DAY), **EVERYTHING)
    facts = shown_facts(running.case)
    assert "Lily" in str(facts.pop("wish"))
    said = f"{facts} {face(running.case)} {details(running.case, running.now)}"
    assert "Lily" not in said
    assert "task T1" in said
    running.decide("approve")
    said = f"{shown_facts(running.case)} {face(running.case)} {details(running.case, running.now)}"
    assert "50.00 CNY" in said
    assert "stage change: done" in said
    assert face(running.case)["CaseStatus"] == "awaiting_answer"


def test_letter_about_an_end_says_that_something_was_given_back_only_if_it_was() -> None:
    refused = changing(an_order(ago=DAY), lines=CUP)
    refused.decide("refuse")
    words = refused.messages[-1].words
    assert (words["text"], words["kept"], words["paid_back"]) == ("because", None, None)
    kept = changing(lines=CUP)
    kept.agree(accepted=False)
    assert (kept.messages[-1].words["kept"], kept.messages[-1].words["paid_back"]) == ("1", None)
    paid = changing(refuse=failing("confirm_change"), lines=CUP)
    paid.agree()
    paid.shop.pay()
    paid.paid()
    assert (paid.case.status, paid.messages[-1].words["paid_back"]) == ("refused", "yes")
