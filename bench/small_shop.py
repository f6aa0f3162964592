"""What one case at the shop costs, story by story, and how many a second there can be."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any, NamedTuple

from bench.billing import cost_of
from bench.change import ChangeRunner
from bench.given_back import ReturnRunner
from bench.ground import Ground
from bench.ratios import Figure
from bench.shop_runner import ShopRunner
from bench.tier1 import quiet
from starter.demo.orders import stock_up


class AtTheShop(NamedTuple):
    """One case type at the shop: its stories, and the one that is run many times at once."""

    name: str
    about: str
    runner: type[ShopRunner[Any]]
    many: str

    @property
    def stories(self) -> Iterable[str]:
        """What is played, one after another."""
        return self.runner.STORIES


AT_THE_SHOP = (
    AtTheShop("order_change", "order changes", ChangeRunner, "paid"),
    AtTheShop("return", "returns", ReturnRunner, "refund"),
)


async def costs(ground: Ground, which: AtTheShop) -> list[Figure]:
    """Actions, events and bytes of each story, each message out before the next thing is done."""
    await stock_up(ground.engine)
    figures = []
    for story in which.stories:
        spent = {}
        for kind in ("ours", "bare"):
            runner = which.runner(ground, kind, story)
            new = await runner.order()
            await ground.news_is_out()
            handle = await runner.open(new)
            await quiet(handle)
            await runner.end(new, handle, settle=True)
            spent[kind] = cost_of((await handle.fetch_history()).events)
        ours, bare = spent["ours"], spent["bare"]
        name, about = f"{which.name}_{story}", which.about
        figures += [
            Figure(f"{name}_actions", ours.actions, bare.actions, "billable actions a case", 1.5, about=about),
            Figure(f"{name}_events", ours.events, bare.events, "history events a case", 1.5, about=about),
            Figure(f"{name}_bytes", ours.size, bare.size, "history bytes a case", about=about),
        ]
    return figures


async def throughput(ground: Ground, which: AtTheShop, rounds: int, cases: int, in_flight: int) -> Figure:
    """Cases a second, in rounds taken in turn; the medians are compared."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(rounds + 1):
        for kind in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
            rate = await which.runner(ground, kind, which.many).run(cases, in_flight)
            if number:  # the first round warms up
                rates[kind].append(rate)
    ours, bare = median(rates["ours"]), median(rates["bare"])
    name = f"{which.name}_{which.many}_throughput"
    return Figure(name, ours, bare, "cases a second", 0.7, at_least=True, about=which.about)
