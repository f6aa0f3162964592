"""Which policies must not be published: promises that nothing keeps, people who are absent, words that lack.

Each part yields findings: where in the policy, and what was expected there. Source: lessons, failure 7
(escalation that nothing executes, nobody eligible to take it).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from domain.assignment.policy_check import find_assignment_problems
from domain.complaint.machine import ComplaintStatus
from domain.delivery.policy_check import find_delivery_problems
from domain.money import Money
from domain.order_change.policy_check import find_order_change_problems
from domain.people import Channel, Language, Role
from domain.policy import Policy, Team
from domain.returns.policy_check import find_return_problems
from domain.sla.rule_check import FieldPath, Finding, expected_one_of, find_rule_problems
from domain.templates import TemplateName

MEMBER_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")

MOST_PRIORITY = 100.0
"""A priority that stretches a tier's time further than this is a slip of the pen."""

Findings: TypeAlias = Iterator[Finding]


def find_problems(policy: Policy) -> list[Finding]:
    """Everything in a well-formed policy that forbids to publish it; empty when all is well."""
    parts = (
        _teams,
        _team_names,
        _delivery,
        _templates,
        _customer_page,
        _tiers,
        _priorities,
        _classification,
        _money,
        _clocks,
        find_order_change_problems,
        find_return_problems,
        find_delivery_problems,
        find_assignment_problems,
    )
    return [finding for part in parts for finding in part(policy)]


def _unnamed(names: Mapping[Language, str], path: FieldPath) -> Findings:
    for language in Language:
        if not names.get(language):
            yield Finding((*path, language), f"expected a name in {language}, but it is missing")


# People.


def _teams(policy: Policy) -> Findings:
    for name, team in policy.teams.items():
        path: FieldPath = ("teams", name)
        yield from _unnamed(team.name, (*path, "name"))
        if not team.members:
            yield Finding((*path, "members"), "expected at least one member")
        elif not team.present:
            yield Finding((*path, "absent"), "expected somebody to be present, but every member is absent")
        yield from _members(team, path)


def _members(team: Team, path: FieldPath) -> Findings:
    for at, member in enumerate(team.members):
        if not MEMBER_ID.fullmatch(member):
            yield Finding(
                (*path, "members", at),
                f"expected a staff id of 2 to 40 lower-case letters, digits and dashes, got {member!r}",
            )
        if member in team.members[:at]:
            yield Finding((*path, "members", at), f"expected each member once, but {member} comes again")
    for at, member in enumerate(team.absent):
        if member not in team.members:
            yield Finding((*path, "absent", at), f"expected a member of the team, got {member!r}")


def _team_names(policy: Policy) -> Findings:
    complaint = policy.complaint
    named: dict[FieldPath, str] = {
        ("complaint", "supervisors"): complaint.supervisors,
        ("complaint", "quality_team"): complaint.quality_team,
    }
    for number, tier in complaint.tiers.items():
        path: FieldPath = ("complaint", "tiers", number)
        named[*path, "team"] = tier.team
        named |= {(*path, "team_by_channel", channel): team for channel, team in tier.team_by_channel.items()}
        if tier.vip_team is not None:
            named[*path, "vip_team"] = tier.vip_team
    for where, team in named.items():
        if team not in policy.teams:
            yield Finding(where, expected_one_of(policy.teams, team))
    supervisors = policy.teams.get(complaint.supervisors)
    if supervisors and supervisors.role is not Role.SUPERVISOR:
        yield Finding(
            ("complaint", "supervisors"),
            f"expected a team whose role is supervisor, got one whose role is {supervisors.role}",
        )


# Words and ways.


def _delivery(policy: Policy) -> Findings:
    for channel in Channel:
        if not policy.delivery.get(channel):
            yield Finding(("delivery", channel), f"expected at least one way to reach a customer from {channel}")
        if channel not in policy.complaint.clocks.first_response.by_channel:
            yield Finding(
                ("complaint", "clocks", "first_response", "by_channel", channel),
                f"expected the time for a first response by {channel}, but it is missing",
            )


