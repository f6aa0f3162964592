"""Which rules for cases at a shop must not be published, whatever their type."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from domain.money import Money
from domain.people import Role
from domain.policy import Policy
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rule_check import FieldPath, Finding, expected_one_of, find_rule_problems
from domain.sla.rules import StatusUpdateRule

Findings: TypeAlias = Iterator[Finding]


def find_team_problems(policy: Policy, rules: ShopCasePolicy, section: str, fields: Iterable[str]) -> Findings:
    """Teams that there are not, and supervisors who could not be a second pair of eyes."""
    for field in fields:
        team = getattr(rules, field)
        if team not in policy.teams:
            yield Finding((section, field), expected_one_of(policy.teams, team))
    supervisors = policy.teams.get(rules.supervisors)
    if supervisors and supervisors.role is not Role.SUPERVISOR:
        expected = f"expected a team whose role is supervisor, got one whose role is {supervisors.role}"
        yield Finding((section, "supervisors"), expected)
    elif supervisors and len(supervisors.present) < 2:
        yield Finding((section, "supervisors"), "expected two supervisors, or nobody could approve the other's refund")


def find_time_problems(rules: ShopCasePolicy, section: str) -> Findings:
    """Tasks that would be late at once."""
    for kind, within in rules.task_times.model_dump().items():
        if within <= 0:
            yield Finding((section, "task_times", kind), "expected some time, or the task would be late at once")


def find_priority_problems(rules: ShopCasePolicy, section: str) -> Findings:
    """Priorities that would leave no time, or that there are not."""
    for name, factor in rules.priorities.items():
        if factor <= 0:
            yield Finding((section, "priorities", name), f"expected a factor above 0, got {factor:g}")
    for field in ("default_priority", "vip_priority"):
        if (priority := getattr(rules, field)) not in rules.priorities:
            yield Finding((section, field), expected_one_of(sorted(rules.priorities), priority))


def find_clock_problems(
    policy: Policy,
    rules: ShopCasePolicy,
    section: str,
    statuses: Collection[str],
) -> Findings:
    """Clocks that nothing keeps, or that run by a calendar which there is not."""
    for kind in rules.clocks.kinds:
        path: FieldPath = (section, "clocks", kind.value)
        rule = rules.clocks.rule(kind)
        if rule.calendar not in policy.calendars:
            yield Finding((*path, "calendar"), expected_one_of(policy.calendars, rule.calendar))
        for where, problem in find_rule_problems(kind, rule, budgets=rules.budgets(kind), statuses=statuses, tiers=0):
            yield Finding((*path, *where), problem)
        if rule.guarantee:
            yield Finding((*path, "guarantee"), f"expected none: nothing compensates in {section.replace('_', ' ')}")
        if isinstance(rule, StatusUpdateRule) and rule.quiet_hours not in (None, *policy.calendars):
            yield Finding((*path, "quiet_hours"), expected_one_of(policy.calendars, rule.quiet_hours))


def find_money_problems(policy: Policy, rules: ShopCasePolicy, section: str) -> Findings:
    """Limits in another currency than the complaints' would never apply to the same shop's orders."""
    for role, limit in rules.authority.items():
        yield from find_currency_problems(policy, limit, (section, "authority", role))


def find_currency_problems(policy: Policy, limit: Money, path: FieldPath) -> Findings:
    """A limit in a currency that no order of this shop is in."""
    known = {limit.currency for limit in policy.complaint.authority.values()}
    if known and limit.currency not in known:
        yield Finding((*path, "currency"), expected_one_of(sorted(known), limit.currency))
