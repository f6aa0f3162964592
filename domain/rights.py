"""Who may do what: roles, and who may own a task. Each function refuses or lets pass."""

from __future__ import annotations

from domain.case import Case
from domain.errors import NotAllowedError, NotEligibleError, TaskNotYoursError, WrongStatusError
from domain.people import Actor, Role
from domain.tasks import HumanTask, eligible
from domain.worked_case import WorkedCase

STAFF = (Role.AGENT, Role.LEAD, Role.SUPERVISOR)
LEADING = (Role.LEAD, Role.SUPERVISOR)


def require_role(actor: Actor, *roles: Role) -> None:
    """Refuse an actor whose role is none of these.

    Raises:
        NotAllowedError: details give the roles that may.
    """
    if actor.role not in roles:
        allowed = [role.value for role in roles]
        raise NotAllowedError(
            f"the role {actor.role.value} may not do this: expected {' or '.join(allowed)}",
            field="actor",
            allowed=allowed,
        )


def require_eligible(task: HumanTask, person: Actor, case: Case) -> None:
    """Refuse a person who may not own the task.

    Raises:
        NotEligibleError: excluded (four eyes), not nominated, or not of the team.
    """
    if person.id in task.excluded:
        raise NotEligibleError(f"{person.id} is excluded from task {task.id}", field="actor", task=task.id)
    if task.nominees and person.id not in task.nominees:
        raise NotEligibleError(
            f"task {task.id} is for {', '.join(task.nominees)}", field="actor", task=task.id, nominees=task.nominees
        )
    if not task.nominees and task.team not in person.teams and person.id not in eligible(task, case.policy):
        raise NotEligibleError(
            f"{person.id} is not a member of team {task.team}", field="actor", task=task.id, team=task.team
        )


def require_customer(case: Case, actor: Actor) -> None:
    """Refuse a customer whose case this is not; staff and systems may speak for the customer.

    Raises:
        NotAllowedError: another customer, or an auditor.
    """
    require_role(actor, Role.CUSTOMER, Role.SYSTEM, *STAFF)
    if actor.role is Role.CUSTOMER and actor.id != case.state.customer.id:
        raise NotAllowedError("this is another customer's case", field="actor")


def require_owner(task: HumanTask, actor: Actor, *, or_leading: bool = False) -> None:
    """Refuse anybody but the task's owner (or, where said so, those who lead).

    Raises:
        TaskNotYoursError: details give the owner.
    """
    if actor.id == task.owner or (or_leading and actor.role in LEADING):
        return
    owner = f"{task.owner} has it" if task.owner else "nobody has it: claim it first"
    raise TaskNotYoursError(f"task {task.id} is not yours: {owner}", task=task.id, owner=task.owner)


def known(case: Case, person: Actor) -> Actor:
    """Somebody whom another person names, with the teams that the policy gives: only callers are authenticated.

    Raises:
        NotAllowedError: not of the staff.
        NotEligibleError: claimed to be of the staff, but no team of the policy has such a member.
    """
    require_role(person, *STAFF)
    teams = case.policy.staff.get(person.id)
    if teams is None:
        raise NotEligibleError(f"no team has a member {person.id}", field="to", person=person.id)
    return person.model_copy(update={"teams": teams})


def require_in_charge(case: WorkedCase, actor: Actor) -> HumanTask | None:
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
    nobody_works = not case.in_hand and (case.team in actor.teams or actor.id in team.members)
    if actor.role is Role.AGENT and not nobody_works:
        owners = [task.owner for task in case.active_tasks() if task.owner]
        raise NotAllowedError(
            f"{actor.id} does not have this case: {', '.join(owners) or 'nobody does, claim its task first'}",
            field="actor",
            owners=owners,
        )
    return None


def require_unresolved(case: WorkedCase) -> None:
    """Refuse what makes sense only before the customer has accepted something.

    Raises:
        WrongStatusError: resolved or over.
    """
    if not case.unresolved:
        raise WrongStatusError(f"the case is {case.status} already", status=case.status)
