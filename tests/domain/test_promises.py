"""What is said to the customer and when: first response, status updates, what a delivery means, what falls due."""

from __future__ import annotations

from typing import Any

import pytest

from domain import correspondence, supervision
from domain import requests as r
from domain.case_record import KEPT_ENDED_TASKS, SEEN_EVENTS
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.messages import Outcome
from domain.complaint.tasks import RESOLVE
from domain.conversation import next_update_by, start_updates, update_key, write
from domain.deeds import DeliveryState, GrantCompensation, NoticeKind, RecordCheck, SendMessage
from domain.errors import ClockNotFoundError
from domain.messages import DeliveryReported
from domain.one_message import keep_one_message
from domain.people import Channel
from domain.policy import Policy
from domain.reaching import delivery_reported
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND
from domain.templates import TemplateName
from domain.worked_case import CHECK_DELIVERY, CONTACT
from tests.domain.cases import (
    AGENT,
    CUSTOMER,
    EXPERT,
    MANAGER,
    MONDAY,
    SUPERVISOR,
    Running,
    changed,
    charter,
    opened,
)

FIRST, UPDATE, TIER = ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE, ClockKind.TIER
FAILED, UNKNOWN = DeliveryState.FAILED, DeliveryState.UNKNOWN
SEND: dict[str, Any] = {"do": "send_update", "before": "1m"}
BREACH: dict[str, Any] = {"do": "breach", "at": 1}
COMPENSATE: dict[str, Any] = {"do": "compensate", "at": 1}
GUARANTEE = {"grant": {"minor": 500, "currency": "CNY"}}


def fixed() -> Policy:
    return changed("fixed", status_update={"cadence": "fixed"})


def slow(name: str = "slow", **clocks: dict[str, Any]) -> Policy:
    """A policy under which nothing but status updates happens for a long time."""
    tiers = charter().model_dump(mode="json")["complaint"]["tiers"]
    for tier in tiers.values():
        tier["time"] = 90 * DAY
    clocks["status_update"] = {"steps": [SEND, BREACH]} | clocks.get("status_update", {})
    first = {"steps": [{"do": "breach", "at": 1}], "by_channel": dict.fromkeys(Channel, 60 * DAY), "guarantee": None}
    return changed(name, complaint={"tiers": tiers}, first_response=first, **clocks)


def templates(case: Running) -> list[str]:
    return [message.template.value for message in case.messages]


# --- first response -------------------------------------------------------------------------------------------


def test_only_a_delivered_message_of_a_person_is_a_first_response() -> None:
    case = opened()
    case.deliver()
    case.claim()
    case.ask(correspondence.add_note, r.AddNote, AGENT, text="called the warehouse")
    case.reply()
    assert case.clock(FIRST).state is ClockState.RUNNING
    case.deliver(FAILED)
    assert case.clock(FIRST).state is ClockState.RUNNING
    case.reply()
    case.deliver()
    assert case.clock(FIRST).state is ClockState.MET
    assert case.clock(FIRST).why[-1].cause == "online-01's message was delivered"


def test_call_is_answered_at_once_and_an_email_by_the_policy() -> None:
    assert opened(channel=Channel.PHONE).clock(FIRST).state is ClockState.MET
    assert opened(channel=Channel.PHONE, vip=True).clock(FIRST).state is ClockState.MET
    assert opened(channel=Channel.EMAIL).clock(FIRST).budget == 2 * HOUR
    assert opened(channel=Channel.EMAIL, vip=True).clock(FIRST).budget == 15 * SECOND


def test_missed_first_response_is_breached_and_compensated_once_and_the_customer_told() -> None:
    case = opened(channel=Channel.CHAT)
    case.wait(MINUTE)
    granted = [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]
    assert [(grant.key, str(grant.amount)) for grant in granted] == [("C1:first_response:1", "20.00 CNY")]
    assert [message.words["compensation"] for message in case.messages[1:]] == ["20.00 CNY"]
    case.case.grant(granted[0].amount, granted[0].key, "again", case.now, tell=True)
    assert not case.case.state.deeds


def test_breach_step_after_the_breach_does_nothing() -> None:
    steps = [BREACH, {"do": "breach", "at": 2}]
    case = opened(changed("twice", first_response={"steps": steps, "guarantee": None}), channel=Channel.CHAT)
    case.wait(5 * MINUTE)
    assert list(case.clock(FIRST).fired) == ["breach@1", "breach@2"]
    assert case.story.count("breached") == 1
    assert [notice.key for notice in case.notices if notice.notice is NoticeKind.BREACH] == [
        "C1:first_response:1:breach"
    ]


# --- status updates, floating ---------------------------------------------------------------------------------


