"""What a policy says in words, and what changes between two of them."""

import re
from functools import cache
from pathlib import Path

from domain.people import Language
from domain.policy import Policy
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import HOUR
from starter.desk.texts import catalogue
from starter.policies.loader import load_policy
from starter.policies.preview import difference, preview
from tests.policies.refused import written
from tests.policies.shipped import noon


@cache
def charter() -> Policy:
    return load_policy("charter").policy


def changed(folder: Path, text: str) -> list[tuple[str, str, str]]:
    """What a policy that extends the charter under its name changes."""
    return difference(charter(), load_policy(written(folder, f"extends: charter\n{text}")).policy)


def test_preview_says_tiers_with_their_limits_and_teams() -> None:
    shown = preview(charter(), noon(2026, 10, 5))
    assert shown.tiers[2] == (
        "specialist team: 1 d, responds within 1 h, by specialists; expected to resolve 20%, satisfaction target 85%"
    )
    assert shown.tiers[1].startswith("front-line service: 30 min, by phone, online, social, vip;")
    assert shown.priorities["high"] == "tier times × 0.5"


def test_preview_says_clocks_with_their_steps() -> None:
    clocks = preview(charter(), noon(2026, 10, 5)).clocks
    assert clocks[ClockKind.FIRST_RESPONSE] == (
        "first response: phone 0 s, chat 30 s, email 2 h, social 15 min, vip 15 s; calendar always, "
        "guaranteed with 20.00 CNY",
        "    after 50%: remind whoever has it",
        "    at the end: record the breach",
        "    at the end: compensate the customer",
    )
    assert clocks[ClockKind.STATUS_UPDATE][1] == "    10 min before the end: send the customer an update"
    assert clocks[ClockKind.TIER][0].endswith("paused while waiting for customer or solution offered")
    assert "root cause 7 d" in clocks[ClockKind.TASK_DUE][0]


def test_preview_says_steps_that_count_from_the_start_and_clocks_without_a_limit(tmp_path: Path) -> None:
    steps = "[{ do: warn, after: 45s }, { do: breach, at: 1 }]"
    text = (
        f"complaint: {{ tiers: {{ 2: {{ respond_within: null }} }}, clocks: {{ task_claim: {{ steps: {steps} }} }} }}"
    )
    policy = load_policy(written(tmp_path, f"extends: charter\n{text}")).policy
    claim = preview(policy, noon(2026, 10, 5)).clocks[ClockKind.TASK_CLAIM]
    assert claim[0] == "task claim: no limit; calendar always"
    assert "    after 45 s: warn the supervisors" in claim


def test_preview_says_how_many_people_are_there(tmp_path: Path) -> None:
    path = written(tmp_path, "extends: charter\nteams: { legal: { absent: [legal-02] } }")
    teams = preview(load_policy(path).policy, noon(2026, 10, 5)).teams
    assert teams["phone"] == "Phone service, 35 people (agent)"
    assert teams["legal"] == "Legal, 2 people, 1 absent (agent)"


def test_preview_shows_the_windows_of_a_fortnight() -> None:
    days = preview(charter(), noon(2026, 9, 28)).calendars
    assert days["always"] == ("always open",)
    assert days["office"][0] == "wall time in Asia/Shanghai"
    assert days["office"][3:6] == (
        "wed 2026-09-30  09:00-12:00 13:00-18:00",
        "thu 2026-10-01  closed",
        "fri 2026-10-02  closed",
    )
    assert days["office"][13:] == ("sat 2026-10-10  09:00-12:00 13:00-18:00", "sun 2026-10-11  closed")


def test_fortnight_begins_with_the_day_that_it_is_in_the_calendars_own_zone() -> None:
    late_on_sunday_in_utc = noon(2026, 11, 22) + 6 * HOUR
    office = preview(charter(), late_on_sunday_in_utc).calendars["office"]
    assert office[1] == "mon 2026-11-23  09:00-12:00 13:00-18:00"


