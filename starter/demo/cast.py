"""Who plays what: the complaints of a demonstration, and how their customers and agents will act.

What the CFPB knows of a complaint is used: who disputed the company's answer is not satisfied, whom it did not answer
in time is answered late, who got money gets goodwill. The rest is drawn by lot, with a seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.money import Money
from starter.importing import ImportRow

_GOODWILL = (Money(minor=5_000, currency="CNY"), Money(minor=30_000, currency="CNY"))
"""Within an agent's authority (200.00 CNY), and above it."""


@dataclass(frozen=True)
class Part:
    """One complaint and how it goes.

    Attributes:
        row: the complaint and its customer.
        overruns: tiers whose time runs out.
        rejects: how many solutions the customer turns down.
        late: the first answer comes after its time.
        withdraws: the customer takes the complaint back.
        silent: the customer never says whether the solution satisfies.
        hesitates: the customer says so only after having been asked again.
        asks_back: the agent has a question first.
        goodwill: what the solution offers beyond words.
        joins: position of the same customer's complaint that this one is merged into; always an earlier one.
    """

    row: ImportRow
    overruns: frozenset[int] = frozenset()
    rejects: int = 0
    late: bool = False
    withdraws: bool = False
    silent: bool = False
    hesitates: bool = False
    asks_back: bool = False
    goodwill: Money | None = None
    joins: int | None = None


def cast(rows: Sequence[ImportRow], cases: int, seed: int) -> list[Part]:
    """The parts of `cases` complaints, in the order in which they come in; the same for the same seed."""
    lot = random.Random(seed)  # noqa: S311 - a demonstration must be repeatable, not unpredictable
    chosen = _chosen(rows, cases, lot)
    parts = [_known(row, lot) for row in chosen]
    plain = [number for number, part in enumerate(parts) if not (part.rejects or part.late or _is_vip(part.row))]
    lot.shuffle(plain)
    share = max(cases // 20, 1)
    lots: tuple[tuple[dict[str, Any], int], ...] = (
        ({"overruns": frozenset({1, 2})}, share),
        ({"overruns": frozenset({1})}, 2 * share),
        ({"silent": True}, share),
        ({"hesitates": True}, share),
        ({"withdraws": True}, share),
        ({"asks_back": True}, share),
    )
    for what, count in lots:
        for _ in range(min(count, len(plain))):
            number = plain.pop()
            parts[number] = replace(parts[number], **what)
    return _with_one_merged(_in_order(parts, lot), lot)


def _chosen(rows: Sequence[ImportRow], cases: int, lot: random.Random) -> list[ImportRow]:
    """Enough of each kind that matters, the rest by lot, in the order of the file."""
    late = [row for row in rows if row.cells.get("Timely response?") == "No"]
    vip = [row for row in rows if _is_vip(row) and row not in late]
    disputed = [row for row in rows if row.cells.get("Consumer disputed?") == "Yes" and row not in (*late, *vip)]
    taken = late[: max(cases // 12, 1)] + vip[: max(cases // 15, 1)]
    taken += lot.sample(disputed, min(cases // 5, len(disputed)))
    rest = [row for row in rows if row not in taken and row not in disputed]
    taken += lot.sample(rest, max(min(cases - len(taken), len(rest)), 0))
    return sorted(taken[:cases], key=lambda row: row.line)


def _known(row: ImportRow, lot: random.Random) -> Part:
    """What the CFPB knows of how it went."""
    part = Part(row, late=row.cells.get("Timely response?") == "No")
    if row.cells.get("Consumer disputed?") == "Yes":
        part = replace(part, rejects=lot.choice((1, 1, 2)))
    if row.cells.get("Company response to consumer") == "Closed with monetary relief":
        part = replace(part, goodwill=lot.choice(_GOODWILL))
    return part


def _in_order(parts: list[Part], lot: random.Random) -> list[Part]:
    """The order in which they come in: by lot, but what takes long first."""
    lot.shuffle(parts)
    return sorted(parts, key=lambda part: not (part.silent or 2 in part.overruns))


def _with_one_merged(parts: list[Part], lot: random.Random) -> list[Part]:
    """Let one customer complain twice: the second complaint comes right after the first and is merged into it."""
    ordinary = [part for part in parts if part == Part(part.row) and not _is_vip(part.row)]
    if not ordinary or not any(part.overruns == {1} for part in parts):
        return parts
    second = lot.choice(ordinary)
    parts = [part for part in parts if part is not second]
    first = next(number for number, part in enumerate(parts) if part.overruns == {1})
    customer = parts[first].row.complaint.customer_id
    complaint = second.row.complaint.model_copy(update={"customer_id": customer})
    parts.insert(first + 1, replace(second, row=replace(second.row, complaint=complaint, customer=None), joins=first))
    return parts


def _is_vip(row: ImportRow) -> bool:
    return row.customer is not None and row.customer.profile.vip
