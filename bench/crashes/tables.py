"""The crash table: one row for each deed and fault, both ways side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rich.table import Table

from bench.crashes.deeds import Deed
from bench.crashes.errands import Way
from bench.crashes.faults import Fault, Trial
from bench.crashes.truth import Verdict

Verdicts = dict[Trial, Verdict]


def crash_table(verdicts: Verdicts) -> Table:
    """How many moments were right, and what the others did wrong."""
    table = Table(title="After each crash: money, stock and totals are what they should be, once")
    table.add_column("deed")
    table.add_column("fault")
    for way in Way:
        table.add_column(f"{way}: right", justify="right")
        table.add_column("wrong")
    rows: dict[tuple[Deed, Fault], dict[Way, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for trial, verdict in verdicts.items():
        rows[trial.deed, trial.fault][trial.way].append(verdict)
    for deed in Deed:
        for fault in Fault:
            if (deed, fault) in rows:
                tried = rows[deed, fault]
                table.add_row(deed, fault, *(cell for way in Way for cell in _cells(tried[way])))
        table.add_section()
    return table


def in_markdown(verdicts: Verdicts) -> str:
    """The same for the book."""
    table = crash_table(verdicts)
    columns = [list(column.cells) for column in table.columns]
    head = [str(column.header) for column in table.columns]
    rule = ["---:" if column.justify == "right" else "---" for column in table.columns]
    rows = [head, rule, *([str(cell) for cell in row] for row in zip(*columns, strict=True))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(verdicts: list[Verdict]) -> tuple[str, str]:
    if not verdicts:
        return "–", "not tried"
    right = sum(verdict.right for verdict in verdicts)
    return f"{right} of {len(verdicts)}", ", ".join(_wrong(verdicts)) or "–"


def _wrong(verdicts: list[Verdict]) -> Iterable[str]:
    over = [verdict.refunded for verdict in verdicts if verdict.refunded > 0]
    if over:
        yield f"{len(over)} × refunded twice or more (by up to ¥{max(over):.0f})"
    if under := sum(verdict.refunded < 0 for verdict in verdicts):
        yield f"{under} × not refunded"
    if off := [abs(verdict.stock) for verdict in verdicts if verdict.stock]:
        yield f"{len(off)} × stock off by {' or '.join(map(str, sorted(set(off))))}"
    if total := sum(verdict.total for verdict in verdicts):
        yield f"{total} × total wrong"
    if stuck := sum(verdict.stuck for verdict in verdicts):
        yield f"{stuck} × stuck"
