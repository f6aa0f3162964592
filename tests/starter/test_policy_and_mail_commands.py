"""Commands about messages, policies and pruning, which need no server."""

from __future__ import annotations

from pathlib import Path

from domain.complaint.messages import Reopen
from starter.cli.exits import ExitCode
from tests.starter.command_line import CASE, CUSTOMER, CommandLine

AGENT = "online-01"


def test_outbox_and_inbox_need_no_server_and_may_be_empty(cli: CommandLine) -> None:
    # Other tests of this run have the same store, and letters in it.
    of_case = [letter for letter in cli.json("outbox") if letter["case_id"] == CASE]
    assert of_case == cli.json("outbox", CASE) == cli.json("inbox", AGENT) == []
    assert cli.json("inbox", "nobody-99", code=ExitCode.REFUSED)


def test_policy_is_checked_with_file_line_and_field(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: charter\nname: mine\ncomplaint:\n  tiers:\n    1: { time: soon }\n")
    refused = cli.json("policy", "check", str(file), code=ExitCode.USAGE)["error"]
    assert refused["code"] == "policy_invalid"
    assert [(problem["line"], problem["field"]) for problem in refused["details"]["problems"]] == [
        (5, "complaint.tiers.1.time")
    ]
    file.write_text(file.read_text().replace("soon", "20m"))
    assert cli.json("policy", "check", str(file))["version"].startswith("mine@")
    assert cli.json("policy", "check", "nothing", code=ExitCode.NOT_FOUND)


def test_policy_is_published_shown_and_compared(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "fast.yaml"
    texts = [f"extends: charter\nname: fast\ncomplaint:\n  tiers:\n    1: {{ time: {time}m }}\n" for time in (20, 10)]
    first, second = ((file.write_text(text), cli.json("policy", "publish", str(file)))[1] for text in texts)
    assert first["new"]
    assert second["new"]
    assert cli.json("policy", "show", "fast")["complaint"]["tiers"]["1"]["time"] == 600_000
    assert cli.json("policy", "diff", first["version"], str(file)) == [
        {"field": "complaint.tiers.1.time", "old": "20 min", "new": "10 min"}
    ]
    assert [one["latest"] for one in cli.json("policy", "show") if one["name"] == "fast"] == [True, False]
    assert "front-line service: 10 min" in cli.run("policy", "preview", str(file))[1]


def test_publishing_an_older_version_returns_to_it(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    texts = [f"extends: charter\nname: slow\ncomplaint:\n  tiers:\n    1: {{ time: {time}m }}\n" for time in (40, 50)]
    first, second = ((file.write_text(text), cli.json("policy", "publish", str(file)))[1] for text in texts)
    file.write_text(texts[0])
    assert cli.json("policy", "publish", str(file))["returned"]
    assert "already" in cli.run("policy", "publish", str(file))[1]
    back = ("policy", "publish", second["version"], "--as", "manager-01", "--reason", "too slow")
    assert "in force again" in cli.run(*back)[1]
    assert cli.json("policy", "show", "slow")["complaint"]["tiers"]["1"]["time"] == 3_000_000
    newest = [one for one in cli.json("policy", "show") if one["name"] == "slow"]
    assert [one["version"] for one in newest[:3]] == [second["version"], first["version"], second["version"]]
    assert [one["latest"] for one in newest[:3]] == [True, False, False]
    assert (newest[0]["by"], newest[0]["reason"]) == ("manager-01", "too slow")
    assert cli.json("policy", "publish", "slow@nothing", code=ExitCode.NOT_FOUND)
    assert cli.json("policy", "publish", second["version"], "--pace", "2", code=ExitCode.USAGE)


def test_pruning_counts_first_and_leaves_alone_what_may_be_reopened(cli: CommandLine) -> None:
    assert cli.json("store", "prune", "--older-than", "400d") == {"cases": 0, "rows": {}, "deleted": False}
    assert "of 0 cases would go" in cli.run("store", "prune", "--older-than", "400d")[1]
    for span in ("29d", "soon"):
        refused = cli.json("store", "prune", "--older-than", span, "--delete", code=ExitCode.USAGE)["error"]
        assert refused["details"]["field"] == "older_than"


def test_answer_for_people_is_one_line(cli: CommandLine) -> None:
    assert cli.run("reopen", "C", "--reason", "why", "--as", CUSTOMER)[1] == "C · in progress · tier 1\n"
    assert isinstance(cli.service.asked[-1][2], Reopen)


def test_first_publication_leaves_what_was_published_since_then_in_force(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "begun.yaml"
    first, second = (
        f"extends: charter\nname: begun\ncomplaint:\n  tiers:\n    1: {{ time: {n}m }}\n" for n in (20, 10)
    )
    begin = ("policy", "publish", str(file), "--first")
    file.write_text(first)
    begun = cli.json(*begin, "--as", "manager-01", "--reason", "to begin with")
    assert begun["new"]
    file.write_text(second)
    kept = cli.json(*begin)
    assert (kept["version"], kept["new"]) == (begun["version"], False)
    changed = cli.json("policy", "publish", str(file))
    file.write_text(first)
    assert cli.json(*begin)["version"] == changed["version"]
    assert "is in force already" in cli.run(*begin)[1]
    versions = [one for one in cli.json("policy", "show") if one["name"] == "begun"]
    assert [one["version"] for one in versions] == [changed["version"], begun["version"]]
    assert (versions[1]["by"], versions[1]["reason"]) == ("manager-01", "to begin with")
    assert cli.json("policy", "publish", "nothing", "--first", code=ExitCode.NOT_FOUND)
