"""The order-change part of policies: the charter's promises, and what must not be published."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.order_change.policy import ChangeKind, OrderChangePolicy
from domain.people import Role
from domain.policy import Policy
from domain.shop.orders import Fulfilment
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE
from starter.policies.publish import publishable
from tests.policies.refused import only_problem, problems_of, written

RULES = publishable("charter").policy.order_change

REFUSED = [
    (
        "order_change: { windows: { content: null } } # here",
        "order_change.windows.content",
        "expected the window for changes of content, but it is missing",
    ),
    (
        "order_change: { windows: { address: { while_order_is: [open, shipped] } } } # here",
        "order_change.windows.address.while_order_is.1",
        "expected one of open, released, got 'shipped'",
    ),
    ("order_change: { windows: { content: { within: 0s } } } # here", "order_change.windows.content.within", "than 0"),
    (
        "order_change: { windows: { content: { while_order_is: [] } } } # here",
        "order_change.windows.content.while_order_is",
        "",
    ),
    ("order_change: { deciding_team: nobody } # here", "order_change.deciding_team", "got 'nobody'"),
    ("order_change: { supervisors: legal } # here", "order_change.supervisors", "expected a team whose role is"),
    (
        "order_change: { task_times: { decide_change: 0s } } # here",
        "order_change.task_times.decide_change",
        "some time",
    ),
    (
        "order_change: { priorities: { normal: 1, high: 0 } } # here",
        "order_change.priorities.high",
        "a factor above 0, got 0",
    ),
    ("order_change: { vip_priority: royal } # here", "order_change.vip_priority", "expected one of high, normal"),
    (
        "order_change: { clocks: { payment: { calendar: lunar } } } # here",
        "order_change.clocks.payment.calendar",
        "got 'lunar'",
    ),
    (
        "order_change: { clocks: { payment: { steps: [{ do: ask_again, at: 0.5 }] } } } # here",
        "order_change.clocks.payment.steps",
        "expected close at the end",
    ),
    (
        "order_change: { clocks: { status_update: { pauses_on: [asleep] } } } # here",
        "order_change.clocks.status_update.pauses_on.0",
        "got 'asleep'",
    ),
    (
        "order_change: { clocks: { status_update: { quiet_hours: night } } } # here",
        "order_change.clocks.status_update.quiet_hours",
        "got 'night'",
    ),
    (
        "order_change: { clocks: { change_window: { steps: [{ do: breach, at: 1 }] } } } # here",
        "order_change.clocks.change_window.steps.0.do",
        "nothing executes this step",
    ),
    (
        "order_change: { authority: { agent: { currency: EUR } } } # here",
        "order_change.authority.agent.currency",
        "got 'EUR'",
    ),
    ("order_change: { ask_customer: never } # here", "order_change.ask_customer", "price_up"),
]


@pytest.mark.parametrize(("text", "where", "problem"), REFUSED, ids=lambda value: str(value)[:60])
def test_nonsense_about_order_changes_is_refused(tmp_path: Path, text: str, where: str, problem: str) -> None:
    found, said = only_problem(tmp_path, text)
    assert found == where
    assert problem in said


def test_single_supervisor_cannot_be_four_eyes(tmp_path: Path) -> None:
    text = "extends: charter\nname: test\nteams: { supervisors: { members: [supervisor-01] } }\n"
    fields = [problem["field"] for problem in problems_of(written(tmp_path, text))]
    assert fields == ["order_change.supervisors", "returns.supervisors", "deliveries.supervisors"]


def test_guarantee_that_nothing_grants_is_refused(tmp_path: Path) -> None:
    text = """
    extends: charter
    name: test
    order_change:
      clocks:
        task_due:
          guarantee: { grant: { minor: 2000, currency: CNY } }
    """
    assert {problem["field"] for problem in problems_of(written(tmp_path, text))} == {
        "order_change.clocks.task_due.guarantee"
    }


def test_shipped_numbers_are_the_defaults_of_policies_from_before_there_were_order_changes() -> None:
    assert OrderChangePolicy() == RULES
    document = publishable("charter").policy.model_dump(mode="json")
    del document["order_change"]
    assert Policy.model_validate(document).order_change == RULES


def test_a_person_decides_within_two_hours_and_the_customer_hears_every_four() -> None:
    assert RULES.task_times.decide_change == 2 * HOUR
    update = RULES.clocks.status_update
    assert [(step.do, step.offset(update.every)) for step in update.steps] == [
        (StepAction.SEND_UPDATE, 4 * HOUR - 10 * MINUTE),
        (StepAction.BREACH, 4 * HOUR),
    ]
    assert {kind: RULES.windows[kind].within for kind in ChangeKind} == {
        ChangeKind.CONTENT: HOUR,
        ChangeKind.ADDRESS: 2 * HOUR,
        ChangeKind.PAYMENT_METHOD: HOUR,
        ChangeKind.CANCELLATION: 2 * HOUR,
    }
    assert {window.while_order_is for window in RULES.windows.values()} == {(Fulfilment.OPEN,)}
    assert (RULES.clocks.customer_answer.within, RULES.clocks.payment.within) == (DAY, DAY)
    assert RULES.clocks.interception.within == DAY
    assert {role: str(limit) for role, limit in RULES.authority.items()} == {Role.AGENT: "200.00 CNY"}


def test_every_clock_has_its_budgets() -> None:
    assert {kind: len(RULES.budgets(kind)) for kind in RULES.clocks.kinds} == {
        ClockKind.CHANGE_WINDOW: 4,
        ClockKind.STATUS_UPDATE: 1,
        ClockKind.TASK_DUE: 8,
        ClockKind.CLAIM_IDLE: 1,
        ClockKind.CUSTOMER_ANSWER: 1,
        ClockKind.PAYMENT: 1,
        ClockKind.INTERCEPTION: 1,
        ClockKind.PROMISE: 0,
    }


def test_rehearsal_has_order_changes_in_fast_motion() -> None:
    rules = publishable("rehearsal").policy.order_change
    assert rules.windows[ChangeKind.CONTENT].within == MINUTE
    assert rules.task_times.decide_change == 2 * MINUTE
    steps = rules.clocks.status_update.steps
    assert [step.offset(rules.clocks.status_update.every) for step in steps] == [230_000, 240_000]
