"""Which verbs a page offers to whom. It leaves out what would be refused anyway; the case decides all the same.

What a case would refuse as it is, whoever asks, it has tried itself, and says so in its view.
"""

from __future__ import annotations

from domain.catalog import CASE_TYPES
from domain.messages import CaseView, TaskView
from domain.people import Role
from domain.rights import LEADING
from domain.tasks import ACTIVE
from starter.access.principals import Principal
from starter.access.rules import DESK_RULES, VERB_RULES
from starter.verbs import asked_of

OF_TASKS: dict[str, str] = {
    "claim": "claim_task",
    "complete": "complete_task",
    "save_draft": "save_draft",
    "release": "release_task",
    "suspend": "suspend_task",
    "resume": "resume_task",
    "delegate": "delegate_task",
    "forward": "forward_task",
    "nominate": "nominate_task",
    "skip": "skip_task",
    "exclude": "exclude_owner",
}
"""What a task's own verbs are asked with. To start one is left out: claiming and working do it by themselves."""

_OWNERS = ("complete_task", "save_draft")
_OWNERS_AND_LEADING = ("release_task", "suspend_task", "resume_task", "delegate_task", "forward_task")

FIRST = ("reply", "add_note")
"""What is asked all day long; the rest stands behind one more step."""

NEEDS: dict[str, str] = {
    "escalate": "climb",
    "ask_departments": "ask_department",
    "answer_solution": "accept",
    "merge": "merge",
    "reopen": "reopen",
    "withdraw": "withdraw",
    "withdraw_change": "withdraw",
    "withdraw_return": "withdraw",
    "answer_change": "awaiting_answer",
    "answer_return": "awaiting_answer",
    "report_sent": "awaiting_parcel",
    "rate_return": "confirming",
}
"""What must be able to happen next, or the status that the case must have, for a verb to make sense."""

_IN_CHARGE = ("reply", "escalate", "ask_departments", "merge")
_ASKED_ELSEWHERE = frozenset({*OF_TASKS.values(), "start_task", "reassign"})


def of_task(task: TaskView, principal: Principal) -> tuple[str, ...]:
    """What somebody may ask of a task now, most likely first."""
    possible = [OF_TASKS[verb] for verb in OF_TASKS if verb in task.verbs]
    offered = [verb for verb in possible if _permitted(verb, principal) and _theirs(verb, task, principal)]
    if task.state in ACTIVE and _permitted("reassign", principal):
        offered.append("reassign")
    return tuple(offered)


def _theirs(verb: str, task: TaskView, principal: Principal) -> bool:
    owner = task.owner == principal.name
    if verb == "claim_task":
        return principal.name in task.eligible
    if verb in _OWNERS:
        return owner
    return owner or principal.role in LEADING if verb in _OWNERS_AND_LEADING else True


def of_case(view: CaseView, principal: Principal) -> tuple[str, ...]:
    """What somebody may ask of a case now, in the order of the table of rules."""
    verbs = [verb for verb in VERB_RULES if f"desk_{verb}" in DESK_RULES and verb not in _ASKED_ELSEWHERE]
    return tuple(verb for verb in verbs if _permitted(verb, principal) and _makes_sense(verb, view, principal))


def _makes_sense(verb: str, view: CaseView, principal: Principal) -> bool:
    needed = NEEDS.get(verb, view.status)
    if view.case_type not in asked_of(verb) or needed not in (view.status, *view.actions) or verb in view.refused:
        return False
    if view.status in CASE_TYPES[view.case_type].over:
        return verb == "reopen"
    return _in_charge(view, principal) if verb in _IN_CHARGE else True


def _in_charge(view: CaseView, principal: Principal) -> bool:
    active = [task for task in view.tasks if task.state in ACTIVE]
    return principal.role in LEADING or not active or any(task.owner == principal.name for task in active)


def _permitted(verb: str, principal: Principal) -> bool:
    return principal.role is not Role.SYSTEM and principal.role in VERB_RULES[verb].roles
