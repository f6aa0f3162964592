"""A delivery problem that turns out to be another: one case, whoever decides knows, and the customer is told once."""

from __future__ import annotations

from domain import messages as m
from domain import task_verbs
from domain.delivery.messages import Problem, problem_of
from domain.shop.parcels import ParcelStatus
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR
from tests.domain.deliveries import DISPATCHER, RunningDelivery, troubled
from tests.domain.fields_of_a_shop import yuan


def told(running: RunningDelivery) -> list[object]:
    """What the customer was told is wrong with the parcel, each time."""
    return [message.words["problem"] for message in running.messages if message.template == "delivery_problem"]


def test_late_parcel_that_is_lost_is_the_same_case_and_the_same_task_with_the_same_time() -> None:
    running = troubled()
    task = running.task()
    running.wait(HOUR)
    running.scan(ParcelStatus.LOST)
    assert (running.case.status, running.case.state.problem) == ("deciding", Problem.LOST)
    assert running.case.state.subject == "Order o1: parcel lost"
    assert running.task() is task
    assert (task.brief["why"], task.brief["status"]) == ("the parcel is lost", "lost")
    assert running.case.due(running.clock(ClockKind.TASK_DUE)) == running.now + HOUR
    running.decide("refund")
    assert (running.case.came_to, running.shop.refunded) == ("refunded", yuan(100))
    assert "intercept_parcel" not in running.shop.asked


def test_customer_hears_once_of_each_problem_however_often_it_is_scanned() -> None:
    running = troubled()
    assert told(running) == ["late"]
    running.scan(ParcelStatus.LOST)
    running.scan(ParcelStatus.LOST)
    assert told(running) == ["late", "lost"]


def test_whoever_has_the_task_is_told_and_nobody_in_particular_where_nobody_has() -> None:
    running = troubled()
    running.scan(ParcelStatus.LOST)
    assert running.notices[-1].recipients == ("team:logistics",)
    running.ask(task_verbs.claim, m.ClaimTask, DISPATCHER, task_id=running.task().id)
    running.scan(ParcelStatus.DAMAGED)
    assert running.notices[-1].recipients == (DISPATCHER.id,)
    assert "the parcel is damaged" in running.notices[-1].about


def test_parcel_that_is_lost_while_it_is_looked_for_is_decided_about_anew() -> None:
    running = troubled()
    running.decide("wait")
    running.scan(ParcelStatus.LOST)
    assert (running.case.status, running.task().brief["why"]) == ("deciding", "the parcel is lost")
    assert running.clock(ClockKind.SEARCH).state is ClockState.CANCELLED
    assert told(running) == ["late", "lost"]
    assert len(running.case.active_tasks()) == 1


def test_customer_is_told_only_of_the_problem_that_it_is_by_now() -> None:
    running = troubled(Problem.LATE, ParcelStatus.LOST)
    assert told(running) == ["lost"]


def test_late_parcel_that_arrives_damaged_is_no_parcel_that_has_arrived() -> None:
    running = troubled()
    running.shop.scan(ParcelStatus.DAMAGED)
    running.scan(ParcelStatus.DELIVERED)
    assert (running.case.status, running.case.state.problem) == ("deciding", Problem.DAMAGED)


def test_damage_to_what_comes_back_is_ours_alone() -> None:
    running = troubled(Problem.REFUSED, ParcelStatus.DAMAGED, ParcelStatus.REFUSED)
    running.decide("await_return")
    running.scan(ParcelStatus.TURNED_BACK)
    assert (running.case.status, problem_of(running.case.parcel)) == ("waiting", None)
    assert told(running) == ["refused"]
