"""A policy at another pace: every span divided, floors kept, and the name that says so."""

from pathlib import Path

import pytest

from domain.errors import InvalidInputError, PolicyInvalidError
from domain.people import Channel
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE, SECOND
from starter.policies.loader import load_policy
from starter.policies.pace import Pace
from tests.policies.refused import written

BASE = "extends: charter\nname: test\n"


def test_pace_divides_every_span_but_the_tolerance_for_lateness() -> None:
    charter, fast = load_policy("charter").policy, load_policy("charter", pace=30).policy
    assert fast.complaint.tiers[1].time == MINUTE
    assert fast.complaint.tiers[2].respond_within == 2 * MINUTE
    assert fast.complaint.reopen_within == 24 * HOUR
    assert fast.notices.group_within == 10 * SECOND
    assert fast.late_tolerance == charter.late_tolerance == 5 * SECOND
    assert fast.calendars == charter.calendars


def test_asked_pace_comes_on_top_of_the_files_own_and_shows_in_the_name() -> None:
    faster = load_policy("rehearsal", pace=10).policy
    assert faster.name == "rehearsal-x10"
    assert faster.complaint.tiers[2].time == 24 * HOUR // 600
    assert load_policy("charter", pace=0.5).policy.name == "charter-x0.5"


def test_pace_of_one_changes_nothing() -> None:
    assert load_policy("charter", pace=1).policy.version == load_policy("charter").policy.version


def test_promises_and_leads_keep_their_floors(tmp_path: Path) -> None:
    path = written(tmp_path, f"{BASE}pace: 3600\nfloor: 2s\nlead_floor: 800ms")
    complaint = load_policy(path).policy.complaint
    assert complaint.clocks.first_response.by_channel[Channel.CHAT] == 2 * SECOND
    assert complaint.clocks.first_response.by_channel[Channel.PHONE] == 0
    assert complaint.clocks.status_update.every == 4 * SECOND
    assert complaint.clocks.status_update.steps[0].before == 800


def test_lead_is_never_longer_than_half_of_its_clock(tmp_path: Path) -> None:
    steps = "[{ do: send_update, before: 3h }, { do: breach, at: 1 }]"
    path = written(tmp_path, f"{BASE}complaint: {{ clocks: {{ status_update: {{ steps: {steps} }} }} }}\npace: 60")
    update = load_policy(path).policy.complaint.clocks.status_update
    assert (update.every, update.steps[0].before) == (4 * MINUTE, 2 * MINUTE)


def test_nothing_paced_becomes_nothing() -> None:
    pace = Pace(pace=1e12)
    assert pace.budget(HOUR) == 1
    assert pace.budget(0) == 0
    assert pace.lead(0, (HOUR,)) == 0
    assert pace.lead(HOUR, ()) == 1


@pytest.mark.parametrize("pace", [0, -1, float("nan"), float("inf")])
def test_asked_pace_has_to_be_above_nothing(pace: float) -> None:
    with pytest.raises(InvalidInputError, match="expected a pace above 0"):
        load_policy("charter", pace=pace)


def test_name_that_gets_too_long_with_its_pace_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"extends: charter\nname: {'n' * 39}")
    with pytest.raises(PolicyInvalidError, match=r"policy.yaml:2: name: expected it to match pattern"):
        load_policy(path, pace=60)


def test_every_kind_of_clock_has_budgets() -> None:
    complaint = load_policy("charter").policy.complaint
    assert {kind: len(complaint.budgets(kind)) for kind in complaint.clocks.kinds} == {
        ClockKind.FIRST_RESPONSE: 5,
        ClockKind.STATUS_UPDATE: 1,
        ClockKind.TIER: 3,
        ClockKind.TASK_CLAIM: 1,
        ClockKind.TASK_DUE: 6,
        ClockKind.CLAIM_IDLE: 3,
        ClockKind.CUSTOMER_ANSWER: 1,
        ClockKind.SATISFACTION: 1,
        ClockKind.FOLLOW_UP: 1,
        ClockKind.PROMISE: 0,
    }
