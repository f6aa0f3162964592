"""Returns of an order that is busy: waited for, tried again, and ended with the other case's number."""

from __future__ import annotations

from domain.returns.show import shown_facts
from domain.sla.spans import DAY, MINUTE
from domain.templates import TemplateName
from tests.domain.returns import busy, here, returning


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
