"""The crash table: a real Medusa, our worker or an answer is lost at chosen moments of deeds that move money and goods.

    python -m bench.chaos_shop [--seed N] [--moments 20] [--only refund --only "reply lost"] [--short]

Each deed is one request that Medusa answers by so many statements to its PostgreSQL: a moment is one of those
statements, or the answer. Medusa is killed before the statement is carried out; our worker is killed, or its connection
is cut, while Medusa goes on. Then everything goes on: Duecourse's activities with the timeouts and retries that our
workflows give them, beside a client that repeats the request until it works. Both are judged by the shop's own books.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from rich.console import Console

from bench.crashes.deeds import Deed, Prepared, prepare
from bench.crashes.errands import Way
from bench.crashes.faults import Fault, Struck, Trial, statements, struck, verdict_on
from bench.crashes.ground import Ground, running_ground
from bench.crashes.tables import Verdicts, crash_table, in_markdown
from bench.saying import say

AT_ONCE = 4
"""Orders that are prepared at a time; more are no quicker."""

Plan = Callable[[dict[tuple[Deed, Way], int]], list[Trial]]


def moments(seed: int, deed: Deed, count: int, statements: int) -> list[int]:
    """So many of a request's statements, drawn by lot from equal stretches of it; the last is the answer."""
    lot = random.Random(f"{seed} {deed}")
    ends = [statements * stretch // max(count - 1, 1) for stretch in range(count)]
    drawn = [lot.randint(min(before + 1, last), last) for before, last in pairwise(ends)]
    return [*drawn, statements + 1]


def whole(seed: int, count: int, only: Sequence[str]) -> Plan:
    """Every deed, fault and way that `only` names, at so many moments."""

    def planned(statements: dict[tuple[Deed, Way], int]) -> list[Trial]:
        return [
            Trial(deed, fault, way, moment, at)
            for (deed, way), length in statements.items()
            for moment, at in enumerate(moments(seed, deed, count, length))
            for fault in Fault
            if _named(deed, Deed, only) and _named(fault, Fault, only) and _named(way, Way, only)
        ]

    return planned


def short(seed: int) -> Plan:
    """Medusa killed at two moments of each deed, a lost answer, a killed worker; and a plain retry that pays twice."""

    def planned(statements: dict[tuple[Deed, Way], int]) -> list[Trial]:
        answer = statements[Deed.REFUND, Way.OURS] + 1
        lost = [
            Trial(Deed.REFUND, Fault.WORKER, Way.OURS, 0, answer),
            Trial(Deed.REFUND, Fault.REPLY, Way.OURS, 0, answer),
            Trial(Deed.REFUND, Fault.REPLY, Way.PLAIN, 0, answer),
        ]
        killed = [
            Trial(deed, Fault.SHOP, Way.OURS, moment, at)
            for deed in Deed
            for moment, at in enumerate(moments(seed, deed, 3, statements[deed, Way.OURS])[:2])
        ]
        return lost + killed

    return planned


async def wreak(plan: Plan, ways: Iterable[Way], verdicts: Verdicts) -> None:
    """Try everything that is planned; the verdicts come in as they are found."""
    async with running_ground() as ground:
        lengths: dict[tuple[Deed, Way], int] = {}
        for way in ways:
            for deed in Deed:
                lengths[deed, way] = await statements(ground, deed, way)
                say(f"{deed} ({way}): {lengths[deed, way]} statements, and the answer")
        trials = plan(lengths)
        judging: list[asyncio.Task[None]] = []
        for moment in sorted({trial.moment for trial in trials}):
            done = await _try_moment(ground, [trial for trial in trials if trial.moment == moment])
            judging += [asyncio.create_task(_judge(ground, one, verdicts)) for one in done]
            say(f"moment {moment + 1}: {len(judging)} of {len(trials)} struck, {len(verdicts)} have come to their end")
        await asyncio.gather(*judging)


async def _try_moment(ground: Ground, trials: list[Trial]) -> list[Struck]:
    prepared = await _prepare(ground, trials)
    # Those that the shop's death ends come last: until then it has to answer the others.
    ordered = sorted(trials, key=lambda trial: trial.fault is Fault.SHOP)
    done = [await struck(ground, trial, prepared[trial]) for trial in ordered]
    stopped = [one.strike for one in done if one.trial.fault is Fault.SHOP]
    if stopped:
        await ground.kill_shop(stopped)
    return done


async def _prepare(ground: Ground, trials: list[Trial]) -> dict[Trial, Prepared]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(trial: Trial) -> Prepared:
        async with places:
            return await prepare(trial.deed, ground.stage, trial.way)

    return dict(zip(trials, await asyncio.gather(*map(one, trials)), strict=True))


async def _judge(ground: Ground, one: Struck, verdicts: Verdicts) -> None:
    verdicts[one.trial] = await verdict_on(ground, one)


def _named(name: str, names: type[Deed] | type[Fault] | type[Way], only: Sequence[str]) -> bool:
    wanted = [word for word in only if word in set(names)]
    return not wanted or name in wanted


def show(verdicts: Verdicts) -> bool:
    """Print the table, and what was wrong with us; returns whether nothing was."""
    Console(width=150).print(crash_table(verdicts))
    wrong = {trial: verdict for trial, verdict in verdicts.items() if not verdict.right}
    for trial, verdict in wrong.items():
        if trial.way is Way.OURS:
            say(f"WRONG {trial.deed}, {trial.fault}, at statement {trial.at}: {verdict.said}")
    return all(trial.way is Way.PLAIN for trial in wrong)


def main() -> None:
    """Run once; exit code 1 when Duecourse does anything wrong."""
    names = [*Deed, *Fault, *Way]
    parser = argparse.ArgumentParser(prog="make chaos-shop", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--moments", type=int, default=20, help="of each deed and fault; the last is the answer")
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be repeated")
    parser.add_argument("--short", action="store_true", help="what `make test` tries")
    parser.add_argument("--markdown", type=Path, help="a file for the table, to be put into the book")
    wishes = parser.parse_args()
    began = time.monotonic()
    plan = short(wishes.seed) if wishes.short else whole(wishes.seed, wishes.moments, wishes.only)
    verdicts: Verdicts = {}
    # Ctrl-C shows what was found until then.
    with suppress(KeyboardInterrupt):
        # The short form strikes the plain retry after its last statement: it need not be measured.
        asyncio.run(wreak(plan, [Way.OURS] if wishes.short else list(Way), verdicts))
    right = show(verdicts)
    if wishes.markdown:
        wishes.markdown.write_text(in_markdown(verdicts))
    say(f"seed {wishes.seed}, {time.monotonic() - began:.0f} s")
    sys.stdout.write(f"chaos-shop: {'money and goods moved once' if right else 'BROKEN'}\n")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
