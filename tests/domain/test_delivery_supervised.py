"""What supervisors, agents and customers do with a delivery problem beside its own tasks, in pure Python."""

from __future__ import annotations

from typing import Any

import pytest

from domain import correspondence, promises, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.delivery.messages import Problem
from domain.errors import CaseError
from domain.people import Actor, Role
from domain.policy import Policy
from domain.shop.parcels import ParcelStatus
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import CUSTOMER, MONDAY, SUPERVISOR, charter
from tests.domain.deliveries import DISPATCHER, RunningDelivery, troubled

TASK, UPDATE, SEARCH = ClockKind.TASK_DUE, ClockKind.STATUS_UPDATE, ClockKind.SEARCH


def looked_for() -> RunningDelivery:
    """A late parcel that the carrier looks for."""
    running = troubled()
    running.decide("wait")
    return running


def test_time_for_a_decision_is_extended_and_the_customer_hears_all_the_same() -> None:
    running = troubled()
    clock = running.clock(TASK)
    running.ask(supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock=clock.id, by=HOUR, reason="storm")
    assert running.case.due(clock) == MONDAY + 3 * HOUR
    assert running.case.due(running.clock(UPDATE)) == MONDAY + 4 * HOUR


def test_search_is_held_goes_on_and_is_extended() -> None:
    running = looked_for()
    clock = running.clock(SEARCH)
    running.ask(supervision.pause_clock, r.PauseClock, SUPERVISOR, clock=clock.id, reason="strike")
    running.wait(3 * HOUR)
    assert (clock.state, running.case.status) == (ClockState.PAUSED, "waiting")
    running.ask(supervision.resume_clock, r.ResumeClock, SUPERVISOR, clock=clock.id, reason="strike over")
    running.ask(supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock=clock.id, by=HOUR, reason="backlog")
    assert running.case.due(clock) == MONDAY + DAY + 4 * HOUR


def test_higher_priority_halves_the_time_of_the_decision_and_not_of_the_search() -> None:
    running = troubled()
    running.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="wedding")
    assert running.case.due(running.clock(TASK)) == MONDAY + HOUR
    searched = looked_for()
    searched.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="wedding")
    assert searched.clock(SEARCH).budget == DAY


def test_adopted_policy_gives_the_decision_its_time() -> None:
    running = troubled()
    document = charter().model_dump(mode="json") | {"name": "hasty"}
    document["deliveries"]["task_times"]["decide_delivery"] = HOUR
    hasty = Policy.model_validate(document)

    def adopt(of: Any, request: r.AdoptPolicy) -> Any:
        return supervision.adopt_policy(of, request, hasty)

    running.ask(adopt, r.AdoptPolicy, SUPERVISOR, policy=hasty.version, reason="new promises")
    assert running.case.due(running.clock(TASK)) == MONDAY + HOUR


def test_update_is_sent_out_of_turn_in_the_words_of_deliveries() -> None:
    running = troubled()
    running.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="worried")
    assert running.messages[-1].template is TemplateName.DELIVERY_UPDATE


def test_decision_is_reassigned_by_a_supervisor() -> None:
    running = troubled()
    other = Actor(id="logistics-02", role=Role.AGENT)
    fields = {"task_id": running.task().id, "to": other, "reason": "holiday"}
    running.ask(supervision.reassign, r.Reassign, SUPERVISOR, **fields)
    assert running.task().owner == "logistics-02"


def test_whoever_decides_writes_to_the_customer_and_hears_of_the_answer() -> None:
    running = troubled()
    running.ask(task_verbs.claim, m.ClaimTask, DISPATCHER, task_id=running.task().id)
    running.ask(correspondence.reply, r.Reply, DISPATCHER, text="I have called the carrier.")
    assert (running.messages[-1].template, running.messages[-1].author) == (
        TemplateName.DELIVERY_MESSAGE,
        DISPATCHER.id,
    )
    running.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="And what did they say?")
    assert running.notices[-1].recipients == (DISPATCHER.id,)


def test_customer_who_writes_while_the_parcel_is_looked_for_is_answered_in_time() -> None:
    running = looked_for()
    running.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Where is it?")
    assert running.case.due(running.clock(TASK)) == MONDAY + 2 * HOUR
    running.complete(DISPATCHER, "answer_customer", text="In the depot of Chengdu.")
    assert running.messages[-1].words["text"] == "In the depot of Chengdu."
    assert running.case.status == "waiting"


def test_promise_about_a_parcel_is_watched() -> None:
    running = troubled()
    running.ask(promises.make_promise, r.MakePromise, DISPATCHER, text="A call by noon", within=HOUR)
    running.wait(HOUR + MINUTE)
    assert running.clock(ClockKind.PROMISE).state is ClockState.BREACHED
    running.ask(promises.keep_promise, r.KeepPromise, DISPATCHER, promise="P1")


def test_decision_is_not_put_off_beyond_the_limit() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST)
    with pytest.raises(CaseError) as refusal:
        running.ask(supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock="task_due:1", by=2 * DAY, reason="x")
    assert refusal.value.code == "limit_exceeded"
