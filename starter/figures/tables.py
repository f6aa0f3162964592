"""Figures as tables for spreadsheets: CSV and XLSX with the same cells, which no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TypeAlias

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from domain.figures.figures import Figure, Unit
from domain.figures.people import Doing
from domain.sla.spans import SECOND
from starter.figures.book import Figures

Cell: TypeAlias = str | int | float | None
Table: TypeAlias = list[list[Cell]]

OF_FIGURES: list[Cell] = ["figure", "of", "unit", "value", "target", "at least", "met", "measured on"]
OF_DOINGS: list[Cell] = [
    *("who", "tasks", "seconds in hand", "resolved", "first contact", "responses in time", "satisfied", "score"),
]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula, in text that somebody chose."""


def figures_table(figures: Sequence[Figure]) -> Table:
    """A line for each figure; spans are seconds, shares parts of one."""
    return [OF_FIGURES, *(_figure(one) for one in figures)]


def doings_table(rows: Sequence[Doing]) -> Table:
    """A line for each team or person."""
    return [OF_DOINGS, *(_doing(one) for one in rows)]


def as_csv(table: Table) -> str:
    """A table as RFC 4180 has it, with a mark that spreadsheets need to read it as UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in table])
    return f"\ufeff{out.getvalue()}"


def as_xlsx(figures: Figures) -> bytes:
    """A workbook with the figures, the teams and the people, a sheet each."""
    out = io.BytesIO()
    # Whatever a text looks like, it is written as a text.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        sheets = {
            "Figures": figures_table(figures.figures),
            "Teams": doings_table(figures.teams),
            "People": doings_table(figures.people),
        }
        bold = book.add_format({"bold": True})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            sheet.set_row(0, None, bold)
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
            sheet.autofit()
    return out.getvalue()


def _figure(one: Figure) -> list[Cell]:
    in_seconds = one.unit is Unit.SPAN
    value, target = (_seconds(number) if in_seconds else number for number in (one.value, one.target))
    met = None if one.met is None else "yes" if one.met else "no"
    unit = "seconds" if in_seconds else one.unit.value
    return [one.name, one.of, unit, value, target, "yes" if one.at_least else "no", met, one.count]


def _doing(one: Doing) -> list[Cell]:
    shares = (one.first_contact, one.responses_in_time, one.satisfied, one.score)
    return [one.who, one.tasks, _seconds(one.task_time), one.resolved, *shares]


def _seconds(span: float | None) -> float | None:
    return None if span is None else span / SECOND


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