def _templates(policy: Policy) -> Findings:
    for name in TemplateName:
        if name not in policy.templates:
            yield Finding(("templates", name), "expected this template, but it is missing")
        for language in Language if name in policy.templates else ():
            if language not in policy.templates[name]:
                yield Finding(("templates", name, language), "expected this language, but it is missing")
    for other in policy.templates:
        if other not in set(TemplateName):
            yield Finding(("templates", other), f"nothing sends this template: {expected_one_of(TemplateName, other)}")


def _customer_page(policy: Policy) -> Findings:
    for language in Language:
        if language not in policy.customer_page.below_messages:
            where = ("customer_page", "below_messages", language)
            yield Finding(where, "expected the line below messages in this language, but it is missing")


def _clocks(policy: Policy) -> Findings:
    complaint = policy.complaint
    for kind in complaint.clocks.kinds:
        rule, path = complaint.clocks.rule(kind), ("complaint", "clocks", kind.value)
        if rule.calendar not in policy.calendars:
            yield Finding((*path, "calendar"), expected_one_of(policy.calendars, rule.calendar))
        for where, problem in find_rule_problems(
            kind,
            rule,
            budgets=complaint.budgets(kind),
            statuses=tuple(ComplaintStatus),
            tiers=len(complaint.tiers),
        ):
            yield Finding((*path, *where), problem)
    quiet = complaint.clocks.status_update.quiet_hours
    if quiet is not None and quiet not in policy.calendars:
        where = ("complaint", "clocks", "status_update", "quiet_hours")
        yield Finding(where, expected_one_of(policy.calendars, quiet))


# Tiers, priorities, classification, money.


def _tiers(policy: Policy) -> Findings:
    tiers = policy.complaint.tiers
    path: FieldPath = ("complaint", "tiers")
    if sorted(tiers) != list(range(1, len(tiers) + 1)) or not tiers:
        numbers = ", ".join(str(number) for number in sorted(tiers)) or "none"
        yield Finding(path, f"expected tiers numbered from 1 without gaps, got {numbers}")
    for number, tier in tiers.items():
        yield from _unnamed(tier.name, (*path, number, "name"))
    total = sum(tier.expected_share for tier in tiers.values())
    if not abs(total - 1) < 1e-6:
        yield Finding(path, f"expected shares that sum to 1, got {total:g}")


def _priorities(policy: Policy) -> Findings:
    priorities = policy.complaint.priorities
    for name, factor in priorities.items():
        if not 0 < factor <= MOST_PRIORITY:
            yield Finding(
                ("complaint", "priorities", name),
                f"expected a factor above 0 and up to {MOST_PRIORITY:g}, got {factor}",
            )
    if policy.complaint.default_priority not in priorities:
        yield Finding(("complaint", "default_priority"), expected_one_of(priorities, policy.complaint.default_priority))


def _classification(policy: Policy) -> Findings:
    complaint = policy.complaint
    top = max(complaint.tiers, default=0)
    names = Counter(rule.name for rule in complaint.classification)
    for at, rule in enumerate(complaint.classification):
        path: FieldPath = ("complaint", "classification", at)
        if names[rule.name] > 1:
            yield Finding((*path, "name"), f"expected each name once, since cases show it, but {rule.name!r} is shared")
        if not all(word.strip() for word in rule.when.words):
            yield Finding((*path, "when", "words"), "expected words, but one is empty and would be found everywhere")
        if rule.then.priority is not None and rule.then.priority not in complaint.priorities:
            yield Finding((*path, "then", "priority"), expected_one_of(complaint.priorities, rule.then.priority))
        if rule.then.entry_tier is not None and rule.then.entry_tier > top:
            yield Finding((*path, "then", "entry_tier"), f"expected a tier up to {top}, got {rule.then.entry_tier}")


def _money(policy: Policy) -> Findings:
    authority = policy.complaint.authority.items()
    amounts: dict[FieldPath, Money] = {("complaint", "authority", role): limit for role, limit in authority}
    for kind in policy.complaint.clocks.kinds:
        if guarantee := policy.complaint.clocks.rule(kind).guarantee:
            amounts["complaint", "clocks", kind, "guarantee", "grant"] = guarantee.grant
    currencies = [amount.currency for amount in amounts.values()]
    for path, amount in amounts.items():
        if amount.currency != currencies[0]:
            yield Finding((*path, "currency"), f"expected {currencies[0]} as before, got {amount.currency}")
