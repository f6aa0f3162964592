"""What falls due and what is done then: reminders, escalations, closings, breaches and compensation."""

from __future__ import annotations

import pytest

from domain import correspondence
from domain import requests as r
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.messages import Outcome
from domain.complaint.tasks import RESOLVE
from domain.conversation import update_key
from domain.deeds import DeliveryState, GrantCompensation
from domain.errors import ClockNotFoundError
from domain.people import Channel
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from domain.worked_case import CONTACT
from tests.domain.cases import AGENT, CUSTOMER, EXPERT, MANAGER, MONDAY, SUPERVISOR, changed, opened
from tests.domain.steps import BREACH, COMPENSATE, GUARANTEE, templates

FIRST, UPDATE, TIER = ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE, ClockKind.TIER
FAILED = DeliveryState.FAILED


def test_near_due_tier_is_told_to_who_works_and_then_to_supervisors() -> None:
    case = opened()
    case.wait(15 * MINUTE)
    assert case.told("team:online") == ["tier 1 time: 15 min left"]
    case.claim()
    case.wait(9 * MINUTE)
    assert case.told("team:supervisors") == ["tier 1 time: 6 min left"]
    assert [notice.due_at for notice in case.notices] == [MONDAY + 30 * MINUTE] * 2


def test_time_of_a_tier_that_ran_out_hands_the_case_over_with_everything() -> None:
    case = opened()
    case.claim()
    case.reply()
    case.wait(30 * MINUTE)
    assert (case.case.tier, case.task().team, case.task().brief["former_owner"]) == (2, "specialists", AGENT.id)
    assert case.told(AGENT.id)[-1].startswith("task T1 (Resolve the complaint) is no longer yours: the case went to")


def test_top_tier_has_nobody_above_and_stays_as_it_is() -> None:
    case = opened(subject="The kettle exploded")
    case.claim(MANAGER)
    questions = ({"team": "warehouse", "question": "Which batch?"},)
    case.ask(decisions.ask_departments, c.AskDepartments, MANAGER, questions=questions)
    case.wait(2 * DAY)
    assert (case.case.tier, case.case.status) == (3, "waiting_for_department")
    assert len(case.case.active_tasks(RESOLVE)) == 1
    assert "tier 3 is the top tier and cannot hand over: the time of tier 3 ran out" in case.told("team:supervisors")


def test_time_that_runs_out_while_the_customer_has_the_word_hands_nothing_over() -> None:
    case = opened(changed("unpaused", tier={"pauses_on": []}))
    case.solve()
    case.wait(HOUR)
    assert (case.case.status, case.case.tier) == ("solution_offered", 1)
    assert case.clock(TIER).state is ClockState.BREACHED
    assert "escalation_not_needed" in case.story
    case.reject()
    assert case.case.tier == 2


def test_top_tier_waits_for_an_approval_and_offers_no_second_task() -> None:
    case = opened(subject="The kettle exploded")
    case.solve(MANAGER, goodwill={"minor": 200_000, "currency": "CNY"})
    case.wait(2 * DAY)
    assert case.case.active_tasks(RESOLVE) == []
    assert "top_tier_stays" in case.story


def test_question_is_asked_again_and_then_the_case_is_closed() -> None:
    case = opened()
    case.claim()
    case.reply(await_answer=True)
    case.deeds.clear()
    case.wait(3 * DAY)
    assert "question_reminder" in templates(case)
    case.wait(4 * DAY)
    assert (case.case.status, case.case.state.outcome) == ("closed", Outcome.NO_ANSWER)
    last = case.messages[-1]
    assert (last.template, last.words["next_update_by"]) == (TemplateName.CLOSED_WITHOUT_ANSWER, None)
    recorded = next(entry for entry in case.case.state.timeline.entries if entry.what == "summarise_recorded")
    assert recorded.facts["cause"] == "open question"


