"""`duecourse figures …`: the measures beside their targets, the reports, and event logs for process mining."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from starter.cli.options import Json, given
from starter.cli.screen import local, print_json, stdout
from starter.cli.session import through_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from activities.figures.kept import KeptReport
    from domain.figures.figures import Figure
    from readmodel.figures import FactsWanted
    from readmodel.stories import CaseStory
    from starter.doors import Store
    from starter.figures.book import Figures

app = typer.Typer(no_args_is_help=True, help="The measures beside their targets, reports, and what to mine.")

Days = Annotated[int, given("--days", min=1, max=400, help="How far back to look, up to now.")]
Team = Annotated[str | None, given("--team", help="Of this team only.")]
Person = Annotated[str | None, given("--person", metavar="STAFF_ID", help="Of this person only.")]


class Format(StrEnum):
    """What can be written into a file."""

    CSV = "csv"
    XLSX = "xlsx"
    XES = "xes"
    OCEL = "ocel"


def wanted_of(days: int, team: str | None = None, person: str | None = None) -> FactsWanted:
    """The facts of the last days."""
    from activities.clock import wall_clock
    from domain.sla.spans import DAY
    from readmodel.figures import FactsWanted

    until = wall_clock() + 1
    return FactsWanted(since=until - days * DAY, until=until, team=team, person=person)


async def _figures(store: Store, wanted: FactsWanted) -> Figures:
    return await store.figures.figures(wanted, await store.policy())


@app.command()
def show(days: Days = 30, team: Team = None, person: Person = None, as_json: Json = False) -> None:
    """Every measure of the last days beside its target."""
    wanted = wanted_of(days, team, person)
    found = through_store(lambda store: _figures(store, wanted), as_json=as_json)
    if as_json:
        print_json(found)
        return
    for one in found.figures:
        if one.count:
            stdout().print(_line(one), markup=False, highlight=False)
    if found.waiting:
        stdout().print(f"{found.waiting:,} cases are still being counted")


def _line(one: Figure) -> str:
    name = one.name.replace("_", " ") + (f" {one.of.replace('_', ' ')}" if one.of else "")
    target = "" if one.target is None else f"{'≥' if one.at_least else '≤'} {_said(one, one.target)}"
    met = {None: "", True: "reached", False: "not reached"}[one.met]
    return f"{name:<44}{_said(one, one.value):>14}  {target:<14}{met:<14}{one.count:>8,}".rstrip()


def _said(one: Figure, value: float | None) -> str:
    from domain.figures.figures import Unit
    from domain.sla.spans import say_span

    if value is None:
        return "–"
    if one.unit is Unit.SPAN:
        return say_span(round(value))
    return f"{value:.1%}" if one.unit is Unit.SHARE else f"{value:.2f}" if one.unit is Unit.SCORE else f"{value:,.0f}"


What = Annotated[Format, typer.Argument(help="csv and xlsx: the figures; xes and ocel: what happened to cases.")]


@app.command()
def export(
    what: What,
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    days: Days = 30,
    as_json: Json = False,
) -> None:
    """Write the figures, or an event log without anybody's words, of the last days into a file."""
    wanted = wanted_of(days)
    try:
        with file.open("wb") as out:
            written = through_store(lambda store: _write(store, wanted, what, out), as_json=as_json)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint="FILE") from None
    if as_json:
        print_json({"file": str(file), "bytes": written})
    else:
        stdout().print(f"{file}: {written:,} bytes", markup=False)


async def _write(store: Store, wanted: FactsWanted, what: Format, out: BinaryIO) -> int:
    from starter.figures.tables import as_csv, as_xlsx, figures_table

    if what in (Format.XES, Format.OCEL):
        return sum([out.write(part.encode()) async for part in _log(store, wanted, what)])
    found = await _figures(store, wanted)
    return out.write(as_xlsx(found) if what is Format.XLSX else as_csv(figures_table(found.figures)).encode())


def _log(store: Store, wanted: FactsWanted, what: Format) -> AsyncIterator[str]:
    from readmodel.stories import Stories
    from starter.figures.mining import ocel, xes

    def told() -> AsyncGenerator[CaseStory, None]:
        return Stories(store.engine).told(wanted.since, wanted.until)

    return xes.as_xes(told()) if what is Format.XES else ocel.as_ocel(told)


@app.command()
def reports(as_json: Json = False) -> None:
    """The reports that were drawn, of the latest times first."""

    async def work(store: Store) -> list[KeptReport]:
        from activities.figures.kept import ReportShelf

        return await ReportShelf(store.engine).newest()

    found = through_store(work, as_json=as_json)
    if as_json:
        print_json([{"period": one.period, "since": one.since, "until": one.until} for one in found])
        return
    if not found:
        stdout().print("no report was drawn yet; the first is drawn when the day is over")
    for one in found:
        stdout().print(f"{one.period:<8} {local(one.since)} – {local(one.until)}", highlight=False)
