"""Which rules for assignment must not be published: people, skills, teams and calendars that there are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from domain.policy import Policy
from domain.sla.rule_check import FieldPath, Finding, expected_one_of

Findings: TypeAlias = Iterator[Finding]

_HERE: FieldPath = ("assignment",)


def find_assignment_problems(policy: Policy) -> Findings:
    """Everything in the section that forbids to publish the policy."""
    yield from _teams(policy)
    yield from _capacity(policy)
    yield from _skills(policy)
    yield from _shifts(policy)


def _teams(policy: Policy) -> Findings:
    rules = policy.assignment
    for team in rules.push:
        if team not in policy.teams:
            yield Finding((*_HERE, "push", team), expected_one_of(policy.teams, team))
    if rules.calendar not in policy.calendars:
        yield Finding((*_HERE, "calendar"), expected_one_of(policy.calendars, rules.calendar))
    if rules.again_at_most < rules.again_within:
        yield Finding((*_HERE, "again_at_most"), "expected no less than again_within")


def _capacity(policy: Policy) -> Findings:
    for channel, tasks in policy.assignment.capacity.items():
        if tasks < 1:
            problem = f"expected at least one task at once, or nobody could have any, got {tasks}"
            yield Finding((*_HERE, "capacity", channel), problem)


def _skills(policy: Policy) -> Findings:
    skills = policy.assignment.skills
    for skill, people in skills.items():
        yield from _people(policy, people, (*_HERE, "skills", skill))
    for at, need in enumerate(policy.assignment.needs):
        if need.skill not in skills:
            yield Finding((*_HERE, "needs", at, "skill"), expected_one_of(skills, need.skill))


def _shifts(policy: Policy) -> Findings:
    for name, shift in policy.assignment.shifts.items():
        path: FieldPath = (*_HERE, "shifts", name)
        yield from _people(policy, shift.members, (*path, "members"))
        if shift.calendar not in policy.calendars:
            yield Finding((*path, "calendar"), expected_one_of(policy.calendars, shift.calendar))


def _people(policy: Policy, people: tuple[str, ...], path: FieldPath) -> Findings:
    for at, person in enumerate(people):
        if person not in policy.staff:
            yield Finding((*path, at), f"expected a member of some team, got {person!r}")
        elif person in people[:at]:
            yield Finding((*path, at), f"expected each member once, but {person} comes again")
    if not people:
        yield Finding(path, "expected at least one member")
