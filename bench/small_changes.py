"""What one order change costs, story by story, and how many a second there can be."""

from __future__ import annotations

from statistics import median

from bench.billing import cost_of
from bench.change import STORIES, Change
from bench.ground import Ground
from bench.ratios import Figure
from bench.tier1 import quiet
from starter.demo.changes import stock_up

ABOUT = "order changes"


async def change_costs(ground: Ground) -> list[Figure]:
    """Actions, events and bytes of each story, each message out before the next thing is done."""
    await stock_up(ground.engine)
    figures = []
    for story in STORIES:
        costs = {}
        for kind in ("ours", "bare"):
            change = Change(ground, kind, story)
            new = await change.order()
            handle = await change.open(new)
            await quiet(handle)
            await change.end(new, handle, settle=True)
            costs[kind] = cost_of((await handle.fetch_history()).events)
        ours, bare = costs["ours"], costs["bare"]
        name = f"order_change_{story}"
        figures += [
            Figure(f"{name}_actions", ours.actions, bare.actions, "billable actions a case", 1.5, about=ABOUT),
            Figure(f"{name}_events", ours.events, bare.events, "history events a case", 1.5, about=ABOUT),
            Figure(f"{name}_bytes", ours.size, bare.size, "history bytes a case", about=ABOUT),
        ]
    return figures


async def change_throughput(ground: Ground, rounds: int, cases: int, in_flight: int) -> Figure:
    """Paid changes a second, in rounds taken in turn; the medians are compared."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(rounds + 1):
        for kind in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
            rate = await Change(ground, kind, "paid").run(cases, in_flight)
            if number:  # the first round warms up
                rates[kind].append(rate)
    ours, bare = median(rates["ours"]), median(rates["bare"])
    return Figure("order_change_paid_throughput", ours, bare, "cases a second", 0.7, at_least=True, about=ABOUT)
