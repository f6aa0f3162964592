"""How a supervisor steps in; every act needs a reason, which goes on record."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli.asking import Fields, PublishedPolicy, asks, one
from starter.cli.options import Case, Clock, Person, Reason, Task, given, named

SUPERVISORS = "Supervisors"

app = typer.Typer()


@app.command(rich_help_panel=SUPERVISORS)
@asks("reassign")
def reassign(case: Case, task: Task, to: Person, reason: Reason) -> Fields:
    """Give a task to somebody, whoever has it now."""
    return {"task_id": task, "to": one(to), "reason": reason}


@app.command(rich_help_panel=SUPERVISORS)
@asks("extend_clock")
def extend(
    case: Case,
    clock: Clock,
    by: Annotated[str, given("--by", metavar="SPAN", help="Such as 30m or 1h30m.")],
    reason: Reason,
) -> Fields:
    """Give one clock more time, within the policy's limit."""
    return {"clock": clock, "by": by, "reason": reason}


@app.command(rich_help_panel=SUPERVISORS)
@asks("pause_clock")
def pause(case: Case, clock: Clock, reason: Reason) -> Fields:
    """Stop one clock until it is resumed."""
    return {"clock": clock, "reason": reason}


@app.command(rich_help_panel=SUPERVISORS)
@asks("resume_clock")
def resume(case: Case, clock: Clock, reason: Reason) -> Fields:
    """Let a paused clock run again."""
    return {"clock": clock, "reason": reason}


@app.command("force-tier", rich_help_panel=SUPERVISORS)
@asks("force_tier")
def force_tier(case: Case, tier: Annotated[int, named("TIER")], reason: Reason) -> Fields:
    """Put the case into a tier, up or down."""
    return {"tier": tier, "reason": reason}


@app.command("update-now", rich_help_panel=SUPERVISORS)
@asks("send_update_now")
def update_now(case: Case, reason: Reason) -> Fields:
    """Send the customer a status update out of turn."""
    return {"reason": reason}


@app.command(rich_help_panel=SUPERVISORS)
@asks("change_priority")
def priority(case: Case, priority: Annotated[str, named("PRIORITY")], reason: Reason) -> Fields:
    """Change the priority; clocks keep what was consumed."""
    return {"priority": priority, "reason": reason}


@app.command("adopt-policy", rich_help_panel=SUPERVISORS)
@asks("adopt_policy")
def adopt_policy(
    case: Case,
    policy: Annotated[str, named("POLICY", help="name@hash, or a name for its latest.")],
    reason: Reason,
) -> Fields:
    """Pin the case to another published policy; clocks keep what was consumed."""
    return {"policy": PublishedPolicy(policy), "reason": reason}


@app.command(rich_help_panel=SUPERVISORS)
@asks("close_case")
def close(case: Case, reason: Reason) -> Fields:
    """Close the case without the customer's confirmation."""
    return {"reason": reason}
