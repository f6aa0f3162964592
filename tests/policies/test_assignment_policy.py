"""What a policy may say about who gets tasks, how that reads, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.sla.spans import MINUTE
from starter.policies.loader import load_policy
from starter.policies.preview import preview
from tests.policies.refused import only_problem, written
from tests.policies.shipped import noon

FULL = """
extends: charter
assignment:
  push: { vip: { accept_within: 15s }, online: {} }
  skills: { calming: online-01..online-03, privacy: [expert-01] }
  needs:
    - { skill: calming, when: { upset: true, vip: false, channel: [chat, phone] } }
    - { skill: privacy, required: true, when: { problem: [privacy] } }
    - { skill: calming, when: { vip: true, upset: false } }
    - { skill: calming }
  shifts: { early: { calendar: office, members: [online-01..online-12] } }
"""

REFUSED = [
    ("assignment: { push: { nobody: {} } } # here", "assignment.push.nobody", "expected one of phone, online, social"),
    ("assignment: { calendar: moon } # here", "assignment.calendar", "expected one of always, office, got 'moon'"),
    ("assignment: { again_at_most: 10s } # here", "assignment.again_at_most", "expected no less than again_within"),
    ("assignment: { capacity: { chat: 0 } } # here", "assignment.capacity.chat", "expected at least one task at once"),
    ("assignment: { skills: { calming: [] } } # here", "assignment.skills.calming", "expected at least one member"),
    (
        "assignment: { skills: { calming: [ghost-01] } } # here",
        "assignment.skills.calming.0",
        "expected a member of some team, got 'ghost-01'",
    ),
    (
        "assignment: { skills: { calming: [online-01..online-02, online-02] } } # here",
        "assignment.skills.calming.2",
        "expected each member once, but online-02 comes again",
    ),
    (
        "assignment: { needs: [{ skill: juggling }] } # here",
        "assignment.needs.0.skill",
        "expected one of (none), got 'juggling'",
    ),
    (
        "assignment: { shifts: { early: { calendar: moon, members: [online-01] } } } # here",
        "assignment.shifts.early.calendar",
        "expected one of always, office, got 'moon'",
    ),
    (
        "assignment: { shifts: { early: { calendar: office, members: [ghost-01] } } } # here",
        "assignment.shifts.early.members.0",
        "expected a member of some team",
    ),
]


@pytest.mark.parametrize(("text", "field", "problem"), REFUSED, ids=[field for _, field, _ in REFUSED])
def test_names_that_nobody_has_are_refused(tmp_path: Path, text: str, field: str, problem: str) -> None:
    named, said = only_problem(tmp_path, text)
    assert named == field
    assert problem in said


def test_skills_and_shifts_take_ranges_of_people_as_teams_do(tmp_path: Path) -> None:
    rules = load_policy(written(tmp_path, FULL)).policy.assignment
    assert rules.skills["calming"] == ("online-01", "online-02", "online-03")
    assert len(rules.shifts["early"].members) == 12


def test_rules_read_as_sentences(tmp_path: Path) -> None:
    assert preview(load_policy(written(tmp_path, FULL)).policy, noon(2026, 10, 5)).assignment == (
        "vip: tasks are given to a member, who begins within 15 s",
        "online: tasks are given to a member, who begins within 2 min",
        "customers' own agents: given their tasks if they are free, and begin within 2 min",
        "at once: phone 3, chat 4, email 10, social 6, and 12 in all",
        "chat, phone and no VIP customer and an upset customer: preferably calming (3 people)",
        "privacy: needs privacy (1 people)",
        "a VIP customer and a calm customer: preferably calming (3 people)",
        "every task: preferably calming (3 people)",
        "shift early: 12 people, calendar office",
    )


def test_charter_gives_tasks_to_nobody_but_customers_own_agents() -> None:
    rules = load_policy("charter").policy.assignment
    assert (rules.push, rules.needs, rules.shifts) == ({}, (), {})
    assert 3 <= rules.capacity_for(next(channel for channel in rules.capacity if channel == "chat")) <= 5
    assert preview(load_policy("charter").policy, noon(2026, 10, 5)).assignment[0].startswith("people take tasks")


def test_how_long_presence_counts_does_not_go_faster_with_the_pace() -> None:
    faster = load_policy("charter", pace=60).policy.assignment
    assert (faster.present_for, faster.accept_within) == (15 * MINUTE, 2_000)
