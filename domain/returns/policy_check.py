"""Which rules for returns must not be published: windows that are missing, promises that nobody can keep."""

from __future__ import annotations

from domain.policy import Policy
from domain.returns.machine import ReturnCaseStatus
from domain.returns.wish import ReturnKind
from domain.shop_case.policy_check import (
    Findings,
    find_clock_problems,
    find_currency_problems,
    find_money_problems,
    find_priority_problems,
    find_team_problems,
    find_time_problems,
)
from domain.sla.rule_check import Finding

_SECTION = "returns"
_TEAMS = (
    *("verifying_team", "deciding_team", "settling_team", "supervisors", "tracing_team", "inspecting_team"),
    *("repairing_team", "testing_team", "following_team"),
)
WINDOWED = (ReturnKind.REFUND, ReturnKind.EXCHANGE, ReturnKind.CLAIM)
"""Kinds that need a window; a repair may be asked for at any time, in warranty or against a price."""


def find_return_problems(policy: Policy) -> Findings:
    """Everything in the return part that forbids to publish a policy."""
    rules = policy.returns
    yield from _windows(policy)
    yield from find_team_problems(policy, rules, _SECTION, _TEAMS)
    yield from find_time_problems(rules, _SECTION)
    yield from find_priority_problems(rules, _SECTION)
    yield from find_clock_problems(policy, rules, _SECTION, tuple(ReturnCaseStatus))
    yield from find_money_problems(policy, rules, _SECTION)
    yield from find_currency_problems(policy, rules.in_advance_up_to, (_SECTION, "in_advance_up_to"))


def _windows(policy: Policy) -> Findings:
    for kind in WINDOWED:
        if not policy.returns.windows.get(kind):
            path = (_SECTION, "windows", kind)
            yield Finding(path, f"expected how long after its delivery goods may come back for {kind}")
