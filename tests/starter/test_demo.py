"""The demonstration: a short one from end to end, its cast, and what it says when a promise was broken."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from activities.clock import wall_clock
from domain.sla.spans import HOUR, SECOND
from runtime.settings import Settings
from starter.audit.auditor import audit_case
from starter.audit.findings import Promise, Verdict
from starter.demo.__main__ import exit_code
from starter.demo.cast import Part, cast
from starter.demo.changes import KINDS, changes
from starter.demo.performance import POLICY, mixed, until_ready
from starter.demo.report import in_charter_time, report
from starter.demo.returns import RETURNS, returns
from starter.importing import ImportRow
from starter.intake import read_file
from starter.policies.loader import load_policy
from starter.server import free_port
from starter.upkeep import SAMPLE, Plan, running_house

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def rows() -> list[ImportRow]:
    return [row for row in read_file(SAMPLE) if isinstance(row, ImportRow)]


def demonstrate(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start it as `make demo` does, with a temporary folder of its own to clear away."""
    return subprocess.Popen(
        [sys.executable, "-m", "starter.demo", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "DUECOURSE_STORE_URL": "sqlite+aiosqlite:////nowhere/x"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_in(folder: Path) -> list[str]:
    """The command lines of processes that have to do with a folder."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(entry.read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


@pytest.mark.timeout(150)
def test_short_demonstration_shows_the_tables_and_ends_well(tmp_path: Path) -> None:
    demo = demonstrate(tmp_path, "--cases", "12", "--changes", "16", "--returns", "12")
    said, complained = demo.communicate(timeout=140)
    assert demo.returncode == 0, said + complained
    for tier in ("1 front-line service", "2 specialist team", "3 department management"):
        assert re.search(rf"{tier} +│ +[1-9]", said), said
    assert "one second stands for 1 h" in said
    assert re.search(r"hears from us every so often +│ +\d\d+ │ +\d+ │ +0 │", said), said
    assert "No promise was broken. 40 cases" in said
    assert "What was promised in order changes" in said
    assert re.search(r"taken back at the shop, newest step first +│ +\d+ │ +0 │ +0 │", said), said
    assert "How the 16 order changes ended: 10 done, 2 lapsed, 2 refused, 2 withdrawn." in said
    assert "What was promised in returns" in said
    assert re.search(r"label, transit, refund, dispatch, search +│ +\d+ │ +\d+ │ +0 │", said), said
    ended = "2 exchanged, 1 lapsed, 5 refunded, 2 refused, 1 repaired, 1 withdrawn"
    assert f"How the 12 returns ended: {ended}." in said
    assert "Where to look next" in said
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == []


@pytest.mark.timeout(60)
def test_demonstration_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = demonstrate(tmp_path, "--cases", "5", "--json")
    for _ in range(300):
        if processes_in(tmp_path):
            break
        time.sleep(0.1)
    demo.send_signal(signal.SIGINT)
    said, complained = demo.communicate(timeout=40)
    assert demo.returncode == 130, said + complained
    assert said == ""
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == []


@pytest.mark.timeout(100)
async def test_updates_that_nobody_sends_are_broken_promises_and_the_exit_code_says_so(
    tmp_path: Path, rows: list[ImportRow]
) -> None:
    """The worker is stopped and not started again while a case is open."""
    written = tmp_path / "policy.yaml"
    written.write_text(POLICY)
    policy = load_policy(written).policy
    settings = Settings(_env_file=None, home=tmp_path / "house", policy=policy.name, store_url="", inbound_port=0)
    plan = Plan(policy=str(written), port=free_port(), web_ui=False, with_api=False)
    async with running_house(settings, plan, lambda _: None) as house:
        await until_ready(house)
        row = rows[0]
        assert row.customer is not None
        await house.doors.store.customers.register(row.customer)
        opened = await house.doors.service.open_complaint(row.complaint)
        await asyncio.sleep(1)
        await house.worker.stop()
        await asyncio.sleep(7)
        service = house.doors.service
        found = await audit_case(
            service.client, opened.case_id, service.policy, tolerance=policy.late_tolerance, as_of=wall_clock()
        )
    shown = report([found], policy, 9.0, policy.late_tolerance)
    assert not shown.good
    assert exit_code(shown) == 1
    assert {one.promise for one in shown.broken} >= {Promise.STATUS_UPDATE, Promise.TIER_TIME}
    assert {one.verdict for one in shown.broken} == {Verdict.BROKEN}
    assert shown.open == [opened.case_id]
    json.dumps([str(one) for one in shown.broken])


def test_interrupted_demonstration_is_no_success() -> None:
    assert exit_code(None) == 130


def test_types_are_mixed_evenly_and_each_keeps_its_order() -> None:
    assert "".join(mixed(list("abcdef"), list("XY"))) == "aXbcdYef"  # type: ignore[arg-type]  # letters are players
    assert mixed([], []) == []


def test_every_kind_of_order_change_comes_before_any_comes_twice() -> None:
    assert changes(len(KINDS)) == list(KINDS)
    assert len(changes(40)) == 40
    assert changes(0) == []


def test_every_kind_of_return_comes_before_any_comes_twice() -> None:
    assert returns(len(RETURNS)) == list(RETURNS)
    assert len(returns(40)) == 40
    assert returns(0) == []


# --- the cast -------------------------------------------------------------------------------------------------------


def test_cast_is_the_same_for_the_same_seed(rows: list[ImportRow]) -> None:
    assert cast(rows, 60, 1) == cast(rows, 60, 1)
    assert cast(rows, 60, 1) != cast(rows, 60, 2)


@pytest.mark.parametrize("cases", [1, 5, 12, 60, 200])
def test_cast_has_as_many_parts_as_were_asked_for(rows: list[ImportRow], cases: int) -> None:
    parts = cast(rows, cases, 1)
    assert len(parts) == cases
    assert len({part.row.complaint.reference for part in parts}) == cases


def test_what_the_cfpb_knows_decides_who_is_late_and_who_is_not_satisfied(rows: list[ImportRow]) -> None:
    for part in cast(rows, 60, 7):
        cells = part.row.cells
        assert part.late == (cells["Timely response?"] == "No")
        assert bool(part.rejects) == (cells["Consumer disputed?"] == "Yes")
        assert bool(part.goodwill) == (cells["Company response to consumer"] == "Closed with monetary relief")


def test_every_kind_of_trouble_is_in_the_cast(rows: list[ImportRow]) -> None:
    parts = cast(rows, 60, 1)
    kinds = Counter(name for part in parts for name, value in _traits(part).items() if value)
    assert all(kinds[name] for name in ("overruns", "rejects", "late", "withdraws", "silent", "hesitates", "asks_back"))
    assert kinds["vip"] >= 3
    (joining,) = [part for part in parts if part.joins is not None]
    assert joining.joins is not None
    first = parts[joining.joins]
    assert first.row.complaint.customer_id == joining.row.complaint.customer_id
    assert parts.index(joining) == joining.joins + 1


def _traits(part: Part) -> dict[str, object]:
    vip = part.row.customer is not None and part.row.customer.profile.vip
    return {**vars(part), "vip": vip}


def test_seconds_stand_for_hours() -> None:
    assert in_charter_time(4 * SECOND, 3600) == 4 * HOUR
