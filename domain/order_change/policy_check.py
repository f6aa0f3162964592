"""Which rules for order changes must not be published: windows that never close, promises that nobody can keep."""

from __future__ import annotations

from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.policy import ChangeKind
from domain.policy import Policy
from domain.shop.orders import Fulfilment
from domain.shop_case.policy_check import (
    Findings,
    find_clock_problems,
    find_money_problems,
    find_priority_problems,
    find_team_problems,
    find_time_problems,
)
from domain.sla.rule_check import FieldPath, Finding, expected_one_of

STILL_HERE = (Fulfilment.OPEN, Fulfilment.RELEASED)
"""As long as nothing has left the warehouse, a window may be open."""

_SECTION = "order_change"


def find_order_change_problems(policy: Policy) -> Findings:
    """Everything in the order-change part that forbids to publish a policy."""
    for part in (_windows, _people_and_money, _times_and_clocks):
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


def _people_and_money(policy: Policy) -> Findings:
    rules = policy.order_change
    teams = ("verifying_team", "deciding_team", "settling_team", "supervisors")
    yield from find_team_problems(policy, rules, _SECTION, teams)
    yield from find_money_problems(policy, rules, _SECTION)


def _times_and_clocks(policy: Policy) -> Findings:
    rules = policy.order_change
    yield from find_time_problems(rules, _SECTION)
    yield from find_priority_problems(rules, _SECTION)
    yield from find_clock_problems(policy, rules, _SECTION, tuple(ChangeCaseStatus))
