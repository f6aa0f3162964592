"""Returns that are settled with people's help: inspected, approved, priced, refused, settled by hand, waited for."""

from __future__ import annotations

from collections.abc import Callable

from domain.deeds import DeliveryState, NoticeKind, TakeStep
from domain.returns.show import details, face, shown_facts
from domain.returns.state import ReturnState
from domain.shop.parcels import ParcelStatus
from domain.shop.payments import Refund, RefundStatus
from domain.shop.refusal import Refusal
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import CUSTOMER, DEPUTY, SUPERVISOR
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import FieldsOfReturns, delivered, returning_shop
from tests.domain.returns import ENGINEER, PACKER, TRACER, RunningReturn, item, refusing, returning

# Inspected.


def here(kind: str = "refund", *items: object, **fields: object) -> RunningReturn:
    running = returning(kind, *items, **fields)  # type: ignore[arg-type]
    running.comes_back()
    return running


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


# Prices.


def priced() -> RunningReturn:
    running = here("repair", item(reason="defective"), order=delivered(warranty=0))
    running.inspect(repair_price={"minor": 8_000, "currency": "CNY"})
    return running


def test_declined_price_of_a_repair_sends_the_goods_back_as_they_are() -> None:
    running = priced()
    running.agree(accepted=False)
    assert running.case.status == "sending"
    running.goes_out()
    assert running.case.status == "confirming"
    running.wait(3 * DAY)
    assert running.case.state.outcome == "withdrawn"
    assert running.told.count(TemplateName.RETURN_REMINDER) == 1


def test_unanswered_price_lapses_after_a_reminder() -> None:
    running = returning("exchange", item(variant_id="oven"))
    running.wait(3 * DAY)
    assert (running.case.status, running.reason) == ("lapsed", "not_answered")
    assert running.told.count(TemplateName.RETURN_REMINDER) == 1
    assert running.shop.kept == {}
    assert running.shop.returns == {}


def test_unpaid_price_lapses_and_a_payment_whose_word_was_lost_counts() -> None:
    lapsing = priced()
    lapsing.agree()
    lapsing.wait(3 * DAY)
    assert lapsing.reason == "not_paid"
    paid = priced()
    paid.agree()
    paid.shop.pay()
    paid.wait(3 * DAY)
    assert paid.case.status == "repairing"


def test_withdrawn_while_the_payment_is_asked_for_takes_it_back() -> None:
    running = returning("exchange", item(variant_id="oven"), slow=True)
    while running.waiting:
        running.answer(running.waiting.pop(0))
        running.attend()
    running.agree()
    [collecting] = running.waiting
    running.withdraw()
    running.slow = False
    running.waiting = []
    running.answer(collecting)
    running.attend()
    assert running.case.status == "withdrawn"
    assert running.shop.collections == {}


def test_what_cannot_be_repaired_goes_back_and_the_payment_too() -> None:
    running = priced()
    running.agree()
    running.pay()
    running.repair(repaired=False)
    assert running.case.status == "sending"
    assert running.reason == "not_repairable"
    assert running.shop.refunded == yuan(80)


def test_what_cannot_be_repaired_in_warranty_is_refunded() -> None:
    running = here("repair", item(reason="defective"))
    running.inspect()
    running.repair(repaired=False)
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
    assert [one.other for one in running.shop.received] == [1]


# Four eyes.


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


# Steps that do not work.


def test_refused_refund_is_settled_by_a_person_and_never_asked_twice() -> None:
    running = here(refuse=refusing("refund_payment", code="refund_exceeds_captured"))
    running.inspect()
    assert running.case.status == "settling"
    assert running.task("settle_by_hand").brief["code"] == "refund_exceeds_captured"
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.asked.count("refund_payment:1") == 1


def test_refused_replacement_is_settled_by_a_person_and_not_paid_out_as_well() -> None:
    running = here("exchange", item(variant_id="urn"), refuse=refusing("send_replacement"))
    running.inspect()
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(0)


