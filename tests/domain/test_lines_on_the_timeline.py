"""What a case leaves on its timeline: for each act one line with who did it, to what, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.case import Act
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.people import Actor
from domain.sla.spans import MINUTE
from domain.timeline import Entry
from tests.domain.cases import AGENT, COLLEAGUE, CUSTOMER, SUPERVISOR, Running, opened

Verb = Callable[[Any, Any], Act]


def line(case: Running, what: str) -> Entry:
    """The newest line that says this."""
    return [entry for entry in case.case.state.timeline.entries if entry.what == what][-1]


@pytest.mark.parametrize(
    ("verb", "request_type", "actor", "fields", "what", "facts"),
    [
        (task_verbs.release, m.ReleaseTask, AGENT, {}, "task_released", {"former_owner": AGENT.id}),
        (task_verbs.start, m.StartTask, AGENT, {}, "task_started", {}),
        (task_verbs.save_draft, m.SaveDraft, AGENT, {"draft": "Dear"}, "task_started", {}),
        (task_verbs.delegate, m.DelegateTask, AGENT, {"to": COLLEAGUE}, "task_delegated", {"to": COLLEAGUE.id}),
        (task_verbs.forward, m.ForwardTask, AGENT, {"team": "phone"}, "task_forwarded", {"team": "phone"}),
        (task_verbs.suspend, m.SuspendTask, AGENT, {}, "task_suspended", {}),
        (task_verbs.exclude, m.ExcludeOwner, SUPERVISOR, {"person": AGENT.id}, "owner_excluded", {"person": AGENT.id}),
        (supervision.reassign, r.Reassign, SUPERVISOR, {"to": COLLEAGUE}, "task_delegated", {"former_owner": AGENT.id}),
    ],
)
def test_act_on_a_task_is_on_the_timeline_with_who_and_why(
    verb: Verb, request_type: type[m.Request], actor: Actor, fields: dict[str, Any], what: str, facts: dict[str, str]
) -> None:
    case = opened()
    case.claim()
    why = {"reason": "lunch"} if "reason" in request_type.model_fields else {}
    case.ask(verb, request_type, actor, task_id="T1", **fields, **why)
    written = line(case, what)
    assert written.by == actor.id
    assert written.facts.items() >= {"task": "T1", **facts, **why}.items()


def test_completed_task_is_on_the_timeline_with_its_kind_and_who_completed_it() -> None:
    case = opened()
    case.solve()
    written = line(case, "task_completed")
    assert (written.by, written.facts) == (AGENT.id, {"task": "T1", "kind": "resolve_complaint"})


def test_task_taken_up_again_is_on_the_timeline() -> None:
    case = opened()
    case.claim()
    case.ask(task_verbs.suspend, m.SuspendTask, AGENT, task_id="T1", reason="fire drill")
    case.ask(task_verbs.resume, m.ResumeTask, AGENT, task_id="T1")
    assert (line(case, "task_resumed").by, case.story[-1]) == (AGENT.id, "task_resumed")


def test_who_is_handed_a_task_is_told_which_and_why() -> None:
    case = opened()
    case.claim()
    case.ask(task_verbs.delegate, m.DelegateTask, AGENT, task_id="T1", to=COLLEAGUE, reason="lunch")
    assert case.told(COLLEAGUE.id) == ["task T1 (Resolve the complaint) was handed to you: lunch"]


@pytest.mark.parametrize(
    ("verb", "request_type", "actor", "fields", "what", "text"),
    [
        (correspondence.reply, r.Reply, AGENT, {"text": "We are on it."}, "replied", "We are on it."),
        (correspondence.add_note, r.AddNote, AGENT, {"text": "sounds upset"}, "note_added", "sounds upset"),
        (correspondence.customer_reply, r.CustomerReply, CUSTOMER, {"text": "and?"}, "customer_replied", "and?"),
        (decisions.withdraw, c.Withdraw, CUSTOMER, {"text": "found it"}, "withdrawn", "found it"),
    ],
)
def test_words_of_a_person_are_on_the_timeline_as_they_were_said(
    verb: Verb, request_type: type[m.Request], actor: Actor, fields: dict[str, Any], what: str, text: str
) -> None:
    case = opened()
    case.claim()
    case.wait(MINUTE)
    case.ask(verb, request_type, actor, **fields)
    written = line(case, what)
    assert (written.by, written.text, written.at) == (actor.id, text, case.now)


def test_classification_is_on_the_timeline_before_the_tier_that_follows_from_it() -> None:
    case = opened()
    found = case.case.state.classification
    assert found is not None
    written = line(case, "classified")
    assert written.facts.items() >= {"type": found.type, "severity": found.severity.value}.items()
    assert case.story.index("classified") < case.story.index("tier_entered") < case.story.index("task_offered")
