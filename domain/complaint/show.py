"""How a complaint is shown: facts for views, and the few lines at the top of its page in Temporal's Web UI."""

from __future__ import annotations

from domain.complaint.case import Complaint
from domain.complaint.machine import ComplaintStatus
from domain.complaint.messages import Outcome
from domain.linked.state import said, words
from domain.sla.clock import say_left
from domain.sla.spans import Instant, say_instant
from domain.views import clock_name, next_due

_WRAPPING_UP = (ComplaintStatus.SUMMARISING, ComplaintStatus.FOLLOWING_UP)


def shown_facts(case: Complaint) -> dict[str, object]:
    """What a view shows beyond the fields that every case has."""
    state, found = case.state, case.state.classification
    return {
        "team": case.team,
        "outcome": state.outcome.value if state.outcome else None,
        "doing": case.doing.value,
        "linked_cases": said(state.linked_cases),
        "type": found.type if found else None,
        "severity": found.severity.value if found else None,
        "sensitive": found.sensitive if found else None,
        "upset": found.upset if found else None,
        "important": found.important if found else None,
        "entry_tier": state.entry_tier,
        "highest_tier": state.highest_tier,
        "solution": state.solution,
        "goodwill": str(state.goodwill) if state.goodwill else None,
        "score": state.score,
        "reopened": state.reopened,
        "source": state.source,
        "reference": state.reference,
        "business_unit": state.business_unit,
    }


def face(case: Complaint) -> dict[str, object]:
    """Present values of the search attributes. A resolved case keeps its last face while it is wrapped up.

    The status is `resolved` from the customer's acceptance on; whether the wrap-up is done is told by the execution's
    own status, so that no case pays for two more upserts.
    """
    resolved = case.state.outcome is Outcome.ACCEPTED or case.state.status in _WRAPPING_UP
    offered = case.state.status is ComplaintStatus.SOLUTION_OFFERED
    return {
        "CaseStatus": "resolved" if resolved else case.status,
        "CaseTier": case.tier,
        "CaseTeam": case.team,
        "CasePriority": case.state.priority,
        "CaseBreached": case.state.breached,
        "CaseDueAt": None if resolved or offered else next_due(case),
    }


def details(case: Complaint, now: Instant) -> str:
    """Markdown for the Web UI: where it stands, who has it, every open clock. No personal data."""
    lines = [f"**Tier {case.tier} · {case.status.replace('_', ' ')}** · team {case.team} · {case.state.channel.value}"]
    for task in case.active_tasks():
        who = (
            f"{task.owner} since {say_instant(task.owned_since or 0)}" if task.owner else f"in the queue of {task.team}"
        )
        lines.append(f"- task {task.id} {task.title}: {task.state.replace('_', ' ')}, {who}")
    for clock in case.state.clocks:
        if not clock.open:
            continue
        calendar = case.calendar(clock.calendar)
        due = clock.due(calendar)
        left = say_left(clock.budget - clock.consumed_by(now, calendar))
        lines.append(
            f"- {clock_name(case, clock)}: {clock.state.value}, {left}" + (f", due {say_instant(due)}" if due else "")
        )
    lines += [f"- linked {words(linked)}" for linked in case.linked_open]
    return "\n".join(lines)
