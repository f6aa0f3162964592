"""Cases, timelines, messages and notices as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from activities.clock import wall_clock
from domain.sla.spans import say_span
from starter.cli.screen import left, local, local_short, words, zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.timeline import Entry
    from starter.audit.findings import Finding
    from starter.case_lines import CaseLine
    from starter.feed import Letter, Told


NOTICE_COLOURS = {"breach": "red", "alarm": "bold red", "near_due": "yellow"}


def plain_table(*columns: str) -> Table:
    """A table without a frame; the headings are dim."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


def audit_table(findings: Iterable[Finding]) -> Table:
    """Promises, and what became of them."""
    table, now = plain_table("verdict", "promise"), wall_clock()
    table.add_column("about", overflow="fold")
    for column in (f"due ({zone_name()})", "late by"):
        table.add_column(column)
    table.add_column("events", overflow="fold")
    for one in findings:
        due = "" if one.due_at is None else local_short(one.due_at, now)
        late = say_span(one.late_by) if one.late_by else ""
        about, events = Text(one.about), " ".join(map(str, one.events))
        table.add_row(one.verdict.value, one.promise.value.replace("_", " "), about, due, late, events)
    return table


def case_table(lines: Sequence[CaseLine]) -> Table:
    """Cases with what is due next."""
    now = wall_clock()
    table = plain_table(
        "case", "type", "status", "tier", "team", "priority", "channel", f"due ({zone_name()})", "left", "promises"
    )
    for line in lines:
        status = words(line.status) if line.running else f"[dim]{words(line.status)}, ended[/]"
        table.add_row(
            line.case_id,
            words(line.case_type),
            status,
            str(line.tier or "–"),
            line.team or "–",
            line.priority,
            line.channel,
            local_short(line.due if line.running else None, now),
            left(line.due if line.running else None, now),
            "[red]breached[/]" if line.breached else "kept",
        )
    return table


def timeline_table(entries: Sequence[Entry]) -> Table:
    """What happened, in order; words of people stand below their entry."""
    table = plain_table("no.", "at", "what", "by")
    table.add_column("", overflow="fold")
    for entry in entries:
        facts = " · ".join(f"{name.replace('_', ' ')} {_said(name, value)}" for name, value in entry.facts.items())
        said = Text(facts)
        if entry.text:
            said.append(f"{chr(10) if facts else ''}“{entry.text}”", style="italic")
        table.add_row(str(entry.seq), local(entry.at), f"[bold]{words(entry.what)}[/]", escape(entry.by), said)
    return table


def _said(name: str, value: object) -> str:
    if name.endswith("_ms") and isinstance(value, int):
        return say_span(value)
    return local(value) if name == "due" and isinstance(value, int) else str(value)


def letter_lines(letters: Sequence[Letter]) -> list[Text]:
    """Messages to customers with their words, oldest first."""
    lines: list[Text] = []
    for letter in reversed(letters):
        head = Text(f"{local(letter.at)}  ", style="dim")
        head.append(f"{letter.case_id}  ", style="bold not dim")
        head.append(f"{letter.channel} · {words(letter.template)} · ")
        head.append(letter.state, style="green not dim" if letter.state == "delivered" else "bold red not dim")
        if letter.detail:
            head.append(f" ({letter.detail})")
        if letter.check:
            found = "arrived" if letter.check.arrived else "did not arrive"
            head.append(f" · {letter.check.by} found out: it {found}, {local(letter.check.at)}")
        lines.append(head)
        if letter.subject:
            lines.append(Text(f"  {letter.subject}", style="bold"))
        lines += [Text(f"  {line}") for line in (letter.body or "").strip().splitlines()]
        lines.append(Text())
    return lines


def notice_table(notices: Sequence[Told]) -> Table:
    """Notices to staff, newest first."""
    now = wall_clock()
    table = plain_table("at", "to", "notice", "case")
    table.add_column("about", overflow="fold")
    for told in notices:
        colour = NOTICE_COLOURS.get(told.notice, "default")
        for item in told.items:
            due = f" [dim](due {local_short(item.due_at, now)})[/]" if item.due_at else ""
            table.add_row(
                local(told.at),
                told.recipient,
                f"[{colour}]{words(told.notice)}[/]",
                item.case_id,
                f"{escape(item.about)}{due}",
            )
    return table
