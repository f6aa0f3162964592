"""What became of a message, what a person finds out about it, and several messages at once."""

from __future__ import annotations

import pytest

from domain import requests as r
from domain import supervision
from domain.case_record import KEPT_ENDED_TASKS, SEEN_EVENTS
from domain.conversation import write
from domain.deeds import DeliveryState, RecordCheck, SendMessage
from domain.messages import DeliveryReported
from domain.one_message import keep_one_message
from domain.people import Channel
from domain.reaching import delivery_reported
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.templates import TemplateName
from domain.worked_case import CHECK_DELIVERY, CONTACT
from tests.domain.cases import SUPERVISOR, charter, opened
from tests.domain.steps import fixed, templates

FIRST, UPDATE = ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE
FAILED, UNKNOWN = DeliveryState.FAILED, DeliveryState.UNKNOWN


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
