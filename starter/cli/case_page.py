"""A case on one page: where it stands, whose work it is, and of each clock why it stands where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from activities.clock import wall_clock
from domain.messages import CaseView, ClockView, TaskView, Wished
from domain.sla.clock import ClockEvent, say_left
from domain.sla.spans import say_span
from domain.tasks import ACTIVE
from starter.cli.screen import left, local, words
from starter.cli.tables import plain_table

STATE_COLOURS = {"running": "cyan", "paused": "yellow", "met": "green", "breached": "bold red", "cancelled": "dim"}


def case_page(view: CaseView) -> Iterator[RenderableType]:
    """The page, part by part."""
    yield from _head(view)
    yield from _tasks(view.tasks)
    yield Text("\nClocks", style="bold underline")
    for clock in sorted(view.clocks, key=lambda clock: (clock.state not in ("running", "paused"), clock.why[0].at)):
        yield from _clock(clock)


def _head(view: CaseView) -> Iterator[RenderableType]:
    now = wall_clock()
    title = Text(f"{view.case_id}  ", style="bold")
    title.append(view.subject)
    yield title
    if view.description:
        yield _indented(Text(view.description, style="italic"), below=1)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    state = f"[bold]{words(view.status)}[/]" + (f" · tier {view.tier}" if view.tier else "")
    state += f" · team {view.team}" if view.team else ""
    facts.add_row("type", words(view.case_type))
    facts.add_row("status", state + (" · [bold red]a promise was broken[/]" if view.breached else ""))
    facts.add_row("next due", f"{local(view.due)}  {left(view.due, now)}" if view.due else "–")
    customer = view.customer
    reach = ", ".join(channel.value for channel in customer.reachable_by) or "nothing"
    vip = " · [bold]VIP[/]" if customer.vip else ""
    facts.add_row("customer", f"{customer.id}{vip} · {customer.language} · {customer.zone} · reachable by {reach}")
    if view.order:
        facts.add_row("order", f"{view.order.id} · {view.order.status}")
    facts.add_row("came in", f"{local(view.opened_at)} by {view.channel} · priority {view.priority}")
    facts.add_row("policy", view.policy)
    if view.outcome:
        facts.add_row("outcome", words(view.outcome))
    for name, value in view.facts.items():
        if value not in (None, False, 0):
            facts.add_row(words(name), _said(name, value))
    for one in view.wish:
        facts.add_row("wish", _wished(one))
    if view.linked:
        facts.add_row("linked", ", ".join(view.linked))
    yield facts


_NAMES = ("doing", "type", "severity", "wanted", "reason", "remedy", "parcel_is")
"""Facts that are names of ours, not people's words."""


def _said(name: str, value: str | int | bool | None) -> Text:
    if value is True:
        return Text("yes")
    if name == "steps":
        return Text("\n".join(words(step) for step in str(value).split(", ")))
    return Text(words(str(value)) if name in _NAMES else str(value))


def _wished(one: Wished) -> Text:
    change = " → ".join(value for value in (one.now, one.wanted) if value)
    why = [words(code) for code in (one.reason, one.condition) if code]
    return Text(" · ".join([f"{words(one.what)}: {change}" if change else words(one.what), *why]))


def _tasks(tasks: list[TaskView]) -> Iterator[RenderableType]:
    if not tasks:
        return
    now = wall_clock()
    yield Text("\nTasks", style="bold underline")
    table = plain_table("task", "what", "team", "state", "owner", "due", "left")
    for task in tasks:
        active = task.state in ACTIVE
        table.add_row(
            task.id,
            f"{task.title} [dim]({task.kind})[/]",
            task.team,
            words(task.state),
            f"{task.owner} since {local(task.owned_since)}" if task.owner and active else task.owner or "–",
            local(task.due) if active else "–",
            left(task.due, now) if active else "",
            style="" if active else "dim",
        )
    yield table
    for task in tasks:
        told = [f"{words(name)}: {value}" for name, value in task.brief.items() if value]
        if told and task.state in ACTIVE:
            yield _indented(Text(f"{task.id} brief: {' · '.join(told)}"))
        if task.draft:
            yield _indented(Text(f"{task.id} draft: {task.draft}", style="italic"))


def _clock(clock: ClockView) -> Iterator[RenderableType]:
    head = Text()
    head.append(f"{clock.id:<22}", style="bold")
    head.append(f"{clock.state.value:<11}", style=STATE_COLOURS[clock.state.value])
    head.append(f"{say_span(_seconds(clock.consumed))} of {say_span(clock.budget)} used")
    if clock.state.value in ("running", "paused") or clock.due:
        head.append(f" · {say_left(_seconds(clock.left))}")
    if clock.due:
        head.append(f" · due {local(clock.due)}")
    if clock.next_step:
        head.append(f" · next: {words(clock.next_step)} {local(clock.next_step_at)}")
    if clock.task:
        head.append(f" · task {clock.task}")
    yield head
    why = plain_table("", "", "", "", "")
    why.show_header = False
    for event in clock.why:
        late = f" · late by system, {say_span(event.late_by)}" if event.late_by else ""
        why.add_row(
            Text(local(event.at), style="dim"),
            Text(_step(event), style=STATE_COLOURS.get(event.what, "")),
            Text(event.cause),
            Text(f"{say_span(_seconds(event.consumed))} used{late}", style="dim"),
            Text(f"{event.policy} · calendar {event.calendar}", style="dim"),
        )
    yield _indented(why, below=1)


def _indented(part: RenderableType, below: int = 0) -> Padding:
    return Padding(part, (0, 0, below, 2), expand=False)


def _step(event: ClockEvent) -> str:
    """`remind@0.5` is said as `remind at 50 %`."""
    action, _, share = event.what.partition("@")
    return f"{words(action)} at {float(share):.0%}" if share else words(event.what)


def _seconds(span: int) -> int:
    """Whole seconds, for people."""
    return span // 1000 * 1000 if abs(span) >= 1000 else span
