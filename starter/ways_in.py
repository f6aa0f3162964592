"""Ways into an embedded installation, made and told when it begins: a key, an agent's and a supervisor's sign-in."""

from __future__ import annotations

from collections.abc import Callable

from domain.people import Actor, Channel
from domain.policy import Policy
from starter.access.accounts import Accounts
from starter.access.keys import ApiKeys
from starter.access.principals import Scope
from starter.access.secrets import new_password
from starter.actors import staff_member
from starter.doors import Doors

DEVELOPMENT = "dev"
"""What the system is called that the first key is for."""


async def open_ways_in(doors: Doors, address: str, say: Callable[[str], None]) -> None:
    """Only for the store of this folder, where nobody has made a key yet: a shared one is no playground."""
    keys, accounts = ApiKeys(doors.store.engine), Accounts(doors.store.engine)
    if doors.settings.store_url or await keys.all():
        return
    say(f"a key for development, told this once: {await keys.create(DEVELOPMENT, Scope)}")
    for person in _sample_staff(await doors.store.policy()):
        password = new_password()
        if await accounts.create(person.id, password):
            say(f"the desk is at {address}/desk; {person.role} {person.id}, told this once: {password}")


def _sample_staff(policy: Policy) -> list[Actor]:
    """Somebody of the team that takes letters first, of which the sample is full, and a supervisor."""
    front = policy.complaint.tiers[min(policy.complaint.tiers)].team_for(Channel.EMAIL, vip=False)
    teams = (front, policy.complaint.supervisors)
    return [staff_member(policy, policy.teams[team].members[0]) for team in teams]
