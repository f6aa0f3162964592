"""The command line in this process, over a service that only listens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from typer.testing import CliRunner

from domain.complaint.messages import Reopen
from domain.errors import CaseError, CaseNotFoundError
from domain.messages import Answer, CaseView, Request
from domain.numbers import change_number, complaint_number, return_number
from domain.policy import Policy
from domain.timeline import Entry
from runtime.settings import Settings
from starter.audit.findings import CaseAudit
from starter.case_lines import CaseLine
from starter.case_service import CaseService
from starter.cli import app
from starter.new_complaint import NewComplaint
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.opening import Opened
from starter.policies.publish import publishable
from starter.story.reading import History

CUSTOMER = "K000001"
CASE = "CAAAAAAAAAAAAA"


@cache
def charter() -> Policy:
    """The policy that is shipped; read once, because that takes a while."""
    return publishable("charter").policy


class ListeningService(CaseService):
    """Notes what it is asked, and answers; `refuses` is raised instead."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Request]] = []
        self.opened: dict[str, NewComplaint] = {}
        self.changes: dict[str, NewOrderChange] = {}
        self.returns: dict[str, NewReturn] = {}
        self.queries: list[str] = []
        self.lines: list[CaseLine] = []
        self.view: CaseView | None = None
        self.entries: list[Entry] = []
        self.past: History | None = None
        self.audited = CaseAudit(CASE, "complaint", (), (), ended=False, outcome=None)
        self.refuses: Callable[[str], CaseError | None] = lambda _: None

    def _or_refuse(self, about: str) -> None:
        if error := self.refuses(about):
            raise error

    async def colleague_came(self, case_id: str, task_id: str) -> None:
        self._or_refuse("colleague_came")
        self.queries.append(f"{task_id} of {case_id}")

    async def open_complaint(self, new: NewComplaint) -> Opened:
        self._or_refuse(new.reference)
        case_id = complaint_number(new.source, new.reference)
        created = case_id not in self.opened
        self.opened[case_id] = new
        return Opened(case_id, created)

    async def open_order_change(self, new: NewOrderChange) -> Opened:
        case_id = change_number(new.source, new.reference)
        created = case_id not in self.changes
        self.changes.setdefault(case_id, new)
        return Opened(case_id, created)

    async def open_return(self, new: NewReturn) -> Opened:
        case_id = return_number(new.source, new.reference)
        created = case_id not in self.returns
        self.returns.setdefault(case_id, new)
        return Opened(case_id, created)

    async def act(self, case_id: str, verb: str, request: Request) -> Answer:
        self._or_refuse(verb)
        self.asked.append((case_id, verb, request))
        linked = "RAAAAAAAAAAAAA" if verb == "open_linked_case" else None
        return Answer(case_id=case_id, status="in_progress", tier=1, linked=linked, at=0)

    async def reopen(self, case_id: str, request: Reopen) -> Answer:
        return await self.act(case_id, "reopen", request)

    async def merge(self, case_id: str, target: str, **fields: Any) -> Answer:
        self.asked.append((case_id, f"merge into {target}", Reopen(**fields)))
        return Answer(case_id=case_id, status="in_progress", tier=1, at=0)

    async def policy(self, version: str) -> Policy:
        return charter()

    async def case_type(self, case_id: str) -> str:
        return {"M": "order_change", "R": "return", "D": "delivery"}.get(case_id[0], "complaint")

    async def snapshot(self, case_id: str) -> CaseView:
        if self.view is None:
            raise CaseNotFoundError(f"there is no case {case_id}", field="case_id")
        return self.view

    async def timeline(self, case_id: str) -> list[Entry]:
        return self.entries

    async def history(self, case_id: str, run_id: str | None = None) -> History:
        if self.past is None:
            raise CaseNotFoundError(f"there is no case {case_id}", field="case_id")
        return self.past

    async def audit(self, case_id: str) -> CaseAudit:
        return self.audited

    async def cases(self, query: str = "", limit: int = 1_000) -> AsyncIterator[CaseLine]:
        self.queries.append(query)
        for line in self.lines:
            yield line


@dataclass
class CommandLine:
    """Runs commands as a shell would, in this process."""

    settings: Settings
    service: ListeningService
    runner: CliRunner = field(default_factory=CliRunner)

    def run(self, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of `duecourse ARGUMENTS`."""
        result = self.runner.invoke(app, list(arguments), input=stdin)
        return result.exit_code, result.stdout, result.stderr

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What `duecourse ARGUMENTS --json` prints; stdout must hold that and nothing else."""
        exit_code, out, err = self.run(*arguments, "--json")
        assert exit_code == code, (exit_code, out, err)
        return json.loads(out)

    @property
    def last(self) -> tuple[str, str, dict[str, Any]]:
        """Case, verb and fields of what was asked last."""
        case_id, verb, request = self.service.asked[-1]
        return case_id, verb, request.model_dump(mode="json")
