"""Whom a task can be given to: people by team, each with whether they are there and what they have in hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, TypeAlias

from domain.assignment.duty import Presence
from domain.policy import Policy
from starter.api.house import House
from starter.desk.forms import Form
from starter.desk.pages import Reader
from starter.desk.teams import team_names
from starter.desk.times import local
from starter.staffing import Colleague, staff_of

TO = "to"
"""The field of a form that names a colleague."""


class Candidate(NamedTuple):
    """Somebody who may be given a task, in the reader's words."""

    id: str
    said: str


ByTeam: TypeAlias = tuple[tuple[str, tuple[Candidate, ...]], ...]
"""Names of teams with their candidates, those first who are there."""


def named_in(forms: Collection[Form]) -> set[str]:
    """Everybody whom one of these forms offers."""
    return {one for form in forms for one, _ in form.choices.get(TO, ())}


async def by_team(house: House, reader: Reader, policy: Policy, people: Collection[str]) -> ByTeam:
    """These people, each with the first of their teams, in the order in which the policy names teams."""
    if not people:
        return ()
    staff = await staff_of(house.doors.store, policy, people)
    names = team_names(policy, reader.texts.language)
    teams = {team: sorted((one for one in staff if one.teams[0] == team), key=_there_first) for team in policy.teams}
    return tuple(
        (names[team], tuple(Candidate(one.id, _said(reader, one)) for one in members))
        for team, members in teams.items()
        if members
    )


def _there_first(one: Colleague) -> tuple[bool, bool, int, str]:
    return one.absent, one.presence is not Presence.AVAILABLE, one.load, one.id


def _said(reader: Reader, one: Colleague) -> str:
    say, room = reader.texts.say, max(one.room.values(), default=0)
    there = reader.texts.name("presence", one.presence.value)
    if one.absent:
        there = say("people.absent")
        there += " " + say("board.back", at=local(one.back_at, reader.now, reader.zone)) if one.back_at else ""
    off_shift = [] if one.absent or one.on_shift else [say("board.off_shift")]
    return " · ".join(
        [one.id, there, *off_shift, say("people.in_hand", count=one.load), say("people.room", count=room)]
    )
