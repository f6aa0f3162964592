"""Trying a policy out: over HTTP, from the command line, and what is refused because it could not be published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from activities.figures.kept import KeptReport, ReportShelf
from domain.errors import PolicyInvalidError
from domain.figures.dry_run import Tried, Verdict
from domain.sla.rules import ClockKind
from starter.doors import Store
from starter.figures.dry_run import DryRun
from starter.figures.trying import changed
from tests.domain.cases import charter
from tests.starter.api.calling import AGENT, SUPERVISOR, Api, problem
from tests.starter.command_line import CommandLine
from tests.starter.figures.conftest import SINCE, UNTIL

TIER_1 = {"complaint": {"tiers": {"1": {"time": "150s"}}}}


async def test_shorter_tier_would_have_been_broken_twice(api: Api, store: Store) -> None:
    body = {"since": SINCE, "until": UNTIL, "changes": TIER_1}
    answered = await api.post("/v1/policies/try", await api.person(SUPERVISOR), body)
    assert answered.status_code == 200, answered.text
    found = answered.json()
    assert (found["cases"], found["left_out"]) == (4, 0)
    (tier,) = [one for one in found["promises"] if (one["promise"], one["of"]) == ("tier", "1")]
    assert (tier["before"]["kept"], tier["before"]["broken"]) == (4, 0)
    assert (tier["after"]["kept"], tier["after"]["broken"], tier["change"]) == (2, 2, None)
    assert (await store.policies.latest("charter")).version == charter().version


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"complaint": {"tiers": {"1": {"time": "soon"}}}}, "complaint.tiers.1.time"),
        ({"complaint": {"supervisors": "nobody"}}, "complaint.supervisors"),
        ({"colour": "red"}, "colour"),
        ({"complaint": None}, "complaint"),
    ],
)
async def test_policy_that_could_not_be_published_is_refused_by_its_field(
    api: Api, changes: dict[str, Any], field: str
) -> None:
    body = {"since": SINCE, "until": UNTIL, "changes": changes}
    answered = await api.post("/v1/policies/try", await api.person(SUPERVISOR), body)
    assert problem(answered, 422, "policy_invalid")["field"] == field
    problem(await api.post("/v1/policies/try", await api.person(AGENT), body), 403, "not_allowed")


def test_nobody_reads_fewer_broken_where_most_cannot_be_told() -> None:
    before = {Verdict.KEPT: 0, Verdict.BROKEN: 161, Verdict.UNKNOWN: 11}
    after = {Verdict.KEPT: 0, Verdict.BROKEN: 2, Verdict.UNKNOWN: 170}
    fields = {"promise": ClockKind.TIER, "of": "1", "case_type": "complaint"}
    tried = Tried.model_validate({**fields, "before": before, "after": after, "untold": 159, "change": None})
    (line,) = DryRun(policy="x", since=0, until=1, cases=172, left_out=0, promises=[tried]).lines()
    assert line == "complaint: tier 1: 2 surely broken, 170 cannot be told; recorded: 161 broken, 11 still running"
    told = {"before": {**before, Verdict.UNKNOWN: 0}, "after": {**after, Verdict.UNKNOWN: 0}, "change": -0.5}
    (line,) = DryRun(
        policy="x", since=0, until=1, cases=1, left_out=0, promises=[tried.model_copy(update=told)]
    ).lines()
    assert line == "complaint: tier 1: 2 broken; recorded: 161 broken (50% fewer)"


def test_changes_are_merged_and_leave_the_policy_alone() -> None:
    before = charter().model_dump_json()
    tried = changed(charter(), TIER_1)
    assert (tried.complaint.tiers[1].time, tried.complaint.tiers[2]) == (150_000, charter().complaint.tiers[2])
    assert changed(charter(), {"figures": None}).figures.first_contact == 0.85
    with pytest.raises(PolicyInvalidError):
        changed(charter(), {"complaint": []})
    assert charter().model_dump_json() == before


def test_command_line_tries_shows_and_exports(cli: CommandLine, store: Store, tmp_path: Path) -> None:
    assert cli.json("policy", "dry-run", "charter", "--days", "400")["cases"] >= 4
    assert "cases of the last 400 days" in cli.run("policy", "dry-run", "charter", "--days", "400")[1]
    assert cli.json("policy", "dry-run", charter().version)["policy"] == charter().version
    assert "first contact" in cli.run("figures", "show", "--days", "400")[1]
    assert cli.json("figures", "show", "--days", "400", "--team", "online")["figures"]
    for what in ("csv", "xlsx", "xes", "ocel"):
        file = tmp_path / f"log.{what}"
        assert cli.json("figures", "export", what, str(file), "--days", "400")["bytes"] == file.stat().st_size > 0
    assert len(json.loads((tmp_path / "log.ocel").read_text())["events"]) > 40
    assert cli.run("figures", "reports")[0] == 0


def test_command_line_says_that_no_report_was_drawn_yet(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(shelf: ReportShelf) -> list[KeptReport]:
        return []

    monkeypatch.setattr(ReportShelf, "newest", none)
    assert "no report was drawn yet" in cli.run("figures", "reports")[1]
