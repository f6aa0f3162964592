"""Who may speak in a complaint's name. Each function refuses or lets pass."""

from __future__ import annotations

from domain.complaint.case import Complaint
from domain.complaint.tasks import RESOLVE
from domain.errors import NotAllowedError, WrongStatusError
from domain.people import Actor, Role
from domain.rights import STAFF, require_role
from domain.tasks import HumanTask


def require_in_charge(case: Complaint, actor: Actor) -> HumanTask | None:
    """Refuse staff who do not have the case: the owner of one of its tasks, or who leads.

    Returns:
        The task in whose name the actor speaks, None for those who lead without owning one.

    Raises:
        NotAllowedError: somebody else, or nobody yet, has the case.
    """
    require_role(actor, *STAFF)
    own = [task for task in case.active_tasks() if task.owner == actor.id]
    if own:
        return own[0]
    team = case.policy.teams[case.team]
    nobody_works = not case.active_tasks(RESOLVE) and (case.team in actor.teams or actor.id in team.members)
    if actor.role is Role.AGENT and not nobody_works:
        owners = [task.owner for task in case.active_tasks() if task.owner]
        raise NotAllowedError(
            f"{actor.id} does not have this case: {', '.join(owners) or 'nobody does, claim its task first'}",
            field="actor",
            owners=owners,
        )
    return None


def require_unresolved(case: Complaint) -> None:
    """Refuse what makes sense only before the customer has accepted something.

    Raises:
        WrongStatusError: resolved or over.
    """
    if not case.unresolved:
        raise WrongStatusError(f"the case is {case.status} already", status=case.status)
