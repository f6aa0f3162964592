"""`duecourse policy …`: check, look at, compare and publish the rules."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, OptionalReason, given, named
from starter.cli.screen import local, print_json, stderr, stdout
from starter.cli.session import refusals_told, through_store

if TYPE_CHECKING:
    from domain.policy import Policy
    from starter.doors import Store
    from starter.figures.dry_run import DryRun
    from starter.published import Published, Version

app = typer.Typer(no_args_is_help=True, help="Check, look at, compare and publish the rules.")

Called = Annotated[
    str,
    named("POLICY", help="A YAML file, a shipped policy, or name@hash."),
]
Pace = Annotated[float | None, given("--pace", help="Makes everything so many times faster.")]


By = Annotated[
    str | None,
    given("--as", metavar="STAFF_ID", help="Who you are; it goes on record."),
]
First = Annotated[
    bool,
    typer.Option("--first", help="Only if none of its name was ever published."),
]


@app.command()
def check(policy: Called, pace: Pace = None, as_json: Json = False) -> None:
    """Say whether a policy may be published, and if not, everything that is wrong with it, by file and line."""
    with refusals_told(as_json=as_json):
        from starter.policies.publish import publishable

        ready = publishable(policy, pace)
    if as_json:
        print_json({"version": ready.version, "warnings": ready.warnings})
        return
    _warn(ready.warnings)
    stdout().print(f"[green]fine[/]  {ready.version}")


@app.command()
def publish(
    policy: Called,
    pace: Pace = None,
    by: By = None,
    reason: OptionalReason = None,
    first: First = False,
    as_json: Json = False,
) -> None:
    """Put a policy into force, be it new or an old one again, for cases opened from now on; open cases keep theirs."""

    async def work(store: Store) -> Published:
        from starter import published

        how = published.publish_first if first else published.publish
        return await how(store.policies, policy, pace, by=by, reason=reason)

    made = through_store(work, as_json=as_json)
    if as_json:
        print_json(made)
        return
    _warn(made.warnings)
    how = "published" if made.new else "is in force again" if made.returned else "is in force already"
    stdout().print(f"[bold]{made.version}[/] {how}")


@app.command()
def show(
    policy: Annotated[
        str | None,
        named("POLICY", help="name@hash, or a name for its latest version."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what was published, or show one published policy."""
    if policy is None:
        _show_versions(as_json)
        return

    async def work(store: Store) -> Policy:
        from domain.policy import Policy

        found = await (store.policies.load(policy) if "@" in policy else store.policies.latest(policy))
        return Policy.model_validate_json(found.document)

    _print_policy(through_store(work, as_json=as_json), as_json)


def _show_versions(as_json: bool) -> None:
    async def work(store: Store) -> list[Version]:
        from starter import published

        return await published.versions(store.policies)

    found = through_store(work, as_json=as_json)
    if as_json:
        print_json(found)
        return
    from starter.cli.tables import plain_table

    table = plain_table("version", "published at", "by", "", "reason")
    for one in found:
        latest = "latest of its name" if one.latest else ""
        table.add_row(one.version, local(one.published_at), one.by or "", latest, one.reason or "")
    stdout().print(table)


@app.command()
def preview(policy: Called, as_json: Json = False) -> None:
    """Show in words what a policy would mean, its calendars day by day included."""

    async def work(store: Store) -> Policy:
        from starter import published

        return await published.find(store.policies, policy)

    _print_policy(through_store(work, as_json=as_json), as_json, in_words=True)


def _print_policy(policy: Policy, as_json: bool, *, in_words: bool = False) -> None:
    from activities.clock import wall_clock
    from starter.policies.preview import preview as preview_of

    said = preview_of(policy, wall_clock())
    if as_json:
        print_json(said if in_words else policy)
        return
    console = stdout()
    for line in said.lines():
        heading = line and not line.startswith(" ")
        console.print(line, markup=False, style="bold" if heading else None, soft_wrap=True)


@app.command()
def diff(old: Called, new: Called, as_json: Json = False) -> None:
    """Show field by field what differs between two policies."""

    async def work(store: Store) -> list[tuple[str, str, str]]:
        from starter import published
        from starter.policies.difference import difference

        return difference(await published.find(store.policies, old), await published.find(store.policies, new))

    changed = through_store(work, as_json=as_json)
    if as_json:
        print_json([{"field": field, "old": before, "new": after} for field, before, after in changed])
        return
    from rich.text import Text

    from starter.cli.tables import plain_table

    table = plain_table("field")
    table.add_column(old, overflow="fold")
    table.add_column(new, overflow="fold")
    for field, before, after in changed:
        table.add_row(field, Text(before, style="red"), Text(after, style="green"))
    console = stdout()
    console.print(table if changed else "no difference")


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        stderr().print(f"[yellow]warning[/]  {warning}")


@app.command("dry-run")
def dry_run(
    policy: Called,
    days: Annotated[int, given("--days", min=1, max=400, help="How far back to look, up to now.")] = 30,
    as_json: Json = False,
) -> None:
    """Say which promises of the cases of the last days would have been broken, had this policy been in force."""

    async def work(store: Store) -> DryRun:
        from activities.clock import wall_clock
        from domain.sla.spans import DAY
        from starter import published
        from starter.figures.dry_run import dry_run

        until, tried = wall_clock() + 1, await published.find(store.policies, policy)
        return await dry_run(store.engine, tried, until - days * DAY, until)

    found = through_store(work, as_json=as_json)
    if as_json:
        print_json(found)
        return
    stdout().print(f"{found.cases:,} cases of the last {days} days under {found.policy}")
    for line in found.lines():
        stdout().print(f"  {line}", markup=False, highlight=False)
