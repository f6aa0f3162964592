"""A changed policy over recorded promises: what is recorded counts as recorded, and only what is tried is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domain import requests as r
from domain import supervision
from domain.complaint.tasks import SUMMARISE
from domain.figures.dry_run import Tally, Verdict, judged, recorded
from domain.figures.observed import Observed, observed
from domain.people import Actor, Channel
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from tests.domain.cases import AGENT, CALLED, EXPERT, SUMMARY, SUPERVISOR, Running, changed, charter, opened
from tests.domain.complaints import ask_departments, close
from tests.domain.figures.telling import timeline


def tiers(**times: str) -> Policy:
    """The charter with other tier times: `tiers(t1="1h")`."""
    known = charter().model_dump(mode="json")["complaint"]["tiers"]
    for name, time in times.items():
        known[name.removeprefix("t")]["time"] = time
    return changed("tried", complaint={"tiers": known})


def seen(case: Running) -> list[Observed]:
    state = case.case.state
    return list(observed(state.timeline.entries, state.channel, "normal", case.now))


def verdicts(case: Running, policy: Policy, kind: ClockKind = ClockKind.TIER) -> list[Verdict | None]:
    return [judged(one, policy, "complaint", vip=False) for one in seen(case) if one.kind is kind]


def solved_after(span: int, actor: Actor = AGENT, **fields: Any) -> Running:
    case = opened(**fields)
    case.deliver()
    case.claim(actor)
    case.wait(span)
    case.solve(actor)
    case.deliver()
    case.accept()
    return case


def climbed() -> Running:
    """Tier 1's time ran out, and tier 2 solved it after an hour."""
    case = opened()
    case.deliver()
    case.wait(30 * MINUTE + HOUR)
    case.solve(EXPERT)
    case.accept()
    return case


@pytest.mark.parametrize(
    ("time", "expected"), [("30m", Verdict.KEPT), ("20m", Verdict.KEPT), ("19m", Verdict.BROKEN), ("1h", Verdict.KEPT)]
)
def test_resolved_in_twenty_minutes_is_kept_as_long_as_the_tier_has_them(time: str, expected: Verdict) -> None:
    assert verdicts(solved_after(20 * MINUTE), tiers(t1=time)) == [expected]


def test_what_ran_out_was_broken_and_with_more_time_nobody_knows() -> None:
    assert verdicts(climbed(), charter()) == [Verdict.BROKEN, Verdict.KEPT]
    assert verdicts(climbed(), tiers(t1="31m")) == [Verdict.UNKNOWN, Verdict.KEPT]
    assert verdicts(climbed(), tiers(t1="29m", t2="59m")) == [Verdict.BROKEN, Verdict.BROKEN]


def test_time_in_which_the_customer_has_the_word_does_not_count_where_the_policy_says_so() -> None:
    case = opened()
    case.deliver()
    case.claim()
    case.wait(10 * MINUTE)
    case.reply(await_answer=True)
    case.deliver()
    case.wait(HOUR)
    case.solve()
    case.accept()
    assert verdicts(case, charter()) == [Verdict.KEPT]
    assert verdicts(case, changed("tried", tier={"pauses_on": []})) == [Verdict.BROKEN]


def test_extension_and_hold_of_a_supervisor_stay() -> None:
    case = opened()
    case.deliver()
    case.claim()
    case.ask(supervision.extend_clock, r.ExtendClock, SUPERVISOR, clock="tier:1", by=HOUR, reason="the lab is closed")
    case.ask(supervision.pause_clock, r.PauseClock, SUPERVISOR, clock="tier:1", reason="a strike")
    case.wait(3 * HOUR)
    case.ask(supervision.resume_clock, r.ResumeClock, SUPERVISOR, clock="tier:1", reason="it is over")
    case.wait(80 * MINUTE)
    case.solve()
    case.accept()
    assert verdicts(case, charter()) == [Verdict.KEPT]
    assert verdicts(case, tiers(t1="19m")) == [Verdict.BROKEN]


