"""What a policy says about who gets a task: which teams push, who can what, how much at once, who works when."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.people import Channel, Language
from domain.sla.rules import ClockRule, Step, StepAction
from domain.sla.spans import MINUTE, PolicySpan, Span

_DATA = ConfigDict(frozen=True, extra="forbid")


class PushRule(BaseModel):
    """How tasks are given to members of a team. `accept_within` replaces the time that all teams have."""

    model_config = _DATA

    accept_within: PolicySpan | None = Field(default=None, gt=0)


class Circumstances(BaseModel):
    """When a task needs a skill: every field that is set must hold.

    `problem` is a complaint's type, or the type of any other case; `kind` is the task's.
    """

    model_config = _DATA

    problem: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    channel: tuple[Channel, ...] = ()
    language: tuple[Language, ...] = ()
    vip: bool | None = None
    upset: bool | None = None


class SkillNeed(BaseModel):
    """One line of the table of needs. With `required` nobody gets the task who lacks the skill."""

    model_config = _DATA

    skill: str
    when: Circumstances = Circumstances()
    required: bool = False


class Shift(BaseModel):
    """People who work while a calendar is open. Whoever is in no shift works whenever they are present."""

    model_config = _DATA

    calendar: str
    members: tuple[str, ...]


class AssignmentPolicy(BaseModel):
    """Everything by which tasks are given to people. By default nobody is given any: they are taken from the queue.

    Attributes:
        push: the teams whose tasks are given to a member; those of all others wait in their queue.
        accept_within: in which the person must begin, or the task is offered on.
        again_within: after which somebody is looked for again when nobody was free; doubled each time.
        again_at_most: the longest such pause.
        present_for: how long what somebody said about being there counts, unless it is said again.
        calendar: by which these times run.
        capacity: tasks of cases of a channel that one person has at once.
        in_all: tasks that one person has at once, whatever the channel.
        skills: by name, who has them.
        needs: which tasks need which skills.
        shifts: by name, who works when.
    """

    model_config = _DATA

    push: dict[str, PushRule] = {}
    accept_within: PolicySpan = Field(default=2 * MINUTE, gt=0)
    again_within: PolicySpan = Field(default=MINUTE, gt=0)
    again_at_most: PolicySpan = Field(default=15 * MINUTE, gt=0)
    present_for: PolicySpan = Field(default=15 * MINUTE, gt=0)
    calendar: str = "always"
    capacity: dict[Channel, int] = {Channel.PHONE: 3, Channel.CHAT: 4, Channel.EMAIL: 10, Channel.SOCIAL: 6}
    in_all: int = Field(default=12, ge=1)
    skills: dict[str, tuple[str, ...]] = {}
    needs: tuple[SkillNeed, ...] = ()
    shifts: dict[str, Shift] = {}

    def accept_time(self, team: str) -> Span:
        """In which somebody of a team must begin with what they were given."""
        rule = self.push.get(team)
        return rule.accept_within if rule and rule.accept_within else self.accept_within

    def pause_after(self, vain: int) -> Span:
        """How long to wait until somebody is looked for again, after so many times in vain."""
        longest: Span = self.again_at_most
        # Not 2 ** vain: a task may be looked for somebody for months.
        return min(self.again_within << min(vain - 1, 20), longest)

    def capacity_for(self, channel: Channel) -> int:
        """Tasks of cases of a channel that one person has at once."""
        return self.capacity.get(channel, self.in_all)

    @property
    def clock(self) -> ClockRule:
        """How an assignment is watched: when its time is over the task is offered on."""
        return ClockRule(calendar=self.calendar, steps=(Step(do=StepAction.OFFER_ON, at=1),))

    def skills_of(self, person: str) -> frozenset[str]:
        """What somebody can."""
        return frozenset(skill for skill, people in self.skills.items() if person in people)
