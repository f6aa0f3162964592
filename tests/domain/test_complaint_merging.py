"""A complaint is merged into another one, with its words and its earlier promises."""

from __future__ import annotations

from typing import Any

import pytest

from domain import requests as r
from domain import supervision
from domain.complaint import decisions, facts
from domain.complaint import messages as c
from domain.complaint.messages import Outcome
from domain.deeds import JoinCase
from domain.people import Actor, Channel
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE, Span
from domain.templates import TemplateName
from tests.domain.cases import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    EXPERT,
    MONDAY,
    ORDER,
    STRANGER,
    SUPERVISOR,
    Running,
    changed,
    opened,
)
from tests.domain.complaints import close, reopen

TIER = ClockKind.TIER


def merge(case: Running, actor: Actor = SUPERVISOR, target: str = "C2", **fields: Any) -> None:
    order = case.case.state.order.id if case.case.state.order else None
    told = {"target": target, "target_customer": CUSTOMER.id, "target_order": order, "reason": "the same"}
    case.ask(decisions.merge, c.Merge, actor, **told | fields)


def merged(left: dict[str, Span] | None = None, **fields: Any) -> c.CaseMerged:
    told: dict[str, Any] = {
        "case_id": "C2",
        "customer_id": CUSTOMER.id,
        "order_id": None,
        "subject": "The kettle still leaks",
        "description": "more than before",
        "notes": ("was called",),
        "left": left or {},
    }
    return c.CaseMerged(**told | fields)


def test_merge_is_asked_and_the_case_ends_when_the_other_one_has_taken_over() -> None:
    case = opened(order=ORDER)
    case.claim()
    merge(case, AGENT)
    assert [deed.target for deed in case.deeds if isinstance(deed, JoinCase)] == ["C2"]
    assert case.case.status == "in_progress"
    with case.refused("merge_refused"):
        merge(case, target="C3")
    note = facts.handover_note(case.case, case.now)
    assert (note.order_id, note.left) == (
        ORDER.id,
        {"first_response": 2 * HOUR, "status_update": 4 * HOUR, "tier": 30 * MINUTE},
    )
    facts.joined(case.case, "C2", case.now)
    case.attend()
    assert (case.case.status, case.case.state.outcome, case.case.state.linked) == ("merged", Outcome.MERGED, ["C2"])
    last = case.messages[-1]
    assert (last.template, last.words["other_case"], last.words["next_update_by"]) == (TemplateName.MERGED, "C2", None)
    with case.refused("wrong_status"):
        reopen(case)


@pytest.mark.parametrize(
    "fields",
    [{"target": "C1"}, {"target_customer": STRANGER.id}, {"target_order": "O7"}],
    ids=["itself", "another customer", "another order"],
)
def test_merge_into_what_does_not_fit_is_refused(fields: dict[str, Any]) -> None:
    case = opened(order=ORDER)
    with case.refused("merge_refused"):
        merge(case, **fields)
    with case.refused("not_allowed"):
        merge(case, COLLEAGUE)


def test_merge_that_failed_leaves_the_case_as_it_was() -> None:
    case = opened()
    merge(case)
    facts.not_joined(case.case, "C2", "it is gone", case.now)
    case.attend()
    assert (case.case.status, case.case.state.merging_into) == ("in_progress", None)
    assert case.told("team:supervisors") == ["could not merge into C2: it is gone"]


@pytest.mark.parametrize("how", ["accepted", "closed"])
def test_merge_that_comes_after_the_customer_accepted_or_the_end_changes_nothing(how: str) -> None:
    case = opened()
    case.solve()
    merge(case)
    case.accept()
    if how == "closed":
        close(case)
    status = case.case.status
    facts.joined(case.case, "C2", case.now)
    assert (case.case.status, case.case.state.linked, case.story[-1]) == (status, ["C2"], "merge_came_too_late")


def test_merged_case_brings_its_words_and_its_earlier_promise() -> None:
    case = opened()
    case.claim()
    facts.absorb(case.case, merged({"tier": 12 * MINUTE, "first_response": 5 * HOUR, "nonsense": 1}), case.now)
    facts.absorb(case.case, merged({"tier": 0}), case.now)
    assert case.story[-2:] == ["case_absorbed", "from_merged_case"]
    case.attend()
    assert case.case.due(case.clock(TIER)) == MONDAY + 12 * MINUTE
    assert case.case.due(case.clock(ClockKind.FIRST_RESPONSE)) == MONDAY + 2 * HOUR
    assert case.told(AGENT.id)[0] == "case C2 was merged into this one"


def test_promise_that_was_taken_over_survives_a_change_of_priority() -> None:
    case = opened()
    facts.absorb(case.case, merged({"tier": 20 * MINUTE, "status_update": HOUR, "first_response": MINUTE}), case.now)
    for priority, left in (("high", 5 * MINUTE), ("normal", 20 * MINUTE)):
        case.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority=priority, reason="to and fro")
        assert case.case.due(case.clock(TIER)) == MONDAY + left
    assert case.case.due(case.clock(ClockKind.STATUS_UPDATE)) == MONDAY + HOUR
    assert case.case.due(case.clock(ClockKind.FIRST_RESPONSE)) == MONDAY + MINUTE


def test_promise_that_was_missed_in_the_other_case_was_answered_for_there() -> None:
    case = opened(channel=Channel.CHAT)
    case.wait(MINUTE)
    assert "first_response" not in facts.handover_note(case.case, case.now).left


def test_target_keeps_its_own_promises_where_the_policy_says_so() -> None:
    case = opened(changed("own", complaint={"merge_keeps": "target"}))
    facts.absorb(case.case, merged({"tier": MINUTE}), case.now)
    assert case.case.due(case.clock(TIER)) == MONDAY + 30 * MINUTE


def test_clocks_of_tasks_and_of_the_customers_answer_are_not_carried_over() -> None:
    case = opened(subject="Identity theft")
    facts.absorb(case.case, merged({"task_claim": MINUTE}), case.now)
    assert case.case.due(case.clock(ClockKind.TASK_CLAIM)) == MONDAY + HOUR
    case.solve(EXPERT)
    facts.absorb(case.case, merged({"satisfaction": 0}, case_id="C3"), case.now)
    case.attend()
    assert case.case.status == "solution_offered"


def test_case_of_another_order_is_not_absorbed() -> None:
    case = opened(order=ORDER)
    facts.absorb(case.case, merged(), case.now)
    assert (case.story[-1], case.case.state.linked) == ("merge_ignored", [])
