"""Returns whose time for waiting for another case is over: the shop is asked once more."""

from __future__ import annotations

from domain.sla.spans import DAY
from tests.domain.returns import RunningReturn, busy, here, returning


def late_word(running: RunningReturn) -> None:
    """A day passes before the shop answers the try that is under way."""
    running.slow = True
    running.wait(2 * DAY)
    running.slow = False
    running.answer(running.waiting.pop(0))
    running.attend()


def test_last_try_that_finds_the_order_busy_ends_the_return() -> None:
    running = returning(refuse=busy([True], "request_return"))
    late_word(running)
    assert (running.case.status, running.reason) == ("refused", "order_busy")


def test_last_try_that_finds_the_order_free_counts() -> None:
    other = [True]
    running = returning(refuse=busy(other, "request_return"))
    other.clear()
    late_word(running)
    assert running.case.status == "awaiting_parcel"
    assert not running.case.state.waited


def test_return_looks_once_more_before_it_is_refused_for_nobody_may_have_told_it() -> None:
    other = [True]
    running = returning(refuse=busy(other, "request_return"))
    assert running.case.status == "waiting"
    other.clear()
    running.wait(2 * DAY)
    assert running.case.status == "awaiting_parcel"


def test_last_try_to_book_goods_that_are_here_goes_to_a_person() -> None:
    running = here(refuse=busy([True], "receive_return"))
    running.inspect()
    late_word(running)
    assert running.task("settle_by_hand").brief["why"] == "case M7 keeps the order busy"
    assert [step.state for step in running.case.state.steps if step.name == "receive_return:1"][-1] == "by_hand"
