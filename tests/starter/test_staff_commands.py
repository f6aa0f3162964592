"""The staff in a terminal: the people of the policy in force, as the store has heard of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from activities.assignment.duty_book import DutyBook
from activities.clock import wall_clock
from activities.store.assignment_tables import ABSENCES, PRESENCE
from activities.store.database import open_database
from domain.assignment.duty import Presence
from domain.sla.spans import HOUR
from starter.cli.exits import ExitCode
from tests.starter.command_line import CommandLine

BEGINS = wall_clock() + 24 * HOUR


@pytest.fixture(autouse=True)
def told(cli: CommandLine) -> Iterator[None]:
    """One is there, and will be away tomorrow."""

    async def tell() -> None:
        engine = open_database(cli.settings.database)
        book = DutyBook(engine)
        await book.say("online-01", Presence.BUSY)
        await book.excuse("a1", "online-01", BEGINS, BEGINS + HOUR, told_by="manager-01")
        await engine.dispose()

    async def forget() -> None:
        engine = open_database(cli.settings.database)
        async with engine.begin() as connection:
            for table in (ABSENCES, PRESENCE):
                await connection.execute(delete(table))
        await engine.dispose()

    asyncio.run(tell())
    yield
    asyncio.run(forget())


def test_staff_is_listed_with_who_is_there_and_what_they_can(cli: CommandLine) -> None:
    everybody = {one["id"]: one for one in cli.json("staff", "list")}
    assert (everybody["online-01"]["presence"], everybody["online-01"]["teams"]) == ("busy", ["online"])
    assert everybody["online-02"]["presence"] == "offline"
    own = cli.json("staff", "list", "--team", "online")
    assert {team for one in own for team in one["teams"]} >= {"online"}
    assert 0 < len(own) < len(everybody)
    code, out, _ = cli.run("staff", "list", "--team", "online")
    assert code == ExitCode.OK
    assert "busy" in next(line for line in out.splitlines() if line.startswith("online-01"))


def test_one_is_shown_with_when_they_will_be_away(cli: CommandLine) -> None:
    shown = cli.json("staff", "show", "online-01")
    assert (shown["id"], shown["presence"]) == ("online-01", "busy")
    assert shown["absences"] == [{"id": "a1", "begins_at": BEGINS, "ends_at": BEGINS + HOUR}]
    _, out, _ = cli.run("staff", "show", "online-01")
    assert "away" in out


@pytest.mark.parametrize(
    ("asked", "field"), [(("show", "nobody"), "staff_id"), (("list", "--team", "nowhere"), "team")]
)
def test_whom_nobody_knows_is_refused_by_the_field(cli: CommandLine, asked: tuple[str, ...], field: str) -> None:
    refused = cli.json("staff", *asked, code=ExitCode.USAGE)["error"]
    assert (refused["code"], refused["details"]["field"]) == ("invalid_input", field)
