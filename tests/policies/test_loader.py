"""How policy files are read: places of errors, extending, ranges of members, pace, and everything wrong at once."""

from pathlib import Path

import pytest

from domain.errors import InvalidInputError, PolicyInvalidError, PolicyUnknownError
from domain.people import Channel
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE, SECOND
from starter.policies.loader import load_policy
from starter.policies.pace import Pace
from tests.policies.refused import only_problem, problems_of, written

BASE = "extends: charter\nname: test\n"

MALFORMED = [
    (
        "complaint: { tiers: { 1: { time: half an hour } } } # here",
        "complaint.tiers.1.time",
        "expected a span of time such as 30m, 1h30m or 48h, got 'half an hour'",
    ),
    ("complaint: { tiers: { 1: { time: 0s } } } # here", "complaint.tiers.1.time", "expected it to be greater than 0"),
    (
        """
        complaint:
          tiers:
            4: # here
              team: management
              name: { en: court, zh-CN: 法庭 }
              time: 1d
              expected_share: 0
              satisfaction_target: 1
        """,
        "complaint.tiers.4.claim_idle",
        "expected a value, but it is missing",
    ),
    (
        """
        complaint:
          tiers:
            1:
              tme: 30m # here
        """,
        "complaint.tiers.1.tme",
        "unknown key: expected one of name, team, team_by_channel, vip_team, time, respond_within",
    ),
    (
        "complaints: {} # here",
        "complaints",
        "unknown key: expected one of pace, floor, lead_floor, name, horizon, calendars",
    ),
    (
        "complaint: { clocks: { tier: { steps: [{ do: panic, at: 1 }] } } } # here",
        "complaint.clocks.tier.steps.0.do",
        "expected it to be 'remind', 'warn', 'breach'",
    ),
    (
        """
        complaint:
          clocks:
            tier:
              steps:
                - { do: breach, at: 1 }
                - { do: warn, at: 0.5, before: 1m } # here
        """,
        "complaint.clocks.tier.steps.1",
        "expected exactly one of at, before and after",
    ),
    (
        "delivery: { phone: [pigeon] } # here",
        "delivery.phone.0",
        "expected it to be 'email', 'sms', 'chat' or 'social'",
    ),
    ("delivery: { fax: [email] } # here", "delivery.fax", "expected it to be 'phone', 'chat', 'email' or 'social'"),
    ("delivery: email # here", "delivery", "expected a mapping"),
    ("delivery: { phone: sms } # here", "delivery.phone", "expected a list"),
    ("notices: 5m # here", "notices", "expected a mapping"),
    (
        "horizon: { last_day: 2025-12-31 } # here",
        "horizon",
        "expected a first day and a last day not before it, both from 1970 to 2200",
    ),
    ("horizon: { last_day: next year } # here", "horizon.last_day", "expected it to be a valid date"),
    ("horizon: { last_day: 2026-02-30 } # here", "horizon.last_day", "expected a text, number or date: day is out of"),
    ("calendars: { office: { zone: Mars } } # here", "calendars.office.zone", "expected a time zone such as"),
    (
        """
        calendars:
          office:
            week:
              fri-sun: ["10:00-25:00"] # here
              mon-fri: null
        """,
        "calendars.office.week.fri-sun.0",
        "expected a window such as 09:00-18:00, 22:00-06:00 or 00:00-24:00, got '10:00-25:00'",
    ),
    (
        "calendars: { office: { hours: 8 } } # here",
        "calendars.office.hours",
        "unknown key: expected one of zone, always, week, holidays, makeup_windows, overrides, got 'hours'",
    ),
    (
        "calendars: { empty: { week: { mon: [] } } } # here",
        "calendars.empty",
        "expected windows on some day of the week",
    ),
    ("pace: fast # here", "pace", "expected it to be a valid number"),
    ("pace: 0 # here", "pace", "expected it to be greater than 0, got 0"),
    ("floor: short # here", "floor", "expected a span of time such as"),
    (
        "teams: { legal: { members: legal-01..sales-09 } } # here",
        "teams.legal.members.0",
        "expected a range of at most",
    ),
    ("teams: { legal: { members: legal-09..legal-01 } } # here", "teams.legal.members.0", "got 'legal-09..legal-01'"),
    ("teams: { legal: { members: legal-1..legal-10 } } # here", "teams.legal.members.0", "such as phone-01..phone-35"),
    ("? [a, b] # here\n: 1", "", "expected keys that are plain words"),
    ("late_tolerance: !!python/none 1 # here", "late_tolerance", "expected a text, number or date: could not"),
    (
        "notices: &me { group_within: 5m, more: *me } # here",
        "notices.more",
        "expected a value that does not contain itself",
    ),
]


