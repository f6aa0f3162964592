"""`duecourse task …`: the verbs of human tasks."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli.asking import Fields, People, asks, one, spoken
from starter.cli.forms import read_form
from starter.cli.options import Case, Json, OptionalReason, Person, Reason, Task, Words, given, named

app = typer.Typer(no_args_is_help=True, help="Take tasks, work on them, hand them on.")


@app.command()
@asks("claim_task")
def claim(case: Case, task: Task) -> Fields:
    """Take a task out of its queue for yourself."""
    return {"task_id": task}


@app.command()
@asks("release_task")
def release(case: Case, task: Task, reason: OptionalReason = None) -> Fields:
    """Give a task back to its queue; the draft stays with it."""
    return {"task_id": task, "reason": reason}


@app.command()
@asks("start_task")
def start(case: Case, task: Task) -> Fields:
    """Begin to work on a task; one in the queue is claimed with it."""
    return {"task_id": task}


@app.command()
@asks("complete_task")
def complete(
    case: Case,
    task: Task,
    fields: Annotated[
        list[str] | None,
        given("--set", metavar="NAME=VALUE", help="One field of the form; repeat for more."),
    ] = None,
    form: Annotated[
        str | None,
        given("--form", metavar="JSON", help="The whole form; - reads it from stdin."),
    ] = None,
) -> Fields:
    """Finish a task with its form; `duecourse task forms` shows what each kind asks for."""
    return {"task_id": task, "form": read_form(form, fields or [])}


@app.command()
@asks("delegate_task")
def delegate(case: Case, task: Task, to: Person, reason: Reason) -> Fields:
    """Hand your task to one other person."""
    return {"task_id": task, "to": one(to), "reason": reason}


@app.command()
@asks("forward_task")
def forward(
    case: Case,
    task: Task,
    team: Annotated[str, given("--team", help="Whose queue it goes to.")],
    reason: Reason,
) -> Fields:
    """Move a task to another team's queue."""
    return {"task_id": task, "team": team, "reason": reason}


@app.command()
@asks("nominate_task")
def nominate(
    case: Case,
    task: Task,
    people: Annotated[
        list[str],
        given("--person", metavar="STAFF_ID", help="Who may take it; repeat for more."),
    ],
    reason: Reason,
) -> Fields:
    """Name the only people who may take a task; a single one owns it at once. For those who lead."""
    return {"task_id": task, "people": People(tuple(people)), "reason": reason}


@app.command()
@asks("suspend_task")
def suspend(case: Case, task: Task, reason: Reason) -> Fields:
    """Lay a task aside; its own clocks pause, the case's promises go on."""
    return {"task_id": task, "reason": reason}


@app.command()
@asks("resume_task")
def resume(case: Case, task: Task) -> Fields:
    """Take up a suspended task where it was left."""
    return {"task_id": task}


@app.command()
@asks("skip_task")
def skip(case: Case, task: Task, reason: Reason) -> Fields:
    """Do without a task of a kind that allows it. For those who lead."""
    return {"task_id": task, "reason": reason}


@app.command()
@asks("exclude_owner")
def exclude(
    case: Case,
    task: Task,
    person: Annotated[str, given("--person", metavar="STAFF_ID", help="Who is barred.")],
    reason: Reason,
) -> Fields:
    """Bar a person from a task (four eyes). For those who lead."""
    return {"task_id": task, "person": person, "reason": reason}


@app.command()
@asks("save_draft")
def draft(case: Case, task: Task, text: Words) -> Fields:
    """Keep unfinished words with your task; they survive every handover."""
    return {"task_id": task, "draft": spoken(text)}


@app.command()
def forms(
    kind: Annotated[str | None, named("KIND")] = None,
    type_: Annotated[str | None, given("--type", help="Such as complaint or delivery.")] = None,
    as_json: Json = False,
) -> None:
    """Show the form of each kind of task, or its JSON Schema by type of case and kind."""
    from starter.cli.forms import show_forms

    show_forms(kind, type_, as_json=as_json)
