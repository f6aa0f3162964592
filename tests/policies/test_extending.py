"""How policies extend each other, and how ranges of members are written out."""

from pathlib import Path

from domain.people import Channel
from domain.sla.spans import MINUTE, SECOND
from starter.policies.loader import load_policy
from tests.policies.refused import only_problem, problems_of, written

BASE = "extends: charter\nname: test\n"


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
