"""`duecourse up` as a person runs it: up, worked with, Ctrl-C, up again where it stopped; nothing left running."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from typer.testing import CliRunner

from domain.people import Actor, Role
from domain.requests import AddNote
from starter.cli import app
from starter.cli.exits import ExitCode
from starter.doors import open_doors
from starter.installation import present_settings
from starter.refusals import UnavailableError
from starter.server import free_port
from starter.upkeep import WORKER_READY
from tests.starter.test_kept_running import ended
from worker import READY

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-c", "from starter.cli import main; main()"]
PATIENCE = 90.0
AGENT = "online-03"


@dataclass
class Running:
    """A `duecourse up --json` that runs beside the test."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    board: dict[str, Any] = field(default_factory=dict)
    lines: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)

    def listen(self) -> None:
        """Read what it prints, on a thread of its own."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first board of which this holds."""
        deadline = time.monotonic() + PATIENCE
        while not (self.board and holds(self.board)):
            line = self.lines.get(timeout=max(deadline - time.monotonic(), 0.1))
            assert line is not None, (self.said, self.board)
            self._take(line)
        return self.board

    def stop(self, number: signal.Signals) -> int:
        """Stop it as a terminal would; returns its exit code, after everything it had to say."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        while (line := self.lines.get(timeout=PATIENCE)) is not None:
            self._take(line)
        return code

    def _take(self, line: str) -> None:
        content = json.loads(line)
        self.board = content.get("board", self.board)
        self.said += [content["said"]] if "said" in content else []


@contextmanager
def up(sample: Path) -> Iterator[Running]:
    """`duecourse up` on free ports, killed at the end if a test left it running."""
    ports = ["--port", str(free_port()), "--api-port", str(free_port())]
    options = ["up", "--json", "--headless", *ports, "--sample", str(sample)]
    with subprocess.Popen([*PROGRAM, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        running = Running(process)
        listener = threading.Thread(target=running.listen)
        listener.start()
        try:
            yield running
        finally:
            process.kill()
            listener.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the installation, for what runs here and for what is started from here."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "DUECOURSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DUECOURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """The first five complaints of the sample."""
    path = tmp_path / "five.csv"
    with (ROOT / "examples" / "complaints.csv").open() as lines:
        path.write_text("".join(islice(lines, 6)))
    return path


def run(*arguments: str, code: int = ExitCode.OK) -> Any:
    """What a command prints as JSON; in this process, but with its own client and store."""
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, (arguments, result.exit_code, result.output)
    return json.loads(result.stdout)


def as_program(*arguments: str) -> tuple[int, Any]:
    """Exit code and JSON of a command in a process of its own."""
    done = subprocess.run([*PROGRAM, *arguments, "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def all_there(board: dict[str, Any]) -> bool:
    """The worker takes work, and every row of the sample is a case that visibility knows."""
    imported = board["imported"] or {}
    return bool(board["worker"]["ready"] and imported.get("done") == 5 and board["open"] + board["ended"] == 5)


def closed(case_id: str) -> dict[str, Any]:
    """The case, once it is closed."""
    for _ in range(100):
        view: dict[str, Any] = run("show", case_id)
        if view["status"] == "closed":
            return view
        time.sleep(0.1)
    raise AssertionError(f"{case_id} does not close")


def retention(address: str) -> timedelta:
    """How long the server keeps closed cases."""

    async def ask() -> timedelta:
        client = await Client.connect(address)
        described = DescribeNamespaceRequest(namespace=client.namespace)
        found = await client.workflow_service.describe_namespace(described)
        return found.config.workflow_execution_retention_ttl.ToTimedelta()

    return asyncio.run(ask())


def ask_a_frozen_worker(case_id: str, worker: int) -> None:
    """A request that no worker answers is given up in time, and heard when the worker goes on."""
    request = AddNote(request_id="frozen", actor=Actor(id=AGENT, role=Role.AGENT), text="Are you there?")

    async def ask(within: float) -> None:
        async with open_doors(present_settings(), answer_within=timedelta(seconds=within)) as doors:
            await doors.service.act(case_id, "add_note", request)

    os.kill(worker, signal.SIGSTOP)
    try:
        with pytest.raises(UnavailableError, match="did not answer in time"):
            asyncio.run(asyncio.wait_for(ask(1.0), 20))
    finally:
        os.kill(worker, signal.SIGCONT)
    asyncio.run(ask(30.0))
    assert [entry["what"] for entry in run("timeline", case_id)].count("note_added") == 1


def work_through(case_id: str) -> None:
    """What an agent and the customer do, from the claim to the summary."""
    run("task", "claim", case_id, "T1", "--as", AGENT)
    taken = run("task", "claim", case_id, "T1", "--as", "online-04", code=ExitCode.REFUSED)
    assert taken["error"]["details"]["owner"] == AGENT
    said = ("reply", case_id, "We are looking into it.", "--as", AGENT, "--request-id", "said-once")
    assert run(*said)["at"] == run(*said)["at"]
    run("task", "complete", case_id, "T1", "--set", "solution=It is put right.", "--as", AGENT)
    customer = run("show", case_id)["customer"]["id"]
    run("answer", case_id, "--satisfied", "--score", "5", "--as", customer)
    run("task", "complete", case_id, "T2", "--set", "summary=Done.", "--set", "cause=error", "--as", AGENT)


def ask_the_api(first: Running, case_id: str) -> None:
    """The key that was told opens the API, to which everything of the house is known."""
    board = first.until(lambda board: bool(board["api"]["ready"]))
    [told] = [said for said in first.said if "a key for development" in said]
    headers = {"Authorization": f"Bearer {told.rpartition(' ')[2]}"}
    with httpx.Client(base_url=board["api"]["address"], headers=headers) as api:
        assert api.get("/ready").json() == {"status": "ok"}
        assert api.get(f"/v1/cases/{case_id}").json()["case_id"] == case_id
        closing = {"Idempotency-Key": "up-1"}
        refused = api.post(f"/v1/cases/{case_id}/close_case", json={"reason": "only a test"}, headers=closing)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def sign_in_at_the_desk(first: Running) -> None:
    """An agent and a supervisor come in with what was told; the agent's inbox has work."""
    told = dict(re.findall(r"(\S+), told this once: (\S+)$", "\n".join(first.said), re.MULTILINE))
    people = {"online-01": "agent", "supervisor-01": "supervisor"}
    address = first.until(lambda board: bool(board["api"]["ready"]))["api"]["address"]
    for person, role in people.items():
        with httpx.Client(base_url=address) as browser:
            browser.post("/v1/session", json={"staff_id": person, "password": told[person]}).raise_for_status()
            assert browser.get("/v1/me").json()["role"] == role
            assert browser.get("/v1/tasks", params={"open": True}).json()["items"]
            assert browser.get("/desk").text.count('class="entry"') > 0


