"""Load: the embedded default, everything on, under many times the charter's load; nothing lost, nothing late.

    python -m bench.load [--minutes 10] [--times 20] [--seed N] [--policy charter]

`duecourse up` runs as anybody runs it. Locust plays backend systems, agents with their desks open, and supervisors
over HTTP. Then every acknowledged case is audited by its event history: the system may be late by one second.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from activities.clock import wall_clock
from bench.open_house import AGENTS, CUSTOMERS, SUPERVISORS, House, running_house
from bench.programs import ROOT, Program
from bench.saying import say
from domain.sla.spans import SECOND
from runtime.settings import Settings
from starter.audit.auditor import audit_case
from starter.audit.findings import CaseAudit, Verdict, count
from starter.doors import Doors, open_doors
from starter.installation import PROFILE, Installation

AVERAGE = 2_000_000 / (365 * 24 * 3_600)
"""Requests a second: two million a year (service charter, the department)."""

TOLERANCE = 1 * SECOND
AT_ONCE = 8
"""Histories that are audited at a time."""

Journal = dict[str, set[str]]
"""Numbers of cases by what was acknowledged of them."""


@dataclass
class Outcome:
    """What was seen, and what of it is wrong."""

    seen: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def visited(house: House, times: float, minutes: float, seed: int) -> Journal:
    """Let locust's visitors come for so many minutes; returns what was acknowledged to them.

    Raises:
        RuntimeError: locust itself failed.
    """
    journal = house.home / "journal.jsonl"
    told = {
        "key": house.key,
        "passwords": house.passwords,
        "a_second": times * AVERAGE,
        "customers": CUSTOMERS,
        "journal": str(journal),
        "wishes": str(house.home / "wishes.jsonl"),
        "seed": seed,
    }
    locust = Program(
        [
            *(sys.executable, "-m", "locust", "-f", "bench/visitors.py", "--headless", "--host", house.address),
            *("--users", str(AGENTS + SUPERVISORS + 4), "--spawn-rate", "10", "--run-time", f"{minutes * 60:.0f}s"),
            *("--csv", str(house.home / "load"), "--only-summary", "--exit-code-on-error", "0", "--stop-timeout", "20"),
        ],
        house.home / "locust.log",
        {"DUECOURSE_LOAD": json.dumps(told), "PYTHONPATH": str(ROOT)},
    )
    locust.start()
    try:
        locust.child.wait(minutes * 60 + 120)
    except subprocess.TimeoutExpired:
        locust.kill()
    if not journal.exists():
        raise RuntimeError(f"locust did not come: {locust.last_words()}")
    acknowledged: Journal = defaultdict(set)
    for line in journal.read_text(encoding="utf-8").splitlines():
        noted = json.loads(line)
        acknowledged[noted["what"]].add(noted["case_id"])
    return acknowledged


def told(house: House, what: str) -> list[dict[str, str]]:
    """Locust's own figures: `stats` by request, the last line over all; `failures` by request and error."""
    with (house.home / f"load_{what}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def judged(doors: Doors, journal: Journal) -> Outcome:
    """Audit every case that was acknowledged."""
    found, places, now = Outcome(), asyncio.Semaphore(AT_ONCE), wall_clock()

    async def one(case_id: str) -> CaseAudit:
        async with places:
            return await audit_case(doors.client, case_id, doors.service.policy, tolerance=TOLERANCE, as_of=now)

    opened = sorted(journal["opened"])
    audits = {audit.case_id: audit for audit in await asyncio.gather(*map(one, opened))}
    totals: Counter[Verdict] = Counter()
    for verdicts in count(audits.values()).values():
        totals.update(verdicts)
    found.seen |= {f"cases {what}, acknowledged": len(cases) for what, cases in journal.items()}
    found.seen["promises kept / missed by people and on record"] = f"{totals[Verdict.KEPT]} / {totals[Verdict.MISSED]}"
    found.wrong += [str(broken) for audit in audits.values() for broken in audit.broken]
    found.wrong += [f"told all there is to tell, but not over: {case_id}" for case_id in _unended(journal, audits)]
    found.wrong += [f"not in the read model: {case_id}" for case_id in await _unshown(doors, opened)]
    return found


def _unended(journal: Journal, audits: dict[str, CaseAudit]) -> Iterable[str]:
    settled = journal["changed"] | journal["rated"] | journal["summarised"] & journal["answered"]
    return (case_id for case_id in sorted(settled) if not audits[case_id].ended)


async def _unshown(doors: Doors, opened: list[str]) -> list[str]:
    return [case_id for case_id in opened if await doors.store.readmodel.case(case_id) is None]


def _tell(outcome: Outcome, asked: list[dict[str, str]]) -> None:
    say("")
    for what, much in outcome.seen.items():
        say(f"{what}: {much}")
    say("")
    say(f"{'request':<16}{'count':>8}{'failed':>8}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}")
    for row in asked:
        figures = (row["Name"], row["Request Count"], row["Failure Count"], float(row["Requests/s"]))
        say("{:<16}{:>8}{:>8}{:>10.2f}".format(*figures) + f"{row['50%']:>8}{row['99%']:>8}")


async def load(times: float, minutes: float, seed: int, policy: str) -> Outcome:
    """Run it once."""
    expected = times * AVERAGE * minutes * 60
    async with running_house(policy, wishes=round(expected / 4) + 10) as house:
        say(f"{times:g} times {AVERAGE:.3f} requests a second for {minutes:g} minutes, seed {seed}", sign="→")
        journal = await asyncio.to_thread(visited, house, times, minutes, seed)
        # The last messages of cases that are over, the last steps of those that ask nobody.
        await asyncio.sleep(10)
        profile: dict[str, Any] = {
            "temporal_config": Installation(house.home).profile,
            "temporal_profile": PROFILE,
        }
        async with open_doors(Settings(home=house.home, policy=policy, **profile)) as doors:
            outcome = await judged(doors, journal)
        outcome.wrong += [
            f"failed {row['Occurrences']} ×: {row['Name']}: {row['Error']}" for row in told(house, "failures")
        ]
        if len(journal["opened"]) < 0.95 * expected:
            outcome.wrong.append(f"only {len(journal['opened'])} opened of {expected:.0f} that should have come")
        _tell(outcome, told(house, "stats"))
    return outcome


def main() -> None:
    """Run once; exit code 1 when anything was lost, late or refused."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--times", type=float, default=20.0, help="of the charter's average load")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--policy", default="charter")
    wishes = parser.parse_args()
    outcome = asyncio.run(load(wishes.times, wishes.minutes, wishes.seed, wishes.policy))
    for wrong in outcome.wrong[:50]:
        say(f"WRONG {wrong}")
    say("nothing lost, nothing late" if not outcome.wrong else f"{len(outcome.wrong)} things are wrong")
    sys.exit(1 if outcome.wrong else 0)


if __name__ == "__main__":
    main()
