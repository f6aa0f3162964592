"""How a command opens a case and says which one it is, whatever the type."""

# Heavy imports stand inside: with them at the top even --help would take a second.

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starter.cli.screen import print_json, stdout
from starter.cli.session import through_doors

if TYPE_CHECKING:
    from starter.doors import Doors
    from starter.opening import Opened


def open_case(open_: Callable[[Doors], Awaitable[Opened]], *, as_json: bool, register: str | None = None) -> None:
    """Open a case and print its number.

    Args:
        open_: hands in what was asked for.
        as_json: print JSON instead of words.
        register: id of a customer who is made known before, if nobody knows them.
    """

    async def work(doors: Doors) -> Opened:
        if register:
            from starter.intake import register_unknown

            await register_unknown(doors, register)
        return await open_(doors)

    opened = through_doors(work, as_json=as_json)
    if as_json:
        print_json(opened)
    else:
        known = "is open already" if opened.open else "was opened before, and is over"
        stdout().print(f"[bold]{opened.case_id}[/] {'opened' if opened.created else known}")
