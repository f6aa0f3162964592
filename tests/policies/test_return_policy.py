"""The return part of policies: the charter's promises, and what must not be published."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.people import Role
from domain.policy import Policy
from domain.returns.policy import ReturnPolicy
from domain.returns.wish import ReturnKind
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from starter.policies.publish import publishable
from tests.policies.refused import only_problem

RULES = publishable("charter").policy.returns

TRACED = "{{ clocks: {{ transit: {{ steps: [{{ do: trace, at: 1 }}, {}] }} }} }}"
REFUSED = [
    ("{ windows: { refund: null } }", "windows.refund", "expected how long"),
    ("{ inspecting_team: nobody }", "inspecting_team", "got 'nobody'"),
    ("{ supervisors: legal }", "supervisors", "expected a team whose role is"),
    ("{ task_times: { inspect_goods: 0s } }", "task_times.inspect_goods", "some time"),
    ("{ priorities: { slow: 0 } }", "priorities.slow", "above 0"),
    ("{ clocks: { refund: { steps: [{ do: remind, at: 0.5 }] } } }", "clocks.refund.steps", "expected breach"),
    ("{ clocks: { sending: { steps: [{ do: ask_again, at: 0.5 }] } } }", "clocks.sending.steps", "expected close"),
    ("{ clocks: { transit: { steps: [{ do: look_again, at: 1 }] } } }", "clocks.transit.steps", "miss a parcel"),
    (
        "{ clocks: { transit: { steps: [{ do: trace, at: 1 }, { do: close, at: 1 }] } } }",
        "clocks.transit.steps.1.do",
        "",
    ),
    (
        "{ clocks: { transit: { steps: [{ do: trace, at: 0.5 }, { do: trace, at: 1 }] } } }",
        "clocks.transit.steps.0",
        "",
    ),
    ("{ clocks: { label: { calendar: lunar } } }", "clocks.label.calendar", "got 'lunar'"),
    ("{ authority: { agent: { currency: EUR } } }", "authority.agent.currency", "got 'EUR'"),
    ("{ in_advance_up_to: { currency: EUR } }", "in_advance_up_to.currency", "got 'EUR'"),
    ("{ as_new: [shiny] }", "as_new.0", "unopened"),
    ("{ send_to: { country: China } }", "send_to.country", ""),
]


@pytest.mark.parametrize(("text", "where", "problem"), REFUSED, ids=range(len(REFUSED)))
def test_nonsense_about_returns_is_refused(tmp_path: Path, text: str, where: str, problem: str) -> None:
    found, said = only_problem(tmp_path, f"returns: {text} # here")
    assert found == f"returns.{where}"
    assert problem in said


def test_shipped_numbers_are_the_defaults_of_policies_from_before_there_were_returns() -> None:
    assert ReturnPolicy() == RULES
    document = publishable("charter").policy.model_dump(mode="json")
    del document["returns"]
    assert Policy.model_validate(document).returns == RULES


def test_money_is_on_its_way_within_a_day_and_the_customer_hears_every_four_hours() -> None:
    assert RULES.clocks.refund.within == DAY
    update = RULES.clocks.status_update
    assert [step.offset(update.every) for step in update.steps] == [4 * HOUR - 10 * MINUTE, 4 * HOUR]
    assert RULES.windows == {ReturnKind.REFUND: 7 * DAY, ReturnKind.EXCHANGE: 15 * DAY, ReturnKind.CLAIM: 15 * DAY}
    assert {role: str(limit) for role, limit in RULES.authority.items()} == {Role.AGENT: "200.00 CNY"}


def test_every_clock_has_its_budgets() -> None:
    lone = {kind for kind in RULES.clocks.kinds if len(RULES.budgets(kind)) == 1}
    assert set(RULES.clocks.kinds) - lone == {ClockKind.RETURN_WINDOW, ClockKind.TASK_DUE, ClockKind.PROMISE}
    assert len(RULES.budgets(ClockKind.TASK_DUE)) == 12
    assert RULES.budgets(ClockKind.PROMISE) == ()


def test_rehearsal_has_returns_in_fast_motion() -> None:
    rules = publishable("rehearsal").policy.returns
    assert rules.clocks.refund.within == 24 * MINUTE
    assert rules.windows[ReturnKind.REFUND] == 7 * DAY // 60
