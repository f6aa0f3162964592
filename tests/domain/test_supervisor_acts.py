"""How supervisors step in: clocks are extended, held and let go, tiers forced, priorities and policies changed."""

from __future__ import annotations

from typing import Any

import pytest

from domain import correspondence, supervision
from domain import requests as r
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.budgets import budget_of
from domain.complaint.show import shown_facts
from domain.deeds import DeliveryState
from domain.people import Actor
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE, Span
from domain.templates import TemplateName
from domain.views import view_case
from tests.domain.cases import (
    AGENT,
    CUSTOMER,
    EXPERT,
    MANAGER,
    MONDAY,
    SUPERVISOR,
    Running,
    changed,
    charter,
    opened,
)

TIER, UPDATE, FIRST = ClockKind.TIER, ClockKind.STATUS_UPDATE, ClockKind.FIRST_RESPONSE


def extend(case: Running, clock: str, by: Span, actor: Actor = SUPERVISOR) -> None:
    case.ask(supervision.extend_clock, r.ExtendClock, actor, clock=clock, by=by, reason="storm")


def hold(case: Running, clock: str, actor: Actor = SUPERVISOR) -> None:
    case.ask(supervision.pause_clock, r.PauseClock, actor, clock=clock, reason="power cut")


def let_go(case: Running, clock: str, actor: Actor = SUPERVISOR) -> None:
    case.ask(supervision.resume_clock, r.ResumeClock, actor, clock=clock, reason="light again")


def force(case: Running, tier: int, actor: Actor = SUPERVISOR) -> None:
    case.ask(decisions.force_tier, c.ForceTier, actor, tier=tier, reason="press")


def prioritise(case: Running, priority: str, actor: Actor = SUPERVISOR) -> None:
    case.ask(supervision.change_priority, r.ChangePriority, actor, priority=priority, reason="minister's aunt")


def adopt(case: Running, policy: Policy, actor: Actor = SUPERVISOR) -> None:
    def decide(of: Any, request: r.AdoptPolicy) -> Any:
        return supervision.adopt_policy(of, request, policy)

    case.ask(decide, r.AdoptPolicy, actor, policy=policy.version, reason="new promises")


def close(case: Running) -> None:
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")


def renamed_calendar() -> Policy:
    """The charter with its office calendar under another name, and its tiers in office hours."""
    document = charter().model_dump(mode="json") | {"name": "renamed"}
    document["calendars"]["shop"] = document["calendars"].pop("office")
    clocks = document["complaint"]["clocks"]
    for kind in ("task_due", "follow_up", "tier"):
        clocks[kind]["calendar"] = "shop"
    return Policy.model_validate(document)


def with_office_tasks() -> Policy:
    return changed("office", task_due={"calendar": "office"}, follow_up={"calendar": "office"})


# --- clocks ---------------------------------------------------------------------------------------------------


def test_clock_is_extended_within_the_limit_of_its_whole_life() -> None:
    case = opened()
    with case.refused("not_allowed"):
        extend(case, "tier:1", HOUR, MANAGER)
    with case.refused("clock_not_found"):
        extend(case, "tier:9", HOUR)
    extend(case, "tier:1", HOUR)
    assert (case.case.due(case.clock(TIER)), case.clock(TIER).extended_by) == (MONDAY + 90 * MINUTE, HOUR)
    with case.refused("limit_exceeded") as said:
        extend(case, "tier:1", DAY)
    assert (said["limit_ms"], said["used_ms"]) == (DAY, HOUR)
    prioritise(case, "high")
    assert case.case.due(case.clock(TIER)) == MONDAY + 75 * MINUTE


def test_breached_or_ended_clock_is_not_extended() -> None:
    case = opened(subject="The kettle exploded")
    case.wait(2 * DAY)
    with case.refused("clock_state") as said:
        extend(case, "tier:1", HOUR)
    assert said["state"] == "breached"
    force(case, 1)
    for touch in (hold, let_go):
        with case.refused("clock_state") as said:
            touch(case, "tier:1")
        assert said["message"] == "clock tier:1 has ended"


def test_held_clock_stands_still_whatever_the_status_does() -> None:
    case = opened()
    case.claim()
    with case.refused("clock_state"):
        let_go(case, "tier:1")
    hold(case, "tier:1")
    with case.refused("clock_state"):
        hold(case, "tier:1")
    case.wait(HOUR)
    case.reply(SUPERVISOR, await_answer=True)
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="the blue one")
    clock = case.clock(TIER)
    assert (clock.state, clock.consumed, case.case.tier) == (ClockState.PAUSED, 0, 1)
    let_go(case, "tier:1")
    assert case.case.due(clock) == case.now + 30 * MINUTE


def test_clock_that_was_let_go_stays_paused_where_the_status_pauses_it() -> None:
    case = opened()
    case.claim()
    hold(case, "tier:1")
    case.reply(await_answer=True)
    let_go(case, "tier:1")
    assert case.clock(TIER).state is ClockState.PAUSED


# --- tiers, updates, priority ---------------------------------------------------------------------------------


def test_case_is_forced_into_any_other_tier_there_is() -> None:
    case = opened()
    case.claim()
    for tier in (1, 7):
        with case.refused("invalid_input"):
            force(case, tier)
    with case.refused("not_allowed"):
        force(case, 2, MANAGER)
    case.reply(await_answer=True)
    force(case, 3)
    assert (case.case.tier, case.case.state.highest_tier, case.task().team) == (3, 3, "management")
    assert (case.case.status, case.clock(ClockKind.CUSTOMER_ANSWER).state) == ("in_progress", ClockState.CANCELLED)
    force(case, 1)
    assert (case.case.tier, case.case.state.highest_tier) == (1, 3)
    case.solve()
    with case.refused("wrong_status"):
        force(case, 2)