@pytest.mark.parametrize(("text", "field", "sentence"), MALFORMED)
def test_malformed_value_is_refused_with_line_and_field(tmp_path: Path, text: str, field: str, sentence: str) -> None:
    refused_field, problem = only_problem(tmp_path, text)
    assert refused_field == field
    assert sentence in problem


def test_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    text = "late_tolerance: 5s\nnotices: { group_within: 5m }\nlate_tolerance: 9s # here"
    assert only_problem(tmp_path, text) == (
        "late_tolerance",
        "expected each key once, but it also stands in line 3",
    )


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
        extends: charter
        name: Not A Name
        colour: blue
        horizon:
          last_day: 2030-12-31
        calendars:
          office:
            week:
              mon-fri: ["9 to 5"]
        teams:
          legal:
            members: []
        complaint:
          tiers:
            2:
              time: soon
              team: nobody
          clocks:
            tier:
              pauses_on: [asleep]
        templates:
          closed:
            en:
              body: "{{ first_name }}"
        """,
    )
    found = {(problem["line"], problem["field"]) for problem in problems_of(path)}
    assert found == {
        (2, "name"),
        (3, "colour"),
        (9, "calendars.office.week.mon-fri.0"),
        (12, "teams.legal.members"),
        (16, "complaint.tiers.2.time"),
        (17, "complaint.tiers.2.team"),
        (20, "complaint.clocks.tier.pauses_on.0"),
        (24, "templates.closed.en.body"),
    }


def test_value_below_an_unknown_key_or_beside_one_is_judged_too(tmp_path: Path) -> None:
    text = f"""{BASE}
delivery: {{ fax: [pigeon] }}
complaint:
  clocks:
    tier:
      steps:
        - {{ do: breach, at: 1, loud: true }}
        - {{ do: warn, at: 0.5, before: 1m, loud: true }}
