"""A complaint arrives: it is classified, promised from that moment on, and offered to the team meant to have it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.complaint import decisions, facts
from domain.complaint import messages as c
from domain.complaint.policy import Severity
from domain.complaint.rules import classify
from domain.complaint.tasks import RESOLVE
from domain.deeds import LookupReport
from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import CUSTOMER, MONDAY, ORDER, arrival, arrived, changed, charter, opened
from tests.domain.complaints import FIRE, close, reopen

# --- classification -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "vip", "expected"),
    [
        ({}, False, ("other", Severity.NORMAL, 1, "normal", False)),
        ({"subject": "REFUND please"}, False, ("return_or_refund", Severity.NORMAL, 1, "normal", False)),
        ({"description": "物流太慢"}, False, ("delivery", Severity.NORMAL, 1, "normal", False)),
        ({"subject": "Fraud on my account"}, False, ("fraud", Severity.MAJOR, 2, "normal", True)),
        ({"subject": "Fraud", "description": "it exploded"}, False, ("safety", Severity.CRITICAL, 3, "normal", True)),
        ({"crisis_level": 1}, False, ("other", Severity.NORMAL, 1, "normal", False)),
        ({"crisis_level": 2}, False, ("other", Severity.MAJOR, 2, "normal", True)),
        ({"crisis_level": 3}, False, ("other", Severity.CRITICAL, 3, "normal", True)),
        ({"upset": True}, False, ("other", Severity.NORMAL, 1, "normal", True)),
        ({"subject": "I am FURIOUS"}, False, ("other", Severity.NORMAL, 1, "normal", True)),
        ({}, True, ("other", Severity.NORMAL, 1, "high", True)),
    ],
)
def test_charter_classifies_complaints(told: dict[str, Any], vip: bool, expected: tuple[object, ...]) -> None:
    complaint = arrival(charter(), **{"subject": "Hello"} | told)
    found = classify(complaint, vip=vip, policy=charter().complaint)
    assert (found.type, found.severity, found.entry_tier, found.priority, found.important) == expected


def rules(*lines: tuple[dict[str, Any], dict[str, Any]]) -> Policy:
    table = [{"name": f"rule {number}", "when": when, "then": then} for number, (when, then) in enumerate(lines)]
    return changed("table", complaint={"classification": table})


def test_rules_speak_in_their_order_and_severity_and_tier_only_rise() -> None:
    policy = rules(
        ({}, {"severity": "major", "entry_tier": 2, "type": "first", "sensitive": True}),
        ({"severity": ["major"], "sensitive": True}, {"severity": "minor", "entry_tier": 1, "upset": True}),
        ({"upset": True}, {"sensitive": False, "important": True, "type": "last"}),
        ({"sensitive": True}, {"type": "never"}),
    )
    found = classify(arrival(policy), vip=False, policy=policy.complaint)
    assert (found.type, found.severity, found.entry_tier) == ("last", Severity.MAJOR, 2)
    assert (found.sensitive, found.important, found.rules) == (False, True, ("rule 0", "rule 1", "rule 2"))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"channel": ["email", "chat"]}, True),
        ({"channel": ["phone"]}, False),
        ({"vip": True}, False),
        ({"vip": False}, True),
        ({"upset": False}, True),
        ({"severity": ["minor"]}, False),
        ({"words": ["KETTLE", "pan"]}, True),
        ({"words": ["pan"]}, False),
        ({"crisis_level_at_least": 1}, False),
    ],
)
def test_every_field_of_a_condition_that_is_set_must_hold(when: dict[str, Any], holds: bool) -> None:
    policy = rules((when, {"type": "found"}))
    found = classify(arrival(policy), vip=False, policy=policy.complaint)
    assert (found.type == "found") is holds


# --- arrival --------------------------------------------------------------------------------------------------


def test_promises_count_from_the_arrival_and_not_from_the_moment_the_look_up_answered() -> None:
    case = arrived()
    case.now += 10 * MINUTE
    facts.receive(case.case, case.complaint, LookupReport(), case.now)
    case.attend()
    assert case.story[:3] == ["received", "customer_unknown", "status_changed"]
    assert [case.case.due(clock) for clock in case.case.state.clocks] == [
        MONDAY + 2 * HOUR,
        MONDAY + 4 * HOUR,
        MONDAY + 30 * MINUTE,
    ]


def test_complaint_from_a_door_whose_clock_is_ahead_counts_from_now() -> None:
    case = arrived()
    ahead = facts.new_complaint(arrival(charter(), MONDAY + HOUR), charter(), MONDAY)
    assert (case.case.state.opened_at, ahead.state.opened_at) == (MONDAY, MONDAY)


def test_complaint_withdrawn_before_it_was_looked_at_stays_withdrawn() -> None:
    case = arrived()
    case.ask(decisions.withdraw, c.Withdraw, CUSTOMER, text="found it")
    facts.receive(case.case, case.complaint, LookupReport(order=ORDER), case.now)
    case.attend()
    assert (case.case.status, case.case.plan(), case.case.state.order) == ("withdrawn", [], ORDER)
    assert case.messages[-1].template is TemplateName.WITHDRAWN


def test_complaint_closed_and_reopened_before_it_was_looked_at_is_worked_on() -> None:
    case = arrived()
    close(case)
    reopen(case)
    facts.receive(case.case, case.complaint, LookupReport(), case.now)
    assert (case.case.status, case.case.tier) == ("in_progress", 2)
    assert len(case.case.active_tasks(RESOLVE)) == 1


@pytest.mark.parametrize(
    ("fields", "team", "tier"),
    [
        ({"channel": Channel.PHONE}, "phone", 1),
        ({"channel": Channel.SOCIAL}, "social", 1),
        ({"vip": True}, "vip", 1),
        ({"subject": "Identity theft"}, "specialists", 2),
        ({"subject": FIRE}, "management", 3),
    ],
)
def test_task_is_offered_to_the_team_of_tier_channel_and_customer(fields: dict[str, Any], team: str, tier: int) -> None:
    case = opened(**fields)
    assert (case.task().team, case.case.tier, case.case.state.entry_tier) == (team, tier, tier)