def test_money_that_did_not_move_is_a_persons_task() -> None:
    class Broke(FieldsOfReturns):
        def refund_payment(self, ask: object) -> object:
            return Refund(
                key="k", id="r", at=0, order_id="o1", status=RefundStatus.FAILED, amount=yuan(100), reason="return"
            )

    order = delivered()
    known = returning_shop(order)
    running = here(shop=Broke(order, order.total, parcels=known.parcels))
    running.inspect()
    assert running.task("settle_by_hand").brief["code"] == "refund_failed"


def test_receipt_that_the_shop_does_not_show_is_no_receipt() -> None:
    running = here()
    running.shop.forgets_receipts = True
    running.inspect()
    assert running.task("settle_by_hand").brief["code"] == "no_evidence"


def test_order_that_has_no_money_left_pays_nothing() -> None:
    shop = returning_shop(delivered())
    shop.refunded = yuan(100)
    running = here(shop=shop)
    running.inspect()
    assert running.case.status == "confirming"
    assert "refund_payment:1" not in shop.asked


def test_refusal_of_the_shop_before_anything_was_sent_ends_the_case() -> None:
    running = returning("exchange", item(variant_id="urn"), refuse=refusing("reserve_stock"))
    assert (running.case.status, running.reason) == ("refused", "out_of_stock")
    assert running.shop.returns == {}
    assert returning("exchange", item(variant_id="nothing")).reason == "variant_not_found"


def test_two_requests_for_one_piece_from_two_channels_are_counted_at_the_shop() -> None:
    first = returning(slow=True)
    for _ in range(2):
        first.answer(first.waiting.pop(0))
        first.attend()
    second = returning(shop=first.shop)
    assert second.case.status == "awaiting_parcel"
    first.slow = False
    first.answer(first.waiting.pop(0))
    first.attend()
    assert (first.case.status, first.reason) == ("refused", "quantity_not_possible")


def test_replacement_that_the_warehouse_has_sent_cannot_be_taken_back() -> None:
    refuse = refusing("cancel_replacement", code="quantity_not_possible", undo=True)
    running = returning("exchange", item(variant_id="urn"), in_advance=True, refuse=refuse)
    running.withdraw()
    assert running.case.status == "undoing"
    running.settle()
    assert running.case.status == "withdrawn"
    assert running.shop.returns == {}


def test_replacement_in_advance_is_taken_back_when_nothing_comes() -> None:
    running = returning("exchange", item(variant_id="urn"), in_advance=True)
    running.wait(14 * DAY)
    assert running.case.status == "lapsed"
    assert running.shop.replacements == {}


# Another case of the same order.


def busy(until: list[bool], *steps: str) -> Callable[[TakeStep], Refusal | None]:
    def refuse(deed: TakeStep) -> Refusal | None:
        if until and deed.ask.do in steps:
            return Refusal("order_busy", "busy", {"holder": "M7:stage_change:1"})
        return None

    return refuse


def test_busy_order_is_waited_for_and_the_customer_told_which_case_comes_first() -> None:
    other = [True]
    running = returning(refuse=busy(other, "request_return"))
    assert running.case.status == "waiting"
    assert running.messages[-1].words["other_case"] == "M7"
    assert shown_facts(running.case)["waits_for"] == "M7"
    running.moved()
    assert running.case.status == "waiting", "looked, and it is still busy"
    assert [message.template for message in running.messages].count(TemplateName.RETURN_RECEIVED) == 1
    other.clear()
    running.moved("changed")
    assert running.case.status == "awaiting_parcel"
    running.moved()
    assert shown_facts(running.case)["waits_for"] is None


def test_busy_order_is_tried_again_by_the_clock() -> None:
    other = [True]
    running = returning(refuse=busy(other, "request_return"))
    other.clear()
    running.wait(15 * MINUTE)
    assert running.case.status == "awaiting_parcel"


def test_order_that_stays_busy_ends_the_return_with_the_other_number() -> None:
    running = returning(refuse=busy([True], "request_return"))
    running.wait(DAY)
    assert (running.case.status, running.reason) == ("refused", "order_busy")
    assert running.case.state.ending
    assert running.case.state.ending.other_case == "M7"


