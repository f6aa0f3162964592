"""How any case at a shop is shown: its search attributes, and the top of its page in Temporal's Web UI."""

from __future__ import annotations

from domain.shop_case.case import ShopCase
from domain.sla.clock import say_left
from domain.sla.spans import Instant, say_instant
from domain.views import clock_name, next_due


def shop_face(case: ShopCase, *, passes: bool = False) -> dict[str, object]:
    """Present values of the search attributes; none for a status that passes, the one before stays on show."""
    return {
        **({} if passes else {"CaseStatus": case.status}),
        "CaseTeam": case.team,
        "CasePriority": case.state.priority,
        "CaseBreached": case.state.breached,
        "CaseDueAt": next_due(case),
    }


def shop_details(case: ShopCase, title: str, now: Instant) -> str:
    """Markdown: where it stands, who has it, every step and open clock. No personal data."""
    lines = [f"**{title} · {case.status.replace('_', ' ')}** · {case.state.channel.value}"]
    for task in case.active_tasks():
        who = task.owner or f"in the queue of {task.team}"
        lines.append(f"- task {task.id} {task.title}: {task.state.replace('_', ' ')}, {who}")
    lines += [f"- {step.name.replace('_', ' ')}: {step.state.replace('_', ' ')}" for step in case.state.steps]
    for clock in case.state.clocks:
        if clock.open:
            left = say_left(clock.budget - case.consumed(clock, now))
            due = case.due(clock)
            until = f", due {say_instant(due)}" if due else ""
            lines.append(f"- {clock_name(case, clock)}: {clock.state.value}, {left}{until}")
    return "\n".join(lines)
