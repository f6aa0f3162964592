"""What is refused in a policy file, and where: places of errors, everything wrong at once, and warnings."""

from pathlib import Path

import pytest

from domain.errors import PolicyInvalidError, PolicyUnknownError
from starter.policies.loader import load_policy
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


# --- warnings -------------------------------------------------------------------------------------------------


def test_warnings_name_their_place(tmp_path: Path) -> None:
    path = written(tmp_path, f"{BASE}calendars:\n  office:\n    overrides:\n      2035-01-01: []\n")
    official, outside = load_policy(path).warnings
    assert "charter.yaml:" in official
    assert "calendars.office.holidays: days off and make-up working days of CN are officially known up to" in official
    assert outside.startswith(f"{path}:6: calendars.office.overrides.2035-01-01: this day is outside the horizon")
