"""What commands print: JSON for machines, times and spans for people. Machines read stdout, nothing else goes there."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_IN_UTC = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
"""How `domain.sla.spans.say_instant` writes an instant."""

UNBOUND_WIDTH = 160
"""Columns of output that goes into a file or a pipe, where there is no terminal to ask."""


def stdout() -> Console:
    """The console for what was asked for."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else UNBOUND_WIDTH)


def stderr() -> Console:
    """The console for everything else."""
    from rich.console import Console

    return Console(highlight=False, stderr=True, soft_wrap=True)


def print_json(content: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(plain(content), ensure_ascii=False, indent=2) + "\n")


def plain(content: object) -> Any:
    """Models and dataclasses, also inside of lists and mappings, as JSON knows things."""
    from pydantic import BaseModel

    if isinstance(content, BaseModel):
        return content.model_dump(mode="json")
    if is_dataclass(content) and not isinstance(content, type):
        return plain(asdict(content))
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [plain(item) for item in content]
    return content


def local(instant: int | None) -> str:
    """An instant in this machine's zone: `2026-11-21 14:05:09 CET`; `–` for none."""
    if instant is None:
        return "–"
    return datetime.fromtimestamp(instant / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def with_local_times(text: str) -> str:
    """A sentence of the domain, whose instants are in UTC, with this machine's times instead."""
    return _IN_UTC.sub(lambda found: local(int(datetime.fromisoformat(found[0]).timestamp() * 1000)), text)


def local_short(instant: int | None, now: int, *, seconds: bool = False) -> str:
    """The same for tables: the day only if it is another one than today's, seconds only if asked for."""
    if instant is None:
        return "–"
    at, today = (datetime.fromtimestamp(moment / 1000).astimezone() for moment in (instant, now))
    clock = at.strftime("%H:%M:%S" if seconds else "%H:%M")
    return clock if at.date() == today.date() else f"{at:%d %b} {clock}"


def zone_name() -> str:
    """The name of this machine's zone."""
    return datetime.now().astimezone().strftime("%Z")


def words(name: str | None) -> str:
    """A name of ours for a person: `waiting_for_customer` is `waiting for customer`."""
    return (name or "–").replace("_", " ")


def left(due: int | None, now: int, budget: int | None = None) -> str:
    """Time left until `due`, with rich's colours: green, yellow in the last quarter of `budget`, red at the end."""
    from domain.sla.clock import say_left

    if due is None:
        return "–"
    share = (due - now) / budget if budget else 1.0
    colour = "bold red" if due <= now else "red" if share <= 0.1 else "yellow" if share <= 0.25 else "green"
    # Whole seconds: milliseconds of a promise help nobody.
    return f"[{colour}]{say_left((due - now) // 1000 * 1000)}[/]"
