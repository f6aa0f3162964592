"""A strike: what happens at the n-th statement that a shop sends its database in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Strike:
    """A moment of one request, and what is done then. A request that ends sooner is struck before its answer.

    Attributes:
        path: how the request's path ends, from the order's or payment's id on.
        at: the number of the statement, from 1 on.
        act: called once, at that moment; None only stops the request there, for good.
        seen: statements until now.
        reached: set when the moment has come.
        watches: nothing happens at all; it only counts.
        over: set when a request that was stopped has lost its shop.
    """

    path: str
    at: int
    act: Callable[[], None] | None = None
    watches: bool = False
    seen: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def stops(self) -> bool:
        """Whether the request goes no further."""
        return self.act is None and not self.watches

    def count(self, statements: int) -> bool:
        """Count statements; whether the moment has come just now."""
        self.seen += statements
        return self.seen >= self.at and self.strike()

    def strike(self) -> bool:
        """Let it happen, unless it has; whether it just did."""
        if self.reached.is_set():
            return False
        self.reached.set()
        if self.act:
            self.act()
        return True
