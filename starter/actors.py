"""Who somebody is: a staff id or customer id turned into an actor with the role and teams that the policy gives it.

A door must know who is calling before it asks here; what comes back is always the caller, never somebody they name.
"""

from __future__ import annotations

from activities.customers.port import CustomerDirectory
from domain.errors import NotAllowedError
from domain.people import Actor, Role
from domain.policy import Policy

_RANK = (Role.AUDITOR, Role.AGENT, Role.LEAD, Role.SUPERVISOR)
"""Who is in several teams has the highest of their roles."""


def staff_member(policy: Policy, staff_id: str) -> Actor:
    """The member of staff with this id.

    Raises:
        NotAllowedError: no team of the policy has such a member.
    """
    teams = policy.staff.get(staff_id)
    if not teams:
        raise NotAllowedError(f"no team of policy {policy.name} has a member {staff_id}", field="as", actor=staff_id)
    roles = {policy.teams[team].role for team in teams}
    if policy.complaint.supervisors in teams:
        roles.add(Role.SUPERVISOR)
    return Actor(id=staff_id, role=max(roles & {*_RANK}, key=_RANK.index, default=Role.AGENT), teams=teams)


async def staff_or_customer(policy: Policy, customers: CustomerDirectory, actor_id: str) -> Actor:
    """The member of staff or, of what customers may do themselves, the customer with this id.

    Raises:
        NotAllowedError: neither.
    """
    if actor_id not in policy.staff and await customers.profile(actor_id):
        return Actor(id=actor_id, role=Role.CUSTOMER)
    return staff_member(policy, actor_id)
