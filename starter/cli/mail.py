"""What was said: messages to customers, and notices to staff."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, named
from starter.cli.screen import print_json, stdout
from starter.cli.session import through_store

if TYPE_CHECKING:
    from starter.doors import Store
    from starter.feed import Letter, Told

MAIL = "Messages"

app = typer.Typer()

Limit = Annotated[int, typer.Option("--limit", min=1, help="Only the newest so many.")]


@app.command(rich_help_panel=MAIL)
def outbox(
    case: Annotated[str | None, named("CASE", help="Of one case only.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show what customers were sent, and what became of it."""

    async def work(store: Store) -> list[Letter]:
        return await store.feed.letters(case, limit)

    letters = through_store(work, as_json=as_json)
    if as_json:
        print_json(letters)
        return
    from starter.cli.tables import letter_lines

    console = stdout()
    for line in letter_lines(letters):
        console.print(line, soft_wrap=True)


@app.command(rich_help_panel=MAIL)
def inbox(
    staff_id: Annotated[str, named("STAFF_ID")],
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show what somebody of the staff was told, and what went to the queues of their teams."""

    async def work(store: Store) -> list[Told]:
        from starter.actors import staff_member

        person = staff_member(await store.policy(), staff_id)
        return await store.feed.notices((person.id, *(f"team:{team}" for team in person.teams)), limit)

    notices = through_store(work, as_json=as_json)
    if as_json:
        print_json(notices)
        return
    from starter.cli.tables import notice_table

    stdout().print(notice_table(notices))