def test_waiting_return_may_be_withdrawn() -> None:
    running = returning(refuse=busy([True], "request_return"))
    running.withdraw()
    assert running.case.status == "withdrawn"


def test_goods_that_are_here_are_never_refused_for_a_busy_order() -> None:
    running = here(refuse=busy([True], "receive_return"))
    running.inspect()
    assert running.case.status == "settling"
    running.wait(DAY)
    assert running.task("settle_by_hand").brief["why"] == "case M7 keeps the order busy"
    running.settle()
    assert running.case.status == "confirming"


# The end.


def test_customer_who_is_not_satisfied_is_called_before_the_case_is_closed() -> None:
    running = here()
    running.inspect()
    running.rate(satisfied=False, score=1)
    with running.refused("wrong_status"):
        running.rate()
    assert running.case.status == "confirming"
    running.complete(ENGINEER, "follow_up", what="apologised, and sent a voucher")
    assert running.case.status == "closed"
    assert running.case.state.satisfied is False


def test_supervisor_closes_what_may_be_withdrawn() -> None:
    running = returning()
    running.case.check_close()
    running.case.close_by(SUPERVISOR, "fraud", running.now)
    running.attend()
    assert (running.case.status, running.reason) == ("refused", "closed_by_supervisor")


def test_giving_up_twice_is_giving_up_once() -> None:
    running = returning("exchange", item(variant_id="oven"), slow=True)
    while running.waiting:
        running.answer(running.waiting.pop(0))
        running.attend()
    running.withdraw()
    running.case.refuse("late", running.now)
    assert running.reason == "withdrawn"


def test_how_it_is_shown() -> None:
    running = returning()
    facts = shown_facts(running.case)
    assert facts["goods"] == "1 × kettle"
    assert facts["parcel_is"] == "labelled"
    assert face(running.case)["CaseStatus"] == "awaiting_parcel"
    assert "customer's parcel" in details(running.case, running.now)
    assert running.case.has_news
    assert shown_facts(returning(slow=True).case)["goods"] is None


def test_reminders_go_to_whoever_has_it_or_to_the_supervisors() -> None:
    running = here()
    running.wait(DAY)
    kinds = [notice.notice for notice in running.notices]
    assert kinds.count(NoticeKind.BREACH) == 2, "inspection and refund"
    assert CUSTOMER.id not in str(running.notices)


def test_idle_claim_goes_back_to_its_queue() -> None:
    running = here()
    running.claim(PACKER, "inspect_goods")
    running.wait(HOUR)
    assert running.task("inspect_goods").owner is None


def test_scan_of_somebody_elses_parcel_changes_nothing() -> None:
    running = returning()
    running.scanned(ParcelStatus.LABELLED)
    assert running.case.status == "awaiting_parcel"


def test_receipt_that_the_shop_refuses_for_good_is_booked_by_a_person_before_anything_is_paid() -> None:
    running = here(refuse=refusing("receive_return", code="quantity_not_possible"))
    running.inspect()
    assert running.shop.refunded == yuan(0)
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)


def test_withdrawn_while_a_person_decides_takes_the_task_back() -> None:
    running = returning(shop=returning_shop(delivered(), 8 * DAY))
    running.withdraw()
    assert running.case.status == "withdrawn"
    assert running.task("decide_return").state == "obsolete"


def test_task_to_reach_the_customer_ends_with_the_case() -> None:
    running = here()
    running.inspect()
    running.deliver(DeliveryState.FAILED)
    running.rate()
    assert running.case.status == "closed"
    assert running.task("contact_customer").state == "obsolete"


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


def test_state_survives_being_written_down_at_every_stage() -> None:
    running = returning("exchange", item(variant_id="oven"))
    stages = [running.agree, running.pay, running.comes_back, running.inspect]
    for go_on in stages:
        state = running.case.state
        assert ReturnState.model_validate_json(state.model_dump_json()) == state
        go_on()
    assert running.case.status == "sending"
