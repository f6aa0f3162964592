"""Which rules for delivery problems must not be published."""

from __future__ import annotations

from domain.delivery.machine import DeliveryCaseStatus
from domain.policy import Policy
from domain.shop_case.policy_check import (
    Findings,
    find_clock_problems,
    find_money_problems,
    find_priority_problems,
    find_team_problems,
    find_time_problems,
)

_SECTION = "deliveries"


def find_delivery_problems(policy: Policy) -> Findings:
    """Everything in the part about deliveries that forbids to publish a policy."""
    rules = policy.deliveries
    yield from find_team_problems(policy, rules, _SECTION, ("deciding_team", "settling_team", "supervisors"))
    yield from find_time_problems(rules, _SECTION)
    yield from find_priority_problems(rules, _SECTION)
    yield from find_clock_problems(policy, rules, _SECTION, tuple(DeliveryCaseStatus))
    yield from find_money_problems(policy, rules, _SECTION)
