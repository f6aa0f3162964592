"""What supervisors, agents and customers do with an order change beside its own tasks, in pure Python."""

from __future__ import annotations

from typing import Any

import pytest

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.deeds import NoticeKind, NotifyStaff
from domain.errors import CaseError
from domain.order_change.case import OrderChange
from domain.people import Actor, Role
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from domain.worked_case import WorkedCase
from tests.domain.cases import CUSTOMER, MONDAY, SUPERVISOR, charter
from tests.domain.changes import CLERK, CUP, DECIDER, RunningChange, changing
from tests.domain.fields_of_a_shop import an_order

HIGH = {"priority": "high", "reason": "wedding"}
TASK, UPDATE, PAYMENT = ClockKind.TASK_DUE, ClockKind.STATUS_UPDATE, ClockKind.PAYMENT


def outside() -> RunningChange:
    """A change that a person decides about."""
    return changing(an_order(ago=90 * MINUTE), lines=CUP)


def offered() -> RunningChange:
    """A change whose price lies on the customer's table."""
    return changing(lines=CUP)


def refused(
    code: str, change: RunningChange, decide: Any, kind: type[m.Request], actor: Actor, **fields: Any
) -> CaseError:
    with pytest.raises(CaseError) as said:
        change.ask(decide, kind, actor, **fields)
    assert said.value.code == code
    return said.value


def test_time_for_a_decision_is_extended_within_the_limit_and_the_task_is_due_later() -> None:
    change = outside()
    clock = change.clock(TASK)
    change.ask(supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock=clock.id, by=HOUR, reason="storm")
    assert change.case.due(change.clock(TASK)) == MONDAY + 3 * HOUR
    said = refused(
        "limit_exceeded",
        change,
        supervision.extend_clock,
        r.ExtendClock,
        SUPERVISOR,
        clock=clock.id,
        by=DAY,
        reason="x",
    )
    assert said.details["limit_ms"] == DAY


def test_held_decision_stands_still_and_goes_on() -> None:
    change = outside()
    clock = change.clock(TASK)
    change.ask(supervision.pause_clock, r.PauseClock, SUPERVISOR, clock=clock.id, reason="power cut")
    change.wait(3 * HOUR)
    assert (clock.state, clock.breached_at) == (ClockState.PAUSED, None)
    change.ask(supervision.resume_clock, r.ResumeClock, SUPERVISOR, clock=clock.id, reason="light again")
    assert change.case.due(clock) == MONDAY + 5 * HOUR


def test_time_for_paying_is_not_moved_because_the_shop_ends_it() -> None:
    change = offered()
    change.agree()
    clock = change.clock(PAYMENT)
    refused(
        "clock_state", change, supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock=clock.id, by=HOUR, reason="x"
    )
    refused("clock_state", change, supervision.pause_clock, r.PauseClock, SUPERVISOR, clock=clock.id, reason="x")


def test_update_is_sent_out_of_turn_in_the_words_of_order_changes() -> None:
    change = outside()
    change.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="worried")
    assert change.messages[-1].template is TemplateName.CHANGE_UPDATE


def test_nothing_is_reported_of_a_change_whose_end_the_customer_knows() -> None:
    change = outside()
    change.decide("refuse")
    refused("wrong_status", change, supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="x")


def test_higher_priority_halves_the_time_of_tasks_and_only_of_tasks() -> None:
    change = outside()
    change.wait(30 * MINUTE)
    change.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="wedding")
    assert change.case.due(change.clock(TASK)) == MONDAY + HOUR
    assert change.clock(UPDATE).budget == 4 * HOUR
    said = refused(
        "invalid_input", change, supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="vip", reason="x"
    )
    assert said.details["expected"] == ["high", "normal"]


def test_claimed_and_offered_clocks_get_what_the_policy_gives_again() -> None:
    change = outside()
    change.claim(DECIDER, "decide_change")
    change.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="wedding")
    assert change.clock(ClockKind.CLAIM_IDLE).budget == 30 * MINUTE
    waiting = offered()
    waiting.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="wedding")
    assert waiting.clock(ClockKind.CUSTOMER_ANSWER).budget == DAY
    waiting.agree()
    waiting.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="normal", reason="no wedding")
    assert waiting.clock(PAYMENT).budget == DAY


def test_change_of_a_vip_is_decided_in_half_the_time() -> None:
    change = changing(an_order(ago=90 * MINUTE), lines=CUP, vip=True)
    assert (change.case.state.priority, change.case.due(change.clock(TASK))) == ("high", MONDAY + HOUR)


def test_adopted_policy_gives_open_tasks_its_times_and_must_know_the_priority() -> None:
    change = outside()
    document = charter().model_dump(mode="json") | {"name": "hasty"}
    document["order_change"]["task_times"]["decide_change"] = HOUR
    hasty = Policy.model_validate(document)

    def adopt(of: Any, request: r.AdoptPolicy) -> Any:
        return supervision.adopt_policy(of, request, hasty)

    change.ask(adopt, r.AdoptPolicy, SUPERVISOR, policy=hasty.version, reason="new promises")
    assert change.case.due(change.clock(TASK)) == MONDAY + HOUR
    document["order_change"] |= {"priorities": {"plain": 1}, "default_priority": "plain", "vip_priority": "plain"}
    hasty = Policy.model_validate(document)
    refused("invalid_input", change, adopt, r.AdoptPolicy, SUPERVISOR, policy=hasty.version, reason="x")