def test_changed_priority_counts_from_the_beginning() -> None:
    case = opened()
    case.deliver()
    case.claim()
    case.wait(10 * MINUTE)
    case.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority="high", reason="it is urgent")
    case.wait(4 * MINUTE)
    case.solve()
    case.accept()
    assert verdicts(case, charter()) == [Verdict.KEPT]
    assert verdicts(case, tiers(t1="27m")) == [Verdict.BROKEN]


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.EMAIL])
@pytest.mark.parametrize("minutes", [0, 10, 14, 130])
def test_own_policy_finds_what_the_timeline_says(channel: Channel, minutes: int) -> None:
    case = opened(channel=channel)
    case.deliver()
    case.claim()
    case.wait(minutes * MINUTE)
    if minutes < 100:
        case.reply()
        case.deliver()
    for promise in seen(case):
        verdict = judged(promise, charter(), "complaint", vip=False)
        assert verdict is None or (verdict is Verdict.BROKEN) == promise.broken


def test_call_has_no_first_response_to_wait_for() -> None:
    assert verdicts(solved_after(MINUTE, CALLED, channel=Channel.PHONE), charter(), ClockKind.FIRST_RESPONSE) == [None]


def test_vip_has_less_time() -> None:
    (first,) = [one for one in seen(solved_after(MINUTE)) if one.kind is ClockKind.FIRST_RESPONSE]
    assert judged(first, charter(), "complaint", vip=False) is Verdict.KEPT
    assert judged(first, charter(), "complaint", vip=True) is Verdict.BROKEN


def test_tasks_with_a_time_are_tried_but_not_what_departments_were_given() -> None:
    case = solved_after(MINUTE)
    case.wait(HOUR)
    case.claim(AGENT, SUMMARISE)
    case.complete(AGENT, SUMMARISE, **SUMMARY)
    (task,) = [one for one in seen(case) if one.of == SUMMARISE]
    assert judged(task, charter(), "complaint", vip=False) is Verdict.KEPT
    times: Mapping[str, Any] = charter().model_dump(mode="json")["complaint"]["task_times"]
    short = changed("tried", complaint={"task_times": {**times, "summarise": "59m"}})
    assert judged(task, short, "complaint", vip=False) is Verdict.BROKEN
    (resolving,) = [one for one in seen(case) if one.of == "resolve_complaint"]
    assert judged(resolving, charter(), "complaint", vip=False) is None
    asking = opened()
    asking.claim()
    ask_departments(asking, AGENT, "warehouse")
    assert [one.of for one in seen(asking) if one.kind is ClockKind.TASK_DUE] == ["resolve_complaint"]


def test_what_has_not_ended_is_unknown_until_its_time_is_over() -> None:
    case = opened()
    case.deliver()
    case.wait(10 * MINUTE)
    assert verdicts(case, charter()) == [Verdict.UNKNOWN]
    assert verdicts(case, tiers(t1="9m")) == [Verdict.BROKEN]


def test_tier_counts_from_the_opening_though_the_case_was_looked_at_later() -> None:
    lines = timeline(
        (0, "received", {}),
        (7, "status_changed", {"status": "in_progress"}),
        (0, "tier_entered", {"tier": 1}),
        (9, "case_ended", {}),
    )
    (tier,) = [one for one in observed(lines, "email", "normal", lines[-1].at) if one.kind is ClockKind.TIER]
    assert [stretch.end - stretch.start for stretch in tier.stretches] == [7, 2]


def test_closed_by_a_supervisor_everything_ends() -> None:
    case = opened()
    close(case)
    assert {one.ended for one in seen(case)} == {True}


def shop_task(kind: str = "decide_return", priority: str = "normal") -> Observed:
    lines = timeline(
        (0, "received", {}),
        (0, "task_offered", {"task": "T1", "kind": kind, "team": "x"}),
        (HOUR, "task_suspended", {"task": "T1"}),
        (5 * HOUR, "task_resumed", {"task": "T1"}),
        (7 * HOUR, "task_completed", {"task": "T1"}),
    )
    return next(one for one in observed(lines, "email", priority, 9 * HOUR) if one.kind is ClockKind.TASK_DUE)


def test_tasks_of_returns_have_the_time_of_their_priority_and_stand_still_while_put_aside() -> None:
    assert judged(shop_task(), charter(), "return", vip=False) is Verdict.KEPT
    assert judged(shop_task(priority="high"), charter(), "return", vip=False) is Verdict.BROKEN


