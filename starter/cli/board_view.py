"""The live board in a terminal: addresses, open cases by tier and status, what is due soonest, what was said last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from activities.clock import wall_clock
from domain.catalog import CASE_TYPES, COMPLAINT
from domain.people import Language
from domain.policy import Policy
from starter.board import Board
from starter.case_lines import CaseLine
from starter.cli.lines import places
from starter.cli.screen import left, local_short, words, zone_name
from starter.cli.tables import NOTICE_COLOURS, plain_table
from starter.upkeep import Upkeep

BOARD_EVERY = 2.0
SAID_LINES = 3


class BoardScreen:
    """Lines while it comes up and goes down, the board in between."""

    every = BOARD_EVERY

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._live: Live | None = None
        self._said: deque[str] = deque(maxlen=SAID_LINES)

    def say(self, text: str) -> None:
        """Print a line, or put it onto the board while that is shown."""
        self._said.append(text)
        if self._live is None:
            self._console.print(f"[dim]→[/] {escape(text)}", soft_wrap=True)

    def show(self, house: Upkeep, board: Board | None) -> None:
        """Draw the board anew."""
        if self._live is None:
            self._live = Live(console=self._console, screen=True, auto_refresh=False)
            self._live.start()
        self._live.update(Group(*draw(house, board, list(self._said), self._console.height)), refresh=True)

    def close(self) -> None:
        """Give the terminal back."""
        if self._live:
            self._live.stop()
            self._live = None


def draw(house: Upkeep, board: Board | None, said: list[str], height: int) -> Iterator[RenderableType]:
    """The board for a terminal of `height` lines."""
    yield from _head(house, said)
    if board is None:
        yield Text("\nTemporal does not answer at the moment", style="bold red")
        return
    yield Rule(
        f"[bold]{board.open} open[/] · [{'bold red' if board.breached else 'green'}]{board.breached} "
        f"with a broken promise[/] · {board.ended} ended",
        align="left",
        style="dim",
    )
    yield _complaints(board, house.policy)
    yield _others(board)
    free = max(height - len(house.policy.complaint.tiers) - len(CASE_TYPES) - len(said) - 14, 4)
    yield Rule(f"due soonest, times in {zone_name()}", align="left", style="dim")
    yield _soonest(board.soonest[: free // 2], board.at, house.policy)
    yield Rule("said last", align="left", style="dim")
    yield _said_last(board, free - free // 2)


def _head(house: Upkeep, said: list[str]) -> Iterator[RenderableType]:
    worker = {"ready": "[green]ready[/]", "starting": "[yellow]starting[/]", "down": "[red]down[/]"}[house.worker_state]
    intake = house.intake
    importing = f" · importing {intake.done} of {intake.total}" if intake and intake.done < intake.total else ""
    yield Text.from_markup(f"[bold]Duecourse[/] · worker {worker}{importing} · [dim]Ctrl-C stops everything cleanly[/]")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for name, place in places(house).items():
        grid.add_row(name, Text(place))
    yield grid
    for line in said:
        yield Text(f"→ {line}", style="dim", no_wrap=True, overflow="ellipsis")


def _complaints(board: Board, policy: Policy) -> Table:
    """Complaints by tier and status."""
    counts = {(tier, status): count for (name, tier, status), count in board.counts.items() if name == COMPLAINT.name}
    shown = [status for status in COMPLAINT.under_way if any(status == other for _, other in counts)]
    table = plain_table("complaints")
    for status in (*shown, "all"):
        table.add_column(words(status), justify="right")
    for number, tier in sorted(policy.complaint.tiers.items()):
        cells = [str(counts.get((number, status), "·")) for status in shown]
        table.add_row(f"tier {number} {tier.name[Language.EN]}", *cells, f"[bold]{board.of(COMPLAINT.name, number)}[/]")
    return table


def _others(board: Board) -> Table:
    """The other types, each on a line with the statuses that its open cases are in."""
    grid = Table.grid(padding=(0, 2))
    for case_type in CASE_TYPES.values():
        if case_type is COMPLAINT:
            continue
        found = [(status, board.counts.get((case_type.name, None, status), 0)) for status in case_type.under_way]
        told = " · ".join(f"{count} {words(status)}" for status, count in found if count)
        grid.add_row(f"[dim]{case_type.title}s[/]", f"[bold]{board.of(case_type.name)}[/]", told or "[dim]none open[/]")
    return grid


def _soonest(lines: list[CaseLine], now: int, policy: Policy) -> RenderableType:
    if not lines:
        return Text("nothing", style="dim")
    table = plain_table("case", "type", "due", "left", "tier", "team", "priority", "channel", "status")
    for line in lines:
        budget = _tier_time(policy, line)
        broken = " [red]breached[/]" if line.breached else ""
        table.add_row(
            line.case_id,
            words(line.case_type),
            local_short(line.due, now),
            left(line.due, wall_clock(), budget),
            str(line.tier or "–"),
            line.team or "–",
            line.priority,
            line.channel,
            words(line.status) + broken,
        )
    return table


def _tier_time(policy: Policy, line: CaseLine) -> int | None:
    """The tier's time; None if the case, which may be pinned to another policy, has what this one does not know."""
    rules = policy.complaint
    if line.tier not in rules.tiers or line.priority not in rules.priorities:
        return None
    return rules.tier_time(line.tier, line.priority)


def _said_last(board: Board, rows: int) -> RenderableType:
    said = sorted((*_letters(board), *_notices(board)), reverse=True)[:rows]
    if not said:
        return Text("nothing", style="dim")
    table = plain_table("at", "to", "case", "", "")
    for at, to, case_id, what, about in said:
        table.add_row(local_short(at, board.at, seconds=True), to, case_id, what, about)
    return table


def _letters(board: Board) -> Iterator[tuple[int, str, str, str, str]]:
    for letter in board.letters:
        colour = "green" if letter.state == "delivered" else "bold red"
        about = f"{letter.channel}: {words(letter.template)}"
        yield letter.at, "customer", letter.case_id, f"[{colour}]{letter.state}[/]", about


def _notices(board: Board) -> Iterator[tuple[int, str, str, str, str]]:
    for told in board.notices:
        first, *others = told.items
        more = f" and {len(others)} more" if others else ""
        what = f"[{NOTICE_COLOURS.get(told.notice, 'default')}]{words(told.notice)}[/]"
        yield told.at, told.recipient, first.case_id, what, f"{escape(first.about)}{more}"
