"""Histories that were recorded, told as stories: nothing that matters is left out, and plumbing is."""

from __future__ import annotations

import gzip
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.timeline import Entry
from starter.desk.texts import catalogue
from starter.story.happenings import Decoded, Happening, Kind, happenings, instant_of
from starter.story.reading import decode
from starter.story.turns import turns

FOLDER = Path(__file__).parents[2] / "histories"
UP = "agent_who_cannot_resolve_it_sends_it_up-1"
E = EventType


@cache
def recorded(name: str) -> list[HistoryEvent]:
    content = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()
    return [*WorkflowHistory.from_json(name, content).events]


async def decoded(name: str) -> Decoded:
    return await decode(pydantic_data_converter, recorded(name))


async def told(name: str) -> list[Happening]:
    return happenings(recorded(name), await decoded(name))


async def test_story_says_who_asked_what_and_what_the_case_had_done_about_it() -> None:
    story = turns(await told(UP), [])
    [escalated] = [turn for turn in story if any(cause.name == "escalate" for cause in turn.causes)]
    assert [(cause.kind, cause.by) for cause in escalated.causes] == [(Kind.ASKED, "online-01")]
    assert [deed.name for deed in escalated.deeds] == ["notify_staff", "notify_staff", "send_message"]
    assert escalated.deeds[2].said == "Tier 2 takes over: told the customer, by email"
    assert all(deed.took is not None and deed.took > 0 for deed in escalated.deeds)


async def test_story_begins_and_sleeps_until_the_next_step() -> None:
    first, second, *_ = turns(await told(UP), [])
    assert (first.causes[0].kind, first.causes[0].said) == (Kind.BEGAN, "Complaint by email")
    assert (second.causes[0].kind, second.causes[0].name) == (Kind.DONE, "send_message")
    assert [(deed.kind, deed.said) for deed in second.deeds] == [(Kind.TIMER, "tier 1 time · remind in 15 min")]


COUNTED = {
    E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: Kind.BEGAN,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: Kind.ASKED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: Kind.TOLD,
    E.EVENT_TYPE_TIMER_STARTED: Kind.TIMER,
    E.EVENT_TYPE_TIMER_FIRED: Kind.WOKE,
    E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: Kind.ACTIVITY,
    E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: Kind.CASE_TOLD,
    E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: Kind.CASE_STARTED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: Kind.ENDED,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: Kind.CONTINUED,
}
NAMES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))[::9]


@pytest.mark.parametrize("name", NAMES)
async def test_every_deed_and_every_cause_of_a_history_is_in_its_story(name: str) -> None:
    kinds = Counter(COUNTED[event.event_type] for event in recorded(name) if event.event_type in COUNTED)
    story = turns(await told(name), [])
    found = Counter(one.kind for turn in story for one in (*turn.causes, *turn.deeds))
    assert {kind: found[kind] for kind in COUNTED.values()} == {kind: kinds[kind] for kind in COUNTED.values()}
    assert [turn.number for turn in story] == sorted(turn.number for turn in story)
    texts = {f"activity.{one.name}" for turn in story for one in turn.deeds if one.kind is Kind.ACTIVITY}
    texts |= {f"signal.{one.name}" for turn in story for one in turn.causes if one.kind is Kind.TOLD}
    # A signal that no case knows has no name but its own.
    assert texts - {*catalogue()} <= {"signal.no_such_signal"}


async def test_what_the_case_wrote_stands_in_the_turn_in_which_it_did() -> None:
    happened = await told(UP)
    at = [turn.at for turn in turns(happened, []) if turn.causes[0].kind in (Kind.BEGAN, Kind.ASKED)]
    began, claimed = at[:2]
    lines = [
        Entry(seq=1, at=began - 9, what="received", by="duecourse"),
        Entry(seq=2, at=began, what="task_offered", by="duecourse"),
        Entry(seq=3, at=claimed - 1, what="message_delivered", by="duecourse"),
        Entry(seq=4, at=claimed, what="task_claimed", by="online-01"),
    ]
    wrote = {turn.at: [entry.seq for entry in turn.wrote] for turn in turns(happened, lines) if turn.wrote}
    assert (wrote[began], wrote[claimed]) == ([2], [3, 4])


def event(number: int, kind: EventType.ValueType, seconds: int = 0, **attributes: object) -> HistoryEvent:
    made = HistoryEvent(event_id=number, event_type=kind, **attributes)  # type: ignore[arg-type]
    made.event_time.seconds = 1_000 + seconds
    return made


def test_activity_that_was_tried_again_says_how_often_and_what_went_wrong() -> None:
    failed = {
        "scheduled_event_id": 1,
        "failure": {"message": "activity error", "cause": {"message": "no such mailbox"}},
    }
    events = [
        event(1, E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED),
        event(
            2,
            E.EVENT_TYPE_ACTIVITY_TASK_STARTED,
            activity_task_started_event_attributes={
                "scheduled_event_id": 1,
                "attempt": 3,
                "last_failure": {"message": "busy"},
            },
        ),
        event(3, E.EVENT_TYPE_ACTIVITY_TASK_FAILED, 5, activity_task_failed_event_attributes=failed),
    ]
    ordered, done = happenings(events, {})
    assert (ordered.tries, ordered.trouble, ordered.took) == (3, "no such mailbox", 5_000)
    assert (done.kind, done.trouble) == (Kind.DONE, "no such mailbox")
    assert instant_of(events[2]) == 1_005_000


def test_trouble_with_the_code_is_part_of_the_story() -> None:
    broken = {"failure": {"message": "nondeterminism"}}
    events = [
        event(1, E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED),
        event(2, E.EVENT_TYPE_WORKFLOW_TASK_STARTED),
        event(3, E.EVENT_TYPE_WORKFLOW_TASK_FAILED, workflow_task_failed_event_attributes=broken),
    ]
    [turn] = turns(happenings(events, {}), [])
    assert [(deed.kind, deed.trouble) for deed in turn.deeds] == [(Kind.FAILED, "nondeterminism")]