@pytest.mark.parametrize(
    ("promise", "case_type"),
    [
        (shop_task("unheard_of"), "return"),
        (shop_task(priority="unheard_of"), "return"),
        (shop_task(), "unheard_of"),
        (seen(opened())[-2], "return"),
        (Observed(ClockKind.TIER, "9", "tier:1", 0, "normal"), "complaint"),
        (Observed(ClockKind.TIER, "1", "tier:1", 0, "unheard_of"), "complaint"),
        (Observed(ClockKind.TIER, "None", "tier:1", 0, "normal"), "complaint"),
    ],
)
def test_policy_that_makes_no_such_promise_says_nothing(promise: Observed, case_type: str) -> None:
    assert judged(promise, charter(), case_type, vip=False) is None


def test_what_broke_under_a_policy_that_was_adopted_counts_as_recorded_and_the_old_one_cannot_tell() -> None:
    lines = timeline(
        (0, "received", {}),
        (0, "tier_entered", {"tier": 1}),
        (27 * MINUTE, "breached", {"kind": "tier", "clock": "tier:1"}),
        (27 * MINUTE, "tier_entered", {"tier": 2}),
    )
    (first, second) = [one for one in observed(lines, "email", "normal", lines[-1].at) if one.kind is ClockKind.TIER]
    assert recorded(first, charter(), "complaint", vip=False) is Verdict.BROKEN
    assert judged(first, charter(), "complaint", vip=False) is Verdict.UNKNOWN
    assert recorded(second, charter(), "complaint", vip=False) is Verdict.UNKNOWN


def test_what_was_kept_is_recorded_as_kept_and_where_nothing_was_promised_nothing_is() -> None:
    called = seen(solved_after(MINUTE, CALLED, channel=Channel.PHONE))
    (response,) = [one for one in called if one.kind is ClockKind.FIRST_RESPONSE]
    assert recorded(response, charter(), "complaint", vip=False) is None
    (tier,) = [one for one in seen(solved_after(MINUTE)) if one.kind is ClockKind.TIER]
    assert recorded(tier, charter(), "complaint", vip=False) is Verdict.KEPT


def test_tier_that_was_given_up_with_its_case_is_not_recorded_as_kept() -> None:
    case = opened()
    close(case)
    (tier,) = [one for one in seen(case) if one.kind is ClockKind.TIER]
    assert recorded(tier, charter(), "complaint", vip=False) is None
    (solved,) = [one for one in seen(solved_after(MINUTE)) if one.kind is ClockKind.TIER]
    assert not solved.given_up


def test_no_part_is_given_while_somebody_cannot_tell_what_would_have_become_of_what_is_recorded() -> None:
    tally, promise = Tally(), Observed(ClockKind.TIER, "1", "tier:1", 0, "normal")
    for after in (Verdict.BROKEN, Verdict.UNKNOWN, Verdict.UNKNOWN):
        tally.add(promise, "complaint", Verdict.BROKEN, after)
    tally.add(promise, "complaint", Verdict.UNKNOWN, Verdict.UNKNOWN)
    (found,) = tally.tried()
    assert (found.after[Verdict.UNKNOWN], found.untold, found.change) == (3, 2, None)


def test_tally_says_how_many_more() -> None:
    tally, promise = Tally(), Observed(ClockKind.TIER, "2", "tier:1", 0, "normal")
    for after in (Verdict.BROKEN, Verdict.BROKEN, Verdict.BROKEN, Verdict.KEPT):
        tally.add(promise, "complaint", Verdict.BROKEN if after is Verdict.KEPT else Verdict.KEPT, after)
    tally.add(promise, "complaint", None, Verdict.BROKEN)
    tally.add(promise, "return", Verdict.KEPT, Verdict.KEPT)
    found, other = tally.tried()
    assert (found.of, found.before[Verdict.BROKEN], found.after[Verdict.BROKEN]) == ("2", 1, 3)
    assert (found.untold, found.change) == (0, 2.0)
    assert (other.case_type, other.change) == ("return", None)
