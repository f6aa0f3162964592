"""The running house without a terminal: a line now and then, for a person or for a program."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.catalog import CASE_TYPES, COMPLAINT
from starter.cli.screen import local_short, words

if TYPE_CHECKING:
    from starter.board import Board
    from starter.kept_api import KeptApi
    from starter.upkeep import Upkeep

LINES_EVERY = 10.0
JSON_EVERY = 1.0


class Lines:
    """Plain lines, each with its time: first where everything is, then every ten seconds how it stands."""

    every = LINES_EVERY

    def __init__(self) -> None:
        self._greeted = False

    def say(self, text: str) -> None:
        """Print a line."""
        print(f"{datetime.now().astimezone():%H:%M:%S %Z}  {text}", flush=True)

    def show(self, house: Upkeep, board: Board | None) -> None:
        """Print how it stands, the first time also where everything is."""
        if not self._greeted:
            self._greeted = True
            for name, place in places(house).items():
                self.say(f"{name:<9} {place}")
        self.say(summary(house, board))

    def close(self) -> None:
        """Nothing to give back."""


class JsonLines:
    """One JSON object a line: `{"said": …}` for what happened, `{"board": …}` for how it stands."""

    every = JSON_EVERY

    def say(self, text: str) -> None:
        """Print what happened."""
        self._write({"said": text})

    def show(self, house: Upkeep, board: Board | None) -> None:
        """Print the figures."""
        self._write({"board": figures(house, board)})

    def close(self) -> None:
        """Nothing to give back."""

    def _write(self, content: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def places(house: Upkeep) -> dict[str, str]:
    """Where to find what."""
    return {
        "Web UI": house.ports.web_ui or "none (--headless)",
        "Temporal": f"{house.ports.address}, namespace default",
        "API": f"{house.api.address}/v1/openapi.json" if house.api else "none",
        "desk": f"{house.api.address}/desk" if house.api else "none",
        "policy": house.version,
        "files": str(house.installation.folder.resolve()),
        "try": f"{sys.argv[0]} list · show CASE · task claim CASE T1 --as online-01 · --help",
    }


def summary(house: Upkeep, board: Board | None) -> str:
    """How it stands, in one line."""
    worker = house.worker_state
    if board is None:
        return f"Temporal does not answer; worker {worker}"
    types = [(case_type, board.of(case_type.name)) for case_type in CASE_TYPES.values()]
    told = ", ".join(f"{count} {case_type.title}{'s' * (count != 1)}" for case_type, count in types if count)
    tiers = ", ".join(
        f"tier {tier} {count}"
        for tier in sorted(house.policy.complaint.tiers)
        if (count := board.of(COMPLAINT.name, tier))
    )
    opened = f"{board.open} open" + (f": {told}" if told else "") + (f" ({tiers})" if tiers else "")
    parts = [opened, f"{board.breached} with a broken promise"]
    parts.append(f"{board.ended} ended")
    if board.soonest:
        first = board.soonest[0]
        parts.append(f"next due {local_short(first.due, board.at)} {first.case_id} ({words(first.status)})")
    return " · ".join([*parts, f"worker {worker}"])


def _api(api: KeptApi) -> dict[str, Any]:
    program = api.program
    return {"address": api.address, "ready": api.ready, "process": program.process_id, "starts": program.starts}


def figures(house: Upkeep, board: Board | None) -> dict[str, Any]:
    """How it stands, for a program."""
    intake = house.intake
    return {
        "temporal": house.ports.address,
        "web_ui": house.ports.web_ui,
        "policy": house.version,
        "home": str(house.installation.folder.resolve()),
        "answers": board is not None,
        "worker": {"ready": house.worker_ready, "process": house.worker.process_id, "starts": house.worker.starts},
        "server": {"process": house.server.process_id, "starts": house.server.starts},
        "api": _api(house.api) if house.api else None,
        "imported": {"total": intake.total, "done": intake.done, "refused": len(intake.refused)} if intake else None,
        "open": board.open if board else None,
        "breached": board.breached if board else None,
        "ended": board.ended if board else None,
        "types": {name: board.of(name) for name in CASE_TYPES} if board else None,
        "tiers": {str(n): board.of(COMPLAINT.name, n) for n in house.policy.complaint.tiers} if board else None,
    }
