"""The staff as it stands now: who is there, who is away, who can what, and how much everybody has in hand."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from activities.assignment.duty_book import DutyBook
from activities.clock import wall_clock
from domain.assignment.duty import Duty, Presence, duty_of
from domain.people import Channel, Role
from domain.policy import Policy
from domain.sla.spans import Instant
from starter.actors import staff_member
from starter.doors import Store


class Colleague(BaseModel):
    """A member of staff at this instant.

    Attributes:
        presence: as they said it; `offline` once that is too long ago.
        heard_at: when they were last heard of, None for never.
        back_at: the end of an absence, or when the next shift begins; None where nobody knows.
        in_hand: tasks that they have and have not laid aside, by channel.
        room: how many more they can be given by each channel.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    role: Role
    teams: tuple[str, ...]
    presence: Presence
    heard_at: Instant | None
    on_shift: bool
    absent: bool
    back_at: Instant | None
    skills: tuple[str, ...]
    load: int
    in_hand: dict[Channel, int]
    room: dict[Channel, int]


async def staff_of(store: Store, policy: Policy, people: Iterable[str]) -> list[Colleague]:
    """How things stand with people of the staff, in the order of their ids."""
    ids = sorted({*people} & {*policy.staff})
    told = await DutyBook(store.engine).told(ids)
    in_hand = await store.readmodel.how_many_in_hand(ids)
    now = wall_clock()
    found = []
    for person in ids:
        duty = duty_of(person, policy, told[person], in_hand.get(person, {}), now)
        found.append(_colleague(policy, duty, told[person].heard_at or None))
    return found


def _colleague(policy: Policy, duty: Duty, heard_at: Instant | None) -> Colleague:
    actor, rules = staff_member(policy, duty.person), policy.assignment
    in_all = rules.in_all - duty.load
    room = {channel: rules.capacity_for(channel) - duty.in_hand.get(channel, 0) for channel in Channel}
    always_absent = all(duty.person in policy.teams[team].absent for team in actor.teams)
    return Colleague(
        id=duty.person,
        role=actor.role,
        teams=actor.teams,
        presence=duty.presence,
        heard_at=heard_at,
        on_shift=duty.on_shift,
        absent=duty.absent or always_absent,
        back_at=duty.back_at,
        skills=tuple(sorted(duty.skills)),
        load=duty.load,
        in_hand=dict(duty.in_hand),
        room={channel: max(min(places, in_all), 0) for channel, places in room.items()},
    )