def test_update_is_ordered_while_there_is_something_to_report() -> None:
    case = opened()
    with case.refused("not_allowed"):
        case.ask(supervision.send_update_now, r.SendUpdateNow, AGENT, reason="now")
    for _ in range(2):
        case.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="the customer called")
    ordered = [letter.key for letter in case.messages if letter.template is TemplateName.STATUS_UPDATE]
    assert ordered == ["C1:update_now:1", "C1:update_now:2"]
    case.solve()
    case.accept()
    with case.refused("wrong_status"):
        case.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="again")


def test_priority_changes_the_tier_and_keeps_what_was_consumed() -> None:
    case = opened()
    case.wait(10 * MINUTE)
    with case.refused("invalid_input"):
        prioritise(case, "extreme")
    with case.refused("not_allowed"):
        prioritise(case, "high", AGENT)
    prioritise(case, "high")
    assert (case.clock(TIER).budget, case.clock(TIER).consumed) == (15 * MINUTE, 10 * MINUTE)
    assert case.clock(FIRST).budget == 2 * HOUR
    close(case)
    with case.refused("wrong_status"):
        prioritise(case, "normal")


def test_priority_that_leaves_less_than_was_consumed_makes_the_tiers_time_run_out_now() -> None:
    case = opened()
    case.wait(20 * MINUTE)
    prioritise(case, "high")
    assert case.case.tier == 2
    assert case.case.clock("tier:1").breached_at == case.now


def test_budget_of_every_kind_of_clock_comes_from_the_policy() -> None:
    case = opened(subject="Identity theft", upset=True)
    case.deliver(DeliveryState.FAILED)
    case.claim(EXPERT)
    case.reply(EXPERT, await_answer=True)
    found = {clock.kind: budget_of(case.case, clock) for clock in case.case.state.clocks}
    rules = charter().complaint
    assert found == {
        FIRST: 2 * HOUR,
        UPDATE: 4 * HOUR,
        TIER: DAY,
        ClockKind.TASK_CLAIM: HOUR,
        ClockKind.TASK_DUE: None,
        ClockKind.CLAIM_IDLE: 2 * HOUR,
        ClockKind.CUSTOMER_ANSWER: rules.clocks.customer_answer.within,
    }
    prioritise(case, "high")
    assert case.clock(ClockKind.TASK_DUE).budget == rules.task_times.contact_customer
    clock = case.clock(ClockKind.CLAIM_IDLE)
    clock.task = "T99"
    assert budget_of(case.case, clock) is None


# --- policies -------------------------------------------------------------------------------------------------


def test_adopted_policy_moves_open_clocks_and_keeps_what_was_consumed() -> None:
    case = opened()
    case.wait(HOUR // 6)
    faster = changed("faster", status_update={"every": 2 * HOUR})
    with case.refused("not_allowed"):
        adopt(case, faster, MANAGER)
    adopt(case, faster)
    clock = case.clock(UPDATE)
    assert (clock.budget, clock.policy, clock.consumed) == (2 * HOUR, faster.version, HOUR // 6)
    assert (case.case.state.policy, case.case.policy_version) == (faster.version, faster.version)


def test_case_whose_ended_clocks_ran_in_calendars_that_are_gone_can_be_seen_moved_and_ended() -> None:
    case = opened(with_office_tasks())
    case.deliver(DeliveryState.FAILED)
    case.claim(SUPERVISOR, "contact_customer")
    case.complete(SUPERVISOR, "contact_customer", reached=True, how="by telephone")
    for policy in (renamed_calendar(), with_office_tasks(), renamed_calendar()):
        adopt(case, policy)
    assert {clock.calendar for clock in case.case.state.clocks if clock.open} == {"always", "shop"}
    assert "office" in {clock.calendar for clock in case.case.state.clocks}
    view = view_case(case.case, "complaint", (), shown_facts(case.case), case.now)
    ended = [clock for clock in case.case.state.clocks if not clock.open]
    assert {clock.id for clock in view.clocks if clock.due is None} == {clock.id for clock in ended}
    assert [clock.consumed for clock in view.clocks if clock.due is None] == [clock.consumed for clock in ended]
    close(case)
    assert case.case.plan() == []


def lacking(**changes: Any) -> Policy:
    document = charter().model_dump(mode="json") | {"name": "lacking"}
    if "team" in changes:
        document["teams"].pop(changes["team"])
    if "priority" in changes:
        document["complaint"]["priorities"].pop(changes["priority"])
    if "tier" in changes:
        document["complaint"]["tiers"].pop(changes["tier"])
    return Policy.model_validate(document)


@pytest.mark.parametrize("missing", [{"team": "online"}, {"priority": "normal"}, {"tier": "1"}])
def test_policy_that_lacks_what_the_case_uses_is_refused(missing: dict[str, Any]) -> None:
    case = opened()
    with case.refused("invalid_input"):
        adopt(case, lacking(**missing))


def test_policy_that_lacks_the_tier_of_an_open_task_is_refused() -> None:
    case = opened(subject="The kettle exploded")
    case.deliver(DeliveryState.FAILED)
    force(case, 1)
    with case.refused("invalid_input"):
        adopt(case, lacking(tier="3"))