def test_floating_update_starts_anew_with_every_delivered_message() -> None:
    case = opened(slow())
    case.deliver()
    assert (case.clock(UPDATE).instance, case.clock(UPDATE).due(case.case.calendar("always"))) == (2, MONDAY + 4 * HOUR)
    case.wait(4 * HOUR - MINUTE)
    (update,) = case.messages
    assert (update.key, update.template) == ("C1:status_update:2:update", TemplateName.STATUS_UPDATE)
    assert update.words["next_update_by"] == case.now + 4 * HOUR
    case.deliver()
    assert case.clock(UPDATE).started_at == case.now


def test_update_that_did_not_arrive_is_missed_and_the_next_one_is_promised() -> None:
    case = opened(slow())
    case.deliver()
    case.wait(4 * HOUR)
    missed, fresh = [clock for clock in case.case.state.clocks if clock.kind is UPDATE][-2:]
    assert (missed.state, missed.open, fresh.state) == (ClockState.BREACHED, False, ClockState.RUNNING)
    assert fresh.started_at == case.now
    assert not [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]


def test_guaranteed_update_that_did_not_arrive_is_compensated() -> None:
    steps = [SEND, BREACH, COMPENSATE]
    case = opened(slow(status_update={"steps": steps, "guarantee": GUARANTEE}))
    case.wait(4 * HOUR)
    assert [str(deed.amount) for deed in case.deeds if isinstance(deed, GrantCompensation)] == ["5.00 CNY"]
    assert len({deed.key for deed in case.deeds}) == len(case.deeds)


def test_second_try_of_an_update_has_a_key_of_its_own() -> None:
    case = opened(slow(status_update={"steps": [{"do": "send_update", "before": "30m"}, SEND, BREACH]}))
    case.wait(4 * HOUR)
    keys = [message.key for message in case.messages if message.template is TemplateName.STATUS_UPDATE]
    assert keys == ["C1:status_update:1:update", "C1:status_update:1:update:2"]


def test_paused_update_promises_nothing() -> None:
    case = opened()
    case.solve()
    assert case.clock(UPDATE).state is ClockState.PAUSED
    assert next_update_by(case.case, case.now) is None
    case.accept()
    assert next_update_by(case.case, case.now) is None
    case.deliver()
    assert case.case.open_clock(UPDATE) is None


# --- status updates, fixed ------------------------------------------------------------------------------------