def test_preview_cuts_overnight_windows_at_midnight(tmp_path: Path) -> None:
    calendar = "{ zone: Europe/Berlin, week: { sat: ['22:00-06:00'] } }"
    path = written(tmp_path, f"extends: charter\ncalendars: {{ night: {calendar} }}")
    night = preview(load_policy(path).policy, noon(2026, 3, 28), days=2).calendars["night"]
    assert night[1:] == ("sat 2026-03-28  22:00-24:00", "sun 2026-03-29  00:00-06:00")


def test_preview_as_text_has_every_part() -> None:
    lines = preview(charter(), noon(2026, 10, 5)).lines()
    assert lines[0] == f"Policy charter, version {charter().version}"
    parts = ["Tiers", "Priorities", "Clocks", "Teams", "Limits", "Order changes", "Returns", "Delivery problems"]
    parts.append("Who gets tasks")
    titles = [*parts, "Calendar always", "Calendar office"]
    assert [line for line in lines[1:] if line and not line.startswith(" ")] == titles
    assert "  goodwill that agent grants alone: 200.00 CNY" in lines
    assert "  reopening: within 30 d of closing" in lines
    assert "  content: alone within 1 h, while the order is open" in lines
    assert "  outside: specialists decides within 2 h" in lines
    assert "  refund without a second pair of eyes, agent: up to 200.00 CNY" in lines


def test_every_step_has_words() -> None:
    assert {f"policy_act.{step}" for step in StepAction} <= {*catalogue()}


def test_policy_is_told_in_chinese_without_a_word_of_english() -> None:
    shown = preview(charter(), noon(2026, 10, 1), language=Language.ZH_CN)
    assert shown.tiers[2] == "专业团队：1 天，1 小时 内响应，由 专业团队 处理；预期解决 20%，满意度目标 85%"
    assert shown.calendars["office"][1] == "周四 2026-10-01  休息"
    text = re.sub(r"charter@\w+|Asia/Shanghai|CNY", "", "\n".join(shown.lines()))
    own = {*charter().calendars, *charter().teams, *charter().complaint.priorities, *charter().returns.categories}
    assert {*re.findall(r"[A-Za-z_]{2,}", text)} - {"charter"} <= own


def test_equal_policies_do_not_differ() -> None:
    assert difference(charter(), charter()) == []


def test_difference_says_spans_in_words(tmp_path: Path) -> None:
    text = "complaint: { tiers: { 1: { time: 45m }, 3: { respond_within: 90s } } }"
    assert changed(tmp_path, text) == [
        ("complaint.tiers.1.time", "30 min", "45 min"),
        ("complaint.tiers.3.respond_within", "–", "1 min 30 s"),
    ]


def test_difference_takes_a_list_as_one_value(tmp_path: Path) -> None:
    assert changed(tmp_path, "teams: { legal: { members: [legal-02, legal-03] } }") == [
        ("teams.legal.members", "legal-01, legal-02", "legal-02, legal-03")
    ]


def test_difference_of_calendars_is_told_by_days(tmp_path: Path) -> None:
    overrides = "{ 2026-10-10: ['09:00-12:00'], 2026-10-12: [] }"
    assert changed(tmp_path, f"calendars: {{ office: {{ overrides: {overrides} }} }}") == [
        ("calendars.office.2026-10-10", "09:00-12:00 13:00-18:00", "09:00-12:00"),
        ("calendars.office.2026-10-12", "09:00-12:00 13:00-18:00", "closed"),
    ]


def test_difference_of_many_days_is_cut_short(tmp_path: Path) -> None:
    week = "{ mon-fri: ['09:00-17:00'] }"
    rows = changed(tmp_path, f"calendars: {{ office: {{ week: {week} }} }}")
    assert len(rows) == 21
    assert rows[-1][0] == "calendars.office"
    assert rows[-1][1].endswith(" more days differ")


def test_difference_tells_of_calendars_that_come_go_or_open_for_ever(tmp_path: Path) -> None:
    office = "{ zone: null, week: null, holidays: null, always: true }"
    text = f"calendars: {{ office: {office}, night: {{ week: {{ mon-fri: ['22:00-06:00'] }} }} }}"
    assert changed(tmp_path, text) == [
        ("calendars.office", "windows in Asia/Shanghai", "always open"),
        ("calendars.night", "–", "windows in UTC"),
    ]