"""
    assert {problem["field"] for problem in problems_of(written(tmp_path, text))} == {
        "delivery.fax",
        "delivery.fax.0",
        "complaint.clocks.tier.steps.0.loud",
        "complaint.clocks.tier.steps.1",
        "complaint.clocks.tier.steps.1.loud",
    }


def test_refusal_can_be_read_in_a_terminal(tmp_path: Path) -> None:
    path = written(tmp_path, f"{BASE}colour: blue\ncomplaint: {{ quality_team: nobody }}")
    with pytest.raises(PolicyInvalidError) as refused:
        load_policy(path)
    first, second, third = refused.value.message.splitlines()
    assert first == f"the policy {path} must not be published, it has 2 problems:"
    assert second.startswith(f"  {path}:3: colour: unknown key: expected one of ")
    assert third.startswith(f"  {path}:4: complaint.quality_team: expected one of phone, online")


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("name: [unclosed\n", 2, "expected YAML: "),
        ("name: one\n---\nname: two\n", 2, "expected YAML: "),
        ("", 1, "expected a mapping with the fields of a policy"),
        ("- name\n", 1, "expected a mapping with the fields of a policy"),
        ("name: \x01\n", 1, "expected YAML in UTF-8: "),
    ],
)
def test_file_that_is_no_mapping_in_yaml_is_refused(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    [problem] = problems_of(written(tmp_path, text))
    assert problem["line"] == line
    assert problem["field"] == ""
    assert problem["problem"].startswith(sentence)


def test_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: grün".encode("latin-1"))
    assert problems_of(path)[0]["problem"].startswith("expected YAML in UTF-8: ")


def test_file_with_almost_nothing_is_told_all_that_is_missing(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, "name: alone"))
    assert {problem["problem"] for problem in found} >= {"expected a value, but it is missing"}
    assert {problem["field"] for problem in found} >= {"horizon", "teams", "delivery", "templates", "complaint"}


@pytest.mark.parametrize("name", ["no-such-policy", "no/such/policy.yaml"])
def test_unknown_policy_is_told_which_ones_there_are(name: str) -> None:
    with pytest.raises(PolicyUnknownError, match="expected a file or one of charter, rehearsal") as unknown:
        load_policy(name)
    assert unknown.value.details["shipped"] == ("charter", "rehearsal")


# --- extending ------------------------------------------------------------------------------------------------


def test_mappings_are_merged_and_lists_replaced(tmp_path: Path) -> None:
    path = written(tmp_path, f"{BASE}complaint: {{ tiers: {{ 1: {{ time: 20m }} }} }}\ndelivery: {{ chat: [email] }}")
    policy, charter = load_policy(path).policy, load_policy("charter").policy
    assert policy.complaint.tiers[1] == charter.complaint.tiers[1].model_copy(update={"time": 20 * MINUTE})
    assert policy.complaint.tiers[2] == charter.complaint.tiers[2]
    assert policy.delivery[Channel.CHAT] == ("email",)
    assert policy.delivery[Channel.PHONE] == charter.delivery[Channel.PHONE]


def test_null_takes_away_what_was_inherited(tmp_path: Path) -> None:
    path = written(
        tmp_path, f"{BASE}complaint: {{ tiers: {{ 1: {{ vip_team: null }} }} }}\nteams: {{ training: null }}"
    )
    policy = load_policy(path).policy
    assert policy.complaint.tiers[1].vip_team is None
    assert "training" not in policy.teams


def test_policy_extends_its_neighbour_by_name_or_path(tmp_path: Path) -> None:
    written(tmp_path, f"{BASE}late_tolerance: 7s", "ours.yaml")
    for number, name in enumerate(("ours", "ours.yaml", "./ours.yaml", str(tmp_path / "ours.yaml"))):
        path = written(tmp_path, f"extends: {name}\nname: child", f"child{number}.yaml")
        assert load_policy(path).policy.late_tolerance == 7 * SECOND


def test_file_called_charter_extends_the_shipped_charter(tmp_path: Path) -> None:
    path = written(tmp_path, "extends: charter\nlate_tolerance: 7s", "charter.yaml")
    assert load_policy(path).policy.late_tolerance == 7 * SECOND


def test_error_in_an_inherited_file_names_that_file(tmp_path: Path) -> None:
    ours = written(tmp_path, f"{BASE}late_tolerance: never", "ours.yaml")
    [problem] = problems_of(written(tmp_path, "extends: ours\nname: child"))
    assert (problem["file"], problem["line"]) == (str(ours), 3)


def test_circle_of_extending_policies_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "extends: two", "one.yaml")
    two = written(tmp_path, "name: two\nextends: one", "two.yaml")
    [problem] = problems_of(tmp_path / "one.yaml")
    assert (problem["file"], problem["line"], problem["field"]) == (str(two), 2, "extends")
    assert problem["problem"] == "expected no circle, but one.yaml extends this policy"


def test_extending_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    [problem] = problems_of(written(tmp_path, "name: test\nextends: nothing"))
    assert (problem["line"], problem["field"]) == (2, "extends")
    assert "expected a file or one of charter, rehearsal" in problem["problem"]


# --- members --------------------------------------------------------------------------------------------------


def test_ranges_of_members_are_written_out(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"""{BASE}
teams:
  legal:
    members: [head, legal-008..legal-011]
    absent: legal-009..legal-010
""",
    )
    legal = load_policy(path).policy.teams["legal"]
    assert legal.members == ("head", "legal-008", "legal-009", "legal-010", "legal-011")
    assert legal.present == ("head", "legal-008", "legal-011")


def test_range_of_too_many_members_is_refused(tmp_path: Path) -> None:
    text = "teams: { legal: { members: [legal-0000..legal-9999] } } # here"
    assert "expected a range of at most 1000" in only_problem(tmp_path, text)[1]


# --- pace -----------------------------------------------------------------------------------------------------


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


# --- warnings -------------------------------------------------------------------------------------------------


def test_warnings_name_their_place(tmp_path: Path) -> None:
    path = written(tmp_path, f"{BASE}calendars:\n  office:\n    overrides:\n      2035-01-01: []\n")
    official, outside = load_policy(path).warnings
    assert "charter.yaml:" in official
    assert "calendars.office.holidays: days off and make-up working days of CN are officially known up to" in official
    assert outside.startswith(f"{path}:6: calendars.office.overrides.2035-01-01: this day is outside the horizon")