def test_supervisor_closes_a_change_and_everything_is_taken_back() -> None:
    change = offered()
    refused("not_allowed", change, supervision.close_case, r.CloseCase, CLERK, reason="x")
    change.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="fraud suspected")
    state = change.case.state
    assert (change.case.status, state.ending and state.ending.reason) == ("refused", "closed_by_supervisor")
    assert all(step.state.value == "undone" for step in state.steps)
    refused("wrong_status", change, supervision.close_case, r.CloseCase, SUPERVISOR, reason="x")


def test_decision_is_reassigned_by_a_supervisor() -> None:
    change = outside()
    task = change.claim(DECIDER, "decide_change")
    other = Actor(id="expert-02", role=Role.AGENT)
    change.ask(supervision.reassign, r.Reassign, SUPERVISOR, task_id=task.id, to=other, reason="holiday")
    assert task.owner == "expert-02"


def test_agent_in_charge_writes_to_the_customer_and_does_not_wait() -> None:
    change = outside()
    refused("not_allowed", change, correspondence.reply, r.Reply, CLERK, text="Hello")
    change.claim(DECIDER, "decide_change")
    change.ask(correspondence.reply, r.Reply, DECIDER, text="I am looking at it.")
    sent = change.messages[-1]
    assert (sent.template, sent.author) == (TemplateName.CHANGE_MESSAGE, DECIDER.id)
    said = refused("invalid_input", change, correspondence.reply, r.Reply, DECIDER, text="Why?", await_answer=True)
    assert said.details["field"] == "await_answer"


def test_note_stays_inside_the_house() -> None:
    change = outside()
    before = len(change.messages)
    change.ask(correspondence.add_note, r.AddNote, CLERK, text="sounded hurried")
    assert len(change.messages) == before
    refused("not_allowed", change, correspondence.add_note, r.AddNote, CUSTOMER, text="x")


def test_customer_who_writes_is_told_to_whoever_has_the_change() -> None:
    change = outside()
    change.claim(DECIDER, "decide_change")
    change.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Please hurry")
    told = [deed for deed in change.deeds if isinstance(deed, NotifyStaff) and deed.notice is NoticeKind.ANSWER]
    assert [deed.recipients for deed in told] == [(DECIDER.id,)]


def test_customer_who_writes_while_nobody_has_work_is_answered_in_time() -> None:
    change = offered()
    change.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Why so much?")
    task = change.task("answer_customer")
    assert (task.brief["text"], change.case.due(change.clock(TASK))) == ("Why so much?", MONDAY + 2 * HOUR)
    change.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Hello?")
    assert len(change.case.active_tasks()) == 1
    change.complete(DECIDER, "answer_customer", text="It is the larger cup.")
    assert change.messages[-1].words["text"] == "It is the larger cup."
    assert change.case.status == "awaiting_answer"


def test_customer_who_was_answered_by_telephone_gets_no_letter() -> None:
    change = offered()
    change.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Why so much?")
    before = len(change.messages)
    task = change.claim(DECIDER, "answer_customer")
    refused("form_invalid", change, task_verbs.complete, m.CompleteTask, DECIDER, task_id=task.id, form={})
    change.complete_own(DECIDER, task.id, how="called back")
    assert len(change.messages) == before


def test_customer_does_not_write_to_a_change_that_is_over() -> None:
    change = outside()
    change.decide("refuse")
    said = refused("wrong_status", change, correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Oh?")
    assert (said.message, said.details["possible"]) == ("the case is refused: open another one", [])


class PlainCase(OrderChange):
    """A case of a type that says nothing of its own about what people ask of every case."""

    team = WorkedCase.team
    has_news = WorkedCase.has_news
    unresolved = WorkedCase.unresolved
    extend_at_most = WorkedCase.extend_at_most
    priorities_in = WorkedCase.priorities_in  # type: ignore[assignment]
    budget_of = WorkedCase.budget_of
    check_moved = WorkedCase.check_moved
    check_close = WorkedCase.check_close
    close_by = WorkedCase.close_by
    await_answer = WorkedCase.await_answer


def test_type_that_says_nothing_has_one_priority_waits_for_nobody_and_is_not_closed_by_hand() -> None:
    change = outside()
    change.case = PlainCase(change.case.state, charter())
    case = change.case
    assert (case.team, case.has_news, case.extend_at_most) == ("specialists", True, DAY)
    assert case.await_answer(DECIDER, MONDAY) is None
    said = refused("invalid_input", change, supervision.change_priority, r.ChangePriority, SUPERVISOR, **HIGH)
    assert said.details["expected"] == ["normal"]
    change.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="normal", reason="none")
    assert change.case.due(change.clock(TASK)) == MONDAY + 2 * HOUR
    refused("wrong_status", change, supervision.close_case, r.CloseCase, SUPERVISOR, reason="x")
    change.decide("refuse")
    assert case.team == case.supervisors
    case.close_by(SUPERVISOR, "x", MONDAY)
    assert case.status == "refused"
