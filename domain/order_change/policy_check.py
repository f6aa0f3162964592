"""Which rules for order changes must not be published: windows that never close, promises that nobody can keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.policy import ChangeKind
from domain.people import Role
from domain.policy import Policy
from domain.shop.orders import Fulfilment
from domain.sla.rule_check import FieldPath, Finding, expected_one_of, find_rule_problems

Findings: TypeAlias = Iterator[Finding]

STILL_HERE = (Fulfilment.OPEN, Fulfilment.RELEASED)
"""As long as nothing has left the warehouse, a window may be open."""

_SECTION = "order_change"


def find_order_change_problems(policy: Policy) -> Findings:
    """Everything in the order-change part that forbids to publish a policy."""
    for part in (_windows, _teams, _times, _clocks, _money):
        yield from part(policy)


def _windows(policy: Policy) -> Findings:
    windows = policy.order_change.windows
    for kind in ChangeKind:
        path: FieldPath = (_SECTION, "windows", kind)
        if kind not in windows:
            yield Finding(path, f"expected the window for changes of {kind}, but it is missing")
            continue
        for at, stage in enumerate(windows[kind].while_order_is):
            if stage not in STILL_HERE:
                yield Finding((*path, "while_order_is", at), expected_one_of(STILL_HERE, stage))


def _teams(policy: Policy) -> Findings:
    rules = policy.order_change
    for field in ("verifying_team", "deciding_team", "settling_team", "supervisors"):
        team = getattr(rules, field)
        if team not in policy.teams:
            yield Finding((_SECTION, field), expected_one_of(policy.teams, team))
    supervisors = policy.teams.get(rules.supervisors)
    if supervisors and supervisors.role is not Role.SUPERVISOR:
        expected = f"expected a team whose role is supervisor, got one whose role is {supervisors.role}"
        yield Finding((_SECTION, "supervisors"), expected)
    elif supervisors and len(supervisors.present) < 2:
        yield Finding((_SECTION, "supervisors"), "expected two supervisors, or nobody could approve the other's refund")


def _times(policy: Policy) -> Findings:
    for kind, within in policy.order_change.task_times.model_dump().items():
        if within <= 0:
            yield Finding((_SECTION, "task_times", kind), "expected some time, or the task would be late at once")


def _clocks(policy: Policy) -> Findings:
    rules = policy.order_change
    for kind in rules.clocks.kinds:
        rule, path = rules.clocks.rule(kind), (_SECTION, "clocks", kind.value)
        if rule.calendar not in policy.calendars:
            yield Finding((*path, "calendar"), expected_one_of(policy.calendars, rule.calendar))
        statuses = tuple(status.value for status in ChangeCaseStatus)
        for where, problem in find_rule_problems(kind, rule, budgets=rules.budgets(kind), statuses=statuses, tiers=0):
            yield Finding((*path, *where), problem)
        if rule.guarantee:
            yield Finding((*path, "guarantee"), "expected none: nothing compensates in an order change")
    quiet = rules.clocks.status_update.quiet_hours
    if quiet is not None and quiet not in policy.calendars:
        where = (_SECTION, "clocks", "status_update", "quiet_hours")
        yield Finding(where, expected_one_of(policy.calendars, quiet))


def _money(policy: Policy) -> Findings:
    """Limits in another currency than the complaints' would never apply to the same shop's orders."""
    known = {limit.currency for limit in policy.complaint.authority.values()}
    for role, limit in policy.order_change.authority.items():
        if known and limit.currency not in known:
            path = (_SECTION, "authority", role, "currency")
            yield Finding(path, expected_one_of(sorted(known), limit.currency))
