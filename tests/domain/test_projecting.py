"""What the read model is told of a case: only what has changed, all of it, and nothing that only time changes."""

from __future__ import annotations

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.projecting import Projector, shown_case, whole_projection
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import TaskState
from domain.views import next_due, view_case, view_task
from tests.domain.cases import AGENT, MONDAY, ORDER, SUPERVISOR, Running, opened
from tests.domain.changes import CUP, changing


def projector(case: Running) -> Projector:
    return Projector(case.case, "complaint")


def claim(case: Running) -> None:
    case.ask(task_verbs.claim, m.ClaimTask, AGENT, task_id="T1")


def test_first_projection_shows_the_case_whole() -> None:
    case = opened(order=ORDER)
    found = projector(case).project(case.now)
    assert found is not None
    assert (found.seq, found.at) == (case.case.state.timeline.last_seq, MONDAY)
    assert list(found.entries) == case.case.state.timeline.entries
    shown = found.case
    assert (shown.case_type, shown.status, shown.open) == ("complaint", case.case.status, True)
    assert (shown.team, shown.tier) == ("online", 1)
    assert (shown.order_id, shown.customer_id, shown.subject) == (ORDER.id, "K000001", "The kettle leaks")
    assert (shown.due, shown.outcome, shown.closed_at) == (next_due(case.case), None, None)
    (task,) = shown.tasks
    assert (task.id, task.state, task.owner, task.active) == ("T1", TaskState.READY, None, True)
    assert task.due == view_task(case.case, case.task()).due
    assert {clock.kind for clock in shown.clocks} >= {ClockKind.TIER, ClockKind.FIRST_RESPONSE}


def test_whole_projection_has_every_line_and_the_version_of_its_turn() -> None:
    case = opened()
    claim(case)
    found = whole_projection(case.case, "complaint", case.now)
    timeline = case.case.state.timeline
    assert found.version == (case.now, timeline.last_seq)
    assert list(found.entries) == timeline.entries
    assert found.case == shown_case(case.case, "complaint")


def test_task_without_a_time_of_its_own_is_due_with_its_case_and_stays_so_when_that_was_missed() -> None:
    case = opened()
    assert view_task(case.case, case.task()).due == next_due(case.case)
    case.wait(3 * HOUR)
    late = [view_task(case.case, task).due for task in case.case.state.tasks if task.active]
    assert late
    assert all(due is not None for due in late)


def test_nothing_is_told_twice_and_time_alone_is_no_news() -> None:
    case = opened()
    told = projector(case)
    assert told.project(case.now)
    case.now += MINUTE
    assert told.project(case.now) is None


def test_change_is_told_with_the_lines_that_are_new() -> None:
    case = opened()
    told = projector(case)
    told.project(case.now)
    before = case.case.state.timeline.last_seq
    claim(case)
    found = told.project(case.now)
    assert found is not None
    assert [entry.seq for entry in found.entries] == list(range(before + 1, found.seq + 1))
    assert found.case.tasks[0].owner == AGENT.id
    assert told.project(case.now) is None


def test_line_alone_is_news() -> None:
    case = opened()
    told = projector(case)
    claim(case)
    told.project(case.now)
    case.ask(correspondence.add_note, r.AddNote, AGENT, text="They called again")
    found = told.project(case.now)
    assert found is not None
    assert [entry.text for entry in found.entries if entry.text] == ["They called again"]


def test_whoever_begins_anew_tells_everything_that_the_case_carries() -> None:
    case = opened()
    first = projector(case).project(case.now)
    claim(case)
    again = projector(case).project(case.now)
    assert first
    assert again
    assert again.entries[: len(first.entries)] == first.entries
    assert len(again.entries) > len(first.entries)


def test_case_that_is_over_is_shown_closed_with_its_outcome() -> None:
    case = opened()
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    shown = shown_case(case.case, "complaint")
    assert (shown.open, shown.outcome, shown.closed_at) == (False, "closed_by_supervisor", case.now)
    (task,) = shown.tasks
    assert (task.due, task.active, task.ended_at) == (None, False, case.now)
    tier = next(clock for clock in shown.clocks if clock.kind is ClockKind.TIER)
    assert (tier.state, tier.due, tier.ended_at) == (ClockState.CANCELLED, None, case.now)


def test_case_at_the_shop_names_the_order_that_was_asked_about() -> None:
    change = changing(lines=CUP)
    shown = shown_case(change.case, "order_change")
    assert shown.order_id == change.case.state.order_id
    assert (shown.tier, shown.case_id) == (None, "M1")


def test_heading_of_a_case_at_the_shop_names_the_order_as_its_customer_does() -> None:
    change = changing(lines=CUP)
    order = change.case.own_order
    assert order
    assert order.number != order.id
    shown, view = shown_case(change.case, "order_change"), view_case(change.case, "order_change", (), {}, change.now)
    assert shown.subject == view.subject == f"Order {order.number}: content"
    assert (shown.order_id, shown.order_number) == (view.order_id, view.order_number) == (order.id, order.number)
    assert change.case.state.subject == f"Order {order.id}: content"


def test_heading_tells_a_stranger_nothing_of_an_order_that_they_did_not_say() -> None:
    change = changing(lines=CUP)
    order = change.case.order
    change.case.state.shop_order = order.model_copy(update={"customer_id": "K-another"})
    shown = shown_case(change.case, "order_change")
    assert (shown.subject, shown.order_number) == (f"Order {order.id}: content", None)