def test_solution_is_asked_about_again_and_then_the_case_is_closed() -> None:
    case = opened()
    case.solve(solution="A voucher")
    case.deliver()
    case.wait(3 * DAY)
    assert templates(case) == ["solution_reminder", "closed_without_answer"]
    reminder = case.messages[0]
    assert (reminder.key, reminder.words["text"]) == ("C1:satisfaction:1:1", "A voucher")
    recorded = next(entry for entry in case.case.state.timeline.entries if entry.what == "summarise_recorded")
    assert recorded.facts["cause"] == "solution offered"


def test_breach_of_a_task_is_told_to_its_owner_and_the_supervisors() -> None:
    case = opened()
    case.deliver(FAILED)
    case.claim(SUPERVISOR, CONTACT)
    case.ask(correspondence.add_note, r.AddNote, SUPERVISOR, text="rings him every ten minutes")
    case.wait(3 * HOUR)
    assert "task T2: breached" in case.told(SUPERVISOR.id)
    assert "task T2: breached" in case.told("team:supervisors")


def test_release_step_of_a_task_that_nobody_owns_does_nothing() -> None:
    case = opened()
    clock = case.case.start_clock(ClockKind.CLAIM_IDLE, MINUTE, case.now, "test", task="T1")
    case.wait(MINUTE)
    assert list(clock.fired) == ["release_claim@1"]
    assert "task_released" not in case.story


def test_compensation_step_without_a_guarantee_grants_nothing() -> None:
    steps = [BREACH, COMPENSATE]
    case = opened(changed("poor", first_response={"steps": steps, "guarantee": None}), channel=Channel.CHAT)
    case.wait(MINUTE)
    assert not [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]


def test_what_ends_other_clocks_runs_after_what_those_do_at_the_same_instant() -> None:
    """A chat's first response, nobody's yet, is missed in the very moment in which the case is closed."""
    steps = [{"do": "remind", "at": 0.5}, BREACH, COMPENSATE]
    first = {"steps": steps, "by_channel": dict.fromkeys(Channel, 3 * DAY), "guarantee": GUARANTEE}
    case = opened(changed("together", first_response=first))
    case.solve()
    case.wait(3 * DAY)
    assert case.case.status == "closed"
    assert [str(deed.amount) for deed in case.deeds if isinstance(deed, GrantCompensation)] == ["5.00 CNY"]


def test_unknown_clock_is_refused_with_those_that_are_open() -> None:
    case = opened(channel=Channel.PHONE)
    with pytest.raises(ClockNotFoundError) as refusal:
        case.case.clock("tier:7")
    assert refusal.value.details["open"] == ["status_update:1", "tier:1"]
    assert update_key(case.case, case.clock(UPDATE)) == "C1:status_update:1:update"


def test_reply_of_the_expert_after_the_breach_is_late_and_not_met() -> None:
    case = opened()
    case.claim()
    case.ask(decisions.escalate, c.Escalate, AGENT, reason="complex", sensitive=True)
    case.wait(HOUR)
    case.claim(EXPERT)
    case.wait(65 * MINUTE)
    case.reply(EXPERT)
    case.deliver()
    assert (case.clock(FIRST).state, case.clock(FIRST).open) == (ClockState.BREACHED, False)
    found = case.case.state.classification
    assert found is not None
    assert (found.sensitive, found.important) == (True, True)
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="thanks")
    assert "the customer wrote" in case.told(EXPERT.id)


def test_promise_that_a_message_under_way_may_have_kept_waits_for_its_report() -> None:
    case = opened(channel=Channel.CHAT)
    case.claim()
    case.reply()
    case.now += 31 * MINUTE
    case.meanwhile()
    assert (case.clock(FIRST).breached_at, case.case.tier) == (None, 2)
    assert [step.clock for step in case.case.plan() if step.due <= case.now] == ["first_response:1"] * 3
    case.attend()
    assert case.clock(FIRST).breached_at == case.now
