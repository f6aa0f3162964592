"""What a task needs of whoever gets it, and what is asked in order to find somebody."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.assignment.policy import AssignmentPolicy, Circumstances
from domain.people import Channel, Language


class Need(BaseModel):
    """A task that somebody is looked for, as far as it matters for who gets it.

    Attributes:
        problem: what it is about, None where that is not known.
        named: the customer's own agent.
        named_only: nobody else is given the task; it waits in its queue.
        excluded: who must not have it (four eyes).
        passed: who had it and did not begin, or gave it back; they are not asked again before everybody was.
    """

    model_config = ConfigDict(frozen=True)

    team: str
    kind: str
    channel: Channel
    language: Language
    problem: str | None = None
    vip: bool = False
    upset: bool = False
    named: str | None = None
    named_only: bool = False
    excluded: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    def skills(self, rules: AssignmentPolicy, *, required: bool) -> frozenset[str]:
        """The skills that the task needs, or those by which whoever has them is preferred."""
        wanted = (need for need in rules.needs if need.required is required)
        return frozenset(need.skill for need in wanted if self._under(need.when))

    def _under(self, when: Circumstances) -> bool:
        return all(
            (
                not when.problem or self.problem in when.problem,
                not when.kind or self.kind in when.kind,
                not when.channel or self.channel in when.channel,
                not when.language or self.language in when.language,
                when.vip is None or when.vip == self.vip,
                when.upset is None or when.upset == self.upset,
            )
        )


class AssignTask(BaseModel):
    """Find somebody of a team who gets a task, and tell them."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["assign_task"] = "assign_task"
    key: str
    task: str
    team: str


class AssignmentOrder(BaseModel):
    """Input of the `assign_task` activity. `about` is what whoever gets the task is told."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    key: str
    task: str
    need: Need
    about: str