def test_up_is_worked_with_stopped_and_goes_on_where_it_stopped(home: Path, five: Path) -> None:
    with up(five) as first:
        board = first.until(all_there)
        assert retention(board["temporal"]) == timedelta(days=365)
        code, cases = as_program("list")
        assert (code, len(cases)) == (ExitCode.OK, 5)
        case_id = next(case["case_id"] for case in cases if (case["team"], case["tier"]) == ("online", 1))
        work_through(case_id)
        why = {clock["kind"]: clock["why"] for clock in closed(case_id)["clocks"]}
        assert [event["what"] for event in why["first_response"]] == ["started", "met"]
        assert why["first_response"][-1]["cause"] == f"{AGENT}'s message was delivered"
        sent = [letter["template"] for letter in run("outbox", case_id)]
        assert sent.count("agent_message") == 1
        assert {"acknowledgement", "solution_offered", "resolved"} <= set(sent)
        ask_the_api(first, case_id)
        sign_in_at_the_desk(first)
        ask_a_frozen_worker(next(case["case_id"] for case in run("list")), board["worker"]["process"])
        assert run("up", code=ExitCode.REFUSED)["error"]["code"] == "in_use"
        assert first.stop(signal.SIGINT) == ExitCode.OK

    assert "the worker is ready" in first.said
    assert first.said[-1].startswith(f"Stopped. Everything lies in {home}")
    assert all(ended(board[name]["process"]) for name in ("worker", "server", "api"))
    assert run("list", code=ExitCode.UNAVAILABLE)["error"]["code"] == "unavailable"

    with up(five) as second:
        second.until(all_there)
        assert any("0 opened, 5 known" in said for said in second.said)
        open_cases = {case["case_id"] for case in run("list")}
        assert open_cases == {case["case_id"] for case in cases} - {case_id}
        assert closed(case_id)["facts"]["score"] == 5
        # The last message may arrive after the end: deeds travel while the case is closed.
        assert "case_ended" in [entry["what"] for entry in run("timeline", case_id)[-3:]]
        assert second.stop(signal.SIGTERM) == ExitCode.OK


def test_word_that_the_worker_is_ready_is_the_workers_own() -> None:
    assert WORKER_READY == READY