def test_fixed_update_keeps_its_grid_whatever_else_is_written() -> None:
    case = opened(fixed())
    case.claim()
    case.wait(HOUR // 6)
    case.reply()
    assert case.messages[-1].words["next_update_by"] == MONDAY + 4 * HOUR
    case.deliver()
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 4 * HOUR


def test_fixed_update_is_followed_by_the_next_of_the_grid() -> None:
    case = opened(slow("fixed", status_update={"cadence": "fixed"}))
    case.deliver()
    case.wait(4 * HOUR - MINUTE)
    assert case.messages[0].words["next_update_by"] == MONDAY + 8 * HOUR
    case.deliver()
    clock = case.clock(UPDATE)
    assert (clock.running_since, case.case.due(clock)) == (MONDAY + 4 * HOUR, MONDAY + 8 * HOUR)
    case.solve()
    case.reject()
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 8 * HOUR


def test_fixed_update_that_nobody_got_is_missed_on_the_grid() -> None:
    case = opened(slow("fixed", status_update={"cadence": "fixed"}))
    case.sleep(9 * HOUR)
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 12 * HOUR
    assert "late_by_system" in case.story


def test_fixed_update_whose_words_went_out_with_another_message_was_given() -> None:
    """Escalation and update fall due while the system is down: one letter says both, and it counts as the update."""
    case = opened(
        changed(
            "fixed", status_update={"cadence": "fixed", "steps": [{"do": "send_update", "before": "3h30m"}, BREACH]}
        )
    )
    case.sleep(31 * MINUTE)
    letters = case.deliver()
    assert [letter.template for letter in letters] == [TemplateName.ACKNOWLEDGEMENT, TemplateName.ESCALATED]
    assert letters[-1].joined == ("C1:status_update:1:update",)
    assert case.clock(UPDATE).instance == 2


def test_promise_on_a_fixed_grid_leaves_passed_periods_out() -> None:
    case = opened(fixed())
    case.case.cancel(UPDATE, case.now, "test")
    start_updates(case.case, MONDAY + 9 * HOUR, "test", runs_from=MONDAY)
    assert case.clock(UPDATE).running_since == MONDAY + 8 * HOUR


# --- quiet hours ----------------------------------------------------------------------------------------------


def test_update_of_the_night_is_sent_when_quiet_hours_end_and_is_not_missed() -> None:
    steps = [SEND, BREACH, COMPENSATE]
    policy = slow(status_update={"quiet_hours": "office", "guarantee": GUARANTEE, "steps": steps})
    case = opened(policy, at=MONDAY + 7 * HOUR)
    case.deliver()
    morning = MONDAY + DAY
    assert next_update_by(case.case, case.now) == morning + MINUTE
    case.wait(morning - case.now)
    assert templates(case) == ["status_update"]
    case.wait(30 * SECOND)
    case.deliver()
    case.wait(3 * HOUR)
    assert "breached" not in case.story
    assert case.case.due(case.clock(UPDATE)) == morning + 30 * SECOND + 4 * HOUR


def test_update_of_the_night_that_nobody_gets_in_the_morning_is_missed() -> None:
    case = opened(slow(status_update={"quiet_hours": "office"}), at=MONDAY + 7 * HOUR)
    case.deliver()
    case.wait(2 * DAY)
    missed = next(entry for entry in case.case.state.timeline.entries if entry.what == "breached")
    assert missed.at == MONDAY + DAY + MINUTE


# --- what became of a message ---------------------------------------------------------------------------------


def test_message_that_no_channel_delivers_goes_to_a_person_and_one_such_task_is_enough() -> None:
    case = opened()
    case.deliver(FAILED)
    case.claim()
    case.reply()
    case.deliver(FAILED)
    assert len(case.case.active_tasks(CONTACT)) == 1
    assert [about for about in case.told("team:supervisors") if "no channel delivered" in about] == [
        "no channel delivered: Acknowledged: tier 1, what happens next and by when; task T2",
        "no channel delivered: Message of online-01 to the customer; task T2",
    ]
    assert case.story.count("delivery_failed") == 2


def test_customer_who_was_reached_by_a_person_has_heard_from_us() -> None:
    case = opened()
    case.deliver(FAILED)
    case.claim(SUPERVISOR, CONTACT)
    case.wait(MINUTE)
    case.complete(SUPERVISOR, CONTACT, reached=True, how="by telephone")
    assert case.clock(FIRST).state is ClockState.MET
    assert (case.clock(UPDATE).instance, case.clock(UPDATE).started_at) == (2, case.now)


def test_contact_moves_no_fixed_grid_and_failing_to_reach_somebody_nothing() -> None:
    for policy, reached, instance in ((fixed(), True, 1), (charter(), False, 1)):
        case = opened(policy)
        case.deliver(FAILED)
        case.claim(SUPERVISOR, CONTACT)
        case.complete(SUPERVISOR, CONTACT, reached=reached, how="rang the bell")
        assert case.clock(UPDATE).instance == instance
        assert case.clock(FIRST).open is not reached


def test_customer_who_is_reached_after_accepting_is_promised_nothing() -> None:
    case = opened()
    case.deliver(FAILED)
    case.claim(SUPERVISOR, CONTACT)
    case.solve()
    case.accept()
    case.complete(SUPERVISOR, CONTACT, reached=True, how="by telephone")
    assert case.case.open_clock(UPDATE) is None
    assert case.story[-1] == "contact_made"


def test_contact_after_the_first_response_meets_the_update_alone() -> None:
    case = opened(channel=Channel.PHONE)
    case.deliver(FAILED)
    case.case.cancel(UPDATE, case.now, "test")
    case.claim(SUPERVISOR, CONTACT)
    case.complete(SUPERVISOR, CONTACT, reached=True, how="by telephone")
    assert case.case.open_clock(UPDATE) is None


@pytest.mark.parametrize("arrived", [True, False])
def test_message_of_unknown_fate_is_checked_by_a_person(arrived: bool) -> None:
    case = opened()
    case.claim()
    case.deliver()
    case.reply()
    case.deliver(UNKNOWN)
    assert "delivery_unknown" in case.story
    assert case.case.state.doubtful.keys() == {"C1:agent_message:1"}
    case.claim(SUPERVISOR, CHECK_DELIVERY)
    case.complete(SUPERVISOR, CHECK_DELIVERY, arrived=arrived, how_known="asked the provider")
    assert not case.case.state.doubtful
    (check,) = [deed for deed in case.deeds if isinstance(deed, RecordCheck)]
    assert (check.message, check.arrived, check.by) == ("C1:agent_message:1", arrived, SUPERVISOR.id)
    assert (check.how, check.at) == ("asked the provider", case.now)
    if arrived:
        assert case.clock(FIRST).state is ClockState.MET
        assert case.messages == []
    else:
        (again,) = case.deliver()
        assert again.key == "C1:agent_message:1:again"
        assert case.clock(FIRST).state is ClockState.MET


def test_message_that_was_forgotten_meanwhile_is_not_sent_again() -> None:
    case = opened()
    case.deliver(UNKNOWN)
    case.case.state.doubtful.clear()
    case.claim(SUPERVISOR, CHECK_DELIVERY)
    case.complete(SUPERVISOR, CHECK_DELIVERY, arrived=False, how_known="asked")
    assert case.messages == []


def test_end_of_a_case_with_many_open_tasks_keeps_the_newest_with_their_clocks() -> None:
    case = opened()
    case.claim()
    for _ in range(KEPT_ENDED_TASKS + 10):
        case.reply()
        case.deliver(UNKNOWN)
    last = case.case.active_tasks(CHECK_DELIVERY)[-1]
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    tasks = case.case.state.tasks
    assert len(tasks) == KEPT_ENDED_TASKS
    assert last.id in {task.id for task in tasks}
    assert {clock.task for clock in case.case.state.clocks if clock.task} <= {task.id for task in tasks}


@pytest.mark.parametrize(("state", "said"), [(FAILED, "no channel delivered"), (UNKNOWN, "unknown whether it arrived")])
def test_last_message_of_a_case_that_is_over_raises_an_alarm_and_no_task(state: DeliveryState, said: str) -> None:
    case = opened()
    case.deliver()
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    case.deliver(state)
    assert case.told("team:supervisors") == [f"{said}: Told the customer: closed by supervisor-01; the case is closed"]
    assert (case.case.active_tasks(), case.case.plan()) == ([], [])


def test_delivery_report_of_a_provider_counts_once_and_a_bounce_goes_to_a_person() -> None:
    case = opened()
    first = DeliveryReported(event_id="e1", key="C1:acknowledgement:1", channel="email", delivered=False)  # type: ignore[arg-type]
    good = first.model_copy(update={"event_id": "e2", "delivered": True})
    for report in (first, first, good, first.model_copy(update={"event_id": "e3"})):
        delivery_reported(case.case, report, case.now)
    case.attend()
    assert [what for what in case.story if what.startswith("delivery_")] == [
        "delivery_bounced",
        "delivery_confirmed",
        "delivery_bounced",
    ]
    assert len(case.case.active_tasks(CONTACT)) == 1
    keys = [notice.key for notice in case.notices]
    assert len(keys) == len(set(keys)) == 2


def test_bounce_on_a_case_that_is_over_is_not_silent() -> None:
    case = opened()
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    report = DeliveryReported(event_id="e1", key="C1:closed:1", channel="email", delivered=False)  # type: ignore[arg-type]
    delivery_reported(case.case, report, case.now)
    case.attend()
    assert case.told("team:supervisors") == ["a message bounced; the case is closed"]
    assert case.case.active_tasks() == []


def test_events_that_were_seen_long_ago_are_forgotten() -> None:
    case = opened()
    for number in range(SEEN_EVENTS + 5):
        report = DeliveryReported(event_id=f"e{number}", key="k", channel="email", delivered=True)  # type: ignore[arg-type]
        delivery_reported(case.case, report, case.now)
    assert len(case.case.state.seen_events) == SEEN_EVENTS
    assert case.case.state.seen_events[0] == "e5"


# --- several at once ------------------------------------------------------------------------------------------


def test_after_a_downtime_the_customer_gets_one_message_with_everything_in_it() -> None:
    case = opened(channel=Channel.CHAT)
    case.deeds.clear()
    case.sleep(4 * HOUR)
    assert templates(case) == ["escalated"]
    assert case.messages[0].words["compensation"] == "20.00 CNY"
    assert case.story.count("message_joined") == 2
    late = [entry for entry in case.case.state.timeline.entries if entry.what == "late_by_system"]
    assert [entry.facts["due"] for entry in late] == sorted(int(entry.facts["due"] or 0) for entry in late)


def test_single_message_is_left_as_it_is() -> None:
    case = opened()
    case.deeds.clear()
    letter = write(case.case, TemplateName.STATUS_UPDATE, case.now, "one")
    keep_one_message(case.case, 0, case.now)
    assert case.case.state.deeds == [letter]


def test_words_of_a_person_are_never_joined() -> None:
    case = opened()
    case.deeds.clear()
    for template in (TemplateName.AGENT_MESSAGE, TemplateName.STATUS_UPDATE, TemplateName.COMPENSATION):
        write(case.case, template, case.now, "one", compensation="1.00 CNY")
    keep_one_message(case.case, 0, case.now)
    kept = [deed for deed in case.case.state.deeds if isinstance(deed, SendMessage)]
    assert [deed.template for deed in kept] == [TemplateName.AGENT_MESSAGE, TemplateName.STATUS_UPDATE]


# --- what else falls due --------------------------------------------------------------------------------------


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
