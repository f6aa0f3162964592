"""Human tasks with the states of WS-HumanTask: what a task is, which verb leads where, who may own it."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import TaskStateError
from domain.policy import Policy
from domain.sla.spans import Instant

Brief: TypeAlias = dict[str, str | int | None]
"""What the next owner must know: the question, what was tried, who had it before."""


class TaskState(StrEnum):
    """States of WS-HumanTask 1.1; `obsolete` covers skipped and withdrawn."""

    READY = "ready"
    RESERVED = "reserved"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    OBSOLETE = "obsolete"


class TaskVerb(StrEnum):
    """What can be done with a task."""

    CLAIM = "claim"
    RELEASE = "release"
    START = "start"
    COMPLETE = "complete"
    DELEGATE = "delegate"
    FORWARD = "forward"
    NOMINATE = "nominate"
    SUSPEND = "suspend"
    RESUME = "resume"
    SKIP = "skip"
    EXCLUDE = "exclude"
    SAVE_DRAFT = "save_draft"


_S, _V = TaskState, TaskVerb
ACTIVE = (_S.READY, _S.RESERVED, _S.IN_PROGRESS, _S.SUSPENDED)
_OWNED = (_S.RESERVED, _S.IN_PROGRESS)
_LIVE = (_S.READY, *_OWNED)

TASK_TRANSITIONS: dict[TaskVerb, tuple[TaskState, ...]] = {
    _V.CLAIM: (_S.READY,),
    _V.RELEASE: _OWNED,
    _V.START: (_S.READY, _S.RESERVED),
    _V.COMPLETE: _OWNED,
    _V.DELEGATE: _LIVE,
    _V.FORWARD: _LIVE,
    _V.NOMINATE: (_S.READY,),
    _V.SUSPEND: _LIVE,
    _V.RESUME: (_S.SUSPENDED,),
    _V.SKIP: ACTIVE,
    _V.EXCLUDE: ACTIVE,
    _V.SAVE_DRAFT: _OWNED,
}
"""From which states each verb is possible."""


class TaskDefinition(BaseModel):
    """What all tasks of one kind share: the form that completes them and whether they can be skipped."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    kind: str
    title: str
    form: type[BaseModel]
    skippable: bool = False


class HumanTask(BaseModel):
    """One piece of work for one person of one team.

    `passed` are those whom it was given and who did not begin, or gave it back; `vain` counts how often in a row nobody
    was found for it.
    """

    id: str
    kind: str
    title: str
    team: str
    tier: int | None = None
    state: TaskState = TaskState.READY
    owner: str | None = None
    owned_since: Instant | None = None
    offered_at: Instant
    ended_at: Instant | None = None
    nominees: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    vain: int = 0
    suspended_from: TaskState | None = None
    draft: str | None = None
    brief: Brief = Field(default_factory=dict)
    outcome: dict[str, object] | None = None

    @property
    def active(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in ACTIVE

    def verbs(self) -> tuple[TaskVerb, ...]:
        """What the task's state allows, before anybody's rights are asked."""
        return tuple(verb for verb, states in TASK_TRANSITIONS.items() if self.state in states)

    def require(self, verb: TaskVerb) -> None:
        """Refuse a verb that the state does not allow.

        Raises:
            TaskStateError: details give the state and the verbs that are possible.
        """
        if self.state not in TASK_TRANSITIONS[verb]:
            raise TaskStateError(
                f"task {self.id} is {self.state.value}: cannot {verb.value.replace('_', ' ')} it",
                task=self.id,
                state=self.state.value,
                possible=[option.value for option in self.verbs()],
            )

    def own(self, person: str, now: Instant, *, working: bool = False) -> None:
        """Give the task to one person."""
        self.owner, self.owned_since = person, now
        self.state = TaskState.IN_PROGRESS if working else TaskState.RESERVED

    def to_queue(self) -> None:
        """Put the task back into its team's queue; drafts stay with it."""
        self.owner, self.owned_since, self.suspended_from = None, None, None
        self.state = TaskState.READY

    def end(self, state: TaskState, now: Instant, outcome: dict[str, object] | None = None) -> None:
        """Finish the task as completed or obsolete."""
        self.state, self.ended_at, self.outcome = state, now, outcome


def eligible(task: HumanTask, policy: Policy) -> tuple[str, ...]:
    """Staff ids who may own the task: nominees or present members of its team, without the excluded."""
    team = policy.teams.get(task.team)
    pool = task.nominees or (team.present if team else ())
    return tuple(person for person in pool if person not in task.excluded)


def queue_of(task: HumanTask) -> str:
    """Address of a notice that a whole team's queue is to see, instead of one notice for each member."""
    return f"team:{task.team}"
