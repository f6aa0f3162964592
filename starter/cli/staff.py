"""`duecourse staff …`: who is there, who can what, and how much everybody has. Teams and skills stand in the policy."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, given, named
from starter.cli.screen import local, print_json, stdout
from starter.cli.session import through_store

if TYPE_CHECKING:
    from rich.table import Table

    from activities.assignment.duty_book import Absence
    from starter.doors import Store
    from starter.staffing import Colleague

app = typer.Typer(
    no_args_is_help=True,
    help="Who is there, who can what, who is away. Teams, skills and shifts are changed in the policy: "
    "duecourse policy publish.",
)

StaffId = Annotated[str, named("STAFF_ID", help="As in the policy's teams.")]


@app.command("list")
def list_staff(
    team: Annotated[str | None, given("--team", help="Of this team only.")] = None, as_json: Json = False
) -> None:
    """Everybody of the policy in force as they are now, or everybody of a team."""
    found = through_store(lambda store: _everybody(store, team), as_json=as_json)
    if as_json:
        print_json(found)
    else:
        stdout().print(_table(found))


@app.command()
def show(staff_id: StaffId, as_json: Json = False) -> None:
    """One of them, and when they are or will be away."""
    one, absences = through_store(lambda store: _one(store, staff_id), as_json=as_json)
    if as_json:
        print_json({**one.model_dump(mode="json"), "absences": [_away(absence) for absence in absences]})
        return
    console = stdout()
    for name, said in _said(one).items():
        console.print(f"{name:<12} {said}", markup=False, highlight=False)
    for away in absences:
        console.print(f"{'away':<12} {local(away.begins_at)} – {local(away.ends_at)}", highlight=False)


async def _everybody(store: Store, team: str | None) -> list[Colleague]:
    from domain.errors import InvalidInputError
    from starter.staffing import staff_of

    policy = await store.policy()
    if team is not None and team not in policy.teams:
        raise InvalidInputError(f"team: expected one of {', '.join(policy.teams)}; got {team!r}", field="team")
    return await staff_of(store, policy, policy.staff if team is None else policy.teams[team].members)


async def _one(store: Store, staff_id: str) -> tuple[Colleague, list[Absence]]:
    from activities.assignment.duty_book import DutyBook
    from domain.errors import InvalidInputError
    from starter.staffing import staff_of

    found = await staff_of(store, await store.policy(), [staff_id])
    if not found:
        raise InvalidInputError(f"staff_id: nobody of the policy's teams is {staff_id}", field="staff_id")
    return found[0], await DutyBook(store.engine).absences([staff_id])


def _table(found: list[Colleague]) -> Table:
    from starter.cli.tables import plain_table

    table = plain_table("id", "role", "teams", "presence", "on shift", "in hand")
    table.add_column("skills", overflow="fold")
    for one in found:
        said = _said(one)
        table.add_row(*(said[name] for name in ("id", "role", "teams", "presence", "on shift", "in hand", "skills")))
    return table


def _said(one: Colleague) -> dict[str, str]:
    return {
        "id": one.id,
        "role": one.role.value,
        "teams": ", ".join(one.teams),
        "presence": "absent" if one.absent else one.presence.value,
        "on shift": "yes" if one.on_shift else "no",
        "in hand": str(one.load),
        "skills": ", ".join(one.skills) or "–",
        "room": ", ".join(f"{channel.value} {places}" for channel, places in one.room.items()),
        "heard of": "never" if one.heard_at is None else local(one.heard_at),
        "back": "–" if one.back_at is None else local(one.back_at),
    }


def _away(absence: Absence) -> dict[str, object]:
    return {"id": absence.id, "begins_at": absence.begins_at, "ends_at": absence.ends_at}
