"""CSV files of complaints, row by row, as complaints that a door can open. Pure: no network, no store.

Two layouts are known by their header: our own, whose columns are the fields of `NewComplaint`, and that of the US
Consumer Financial Protection Bureau's complaint database.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import ValidationError

from activities.customers.port import Registration
from domain.errors import InvalidInputError
from starter import cfpb
from starter.new_complaint import NewComplaint

Cells: TypeAlias = Mapping[str, str]

OWN_COLUMNS = tuple(NewComplaint.model_fields)
OWN_REQUIRED = tuple(name for name, shape in NewComplaint.model_fields.items() if shape.is_required())


@dataclass(frozen=True)
class Refusal:
    """Why a row is not imported: the line where it begins (the header is line 1), the column, and what was wrong."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True)
class ImportRow:
    """A complaint read from a file. `customer` is set where the file says who the customer is."""

    line: int
    cells: Cells = field(repr=False)
    complaint: NewComplaint
    customer: Registration | None = None


Reader: TypeAlias = Callable[[int, Cells], ImportRow]


def read_complaints(lines: Iterable[str]) -> Iterator[ImportRow | Refusal]:
    """Every row of a CSV file, in order, as a complaint or as a refusal.

    Args:
        lines: of the file, opened with `newline=""` and `encoding="utf-8-sig"`.

    Raises:
        InvalidInputError: the header is none that we know; it names the columns that were expected.
    """
    records = csv.reader(lines, strict=True)
    header = [name.strip() for name in _next(records) or []]
    read = _layout(header)
    begins = records.line_num + 1
    while True:
        try:
            record = _next(records)
        except csv.Error as error:
            # The reader goes on behind the row that it could not make out.
            yield Refusal(begins, "row", f"not valid CSV: {error}")
            begins = records.line_num + 1
            continue
        if record is None:
            return
        if any(cell.strip() for cell in record):
            yield _row(read, begins, header, record)
        begins = records.line_num + 1


def _next(records: Iterator[list[str]]) -> list[str] | None:
    return next(records, None)


def _layout(header: list[str]) -> Reader:
    if set(cfpb.COLUMNS) <= set(header):
        return _cfpb_reader()
    if set(OWN_REQUIRED) <= set(header) <= set(OWN_COLUMNS):
        return _own
    optional = [name for name in OWN_COLUMNS if name not in OWN_REQUIRED]
    raise InvalidInputError(
        f"unknown header: {', '.join(header) or 'the file is empty'}; expected our own columns "
        f"({', '.join(OWN_REQUIRED)}, and optionally {', '.join(optional)}) or those of the CFPB "
        f"({', '.join(cfpb.COLUMNS)}), with commas between them",
        field="header",
        expected={"required": OWN_REQUIRED, "optional": optional, "cfpb": cfpb.COLUMNS},
    )


def _row(read: Reader, line: int, header: list[str], record: list[str]) -> ImportRow | Refusal:
    if len(record) != len(header):
        return Refusal(line, "row", f"expected {len(header)} columns, got {len(record)}")
    try:
        return read(line, dict(zip(header, record, strict=True)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return Refusal(line, ".".join(str(part) for part in first["loc"]) or "row", first["msg"])
    except InvalidInputError as error:
        return Refusal(line, str(error.details.get("field", "row")), error.message)


def _own(line: int, cells: Cells) -> ImportRow:
    """Empty cells of optional columns count as not given; instants are milliseconds since 1970."""
    given = {name: text for name, text in cells.items() if text.strip() or name in OWN_REQUIRED}
    return ImportRow(line, cells, NewComplaint.model_validate(given))


def _cfpb_reader() -> Reader:
    seen: dict[str, int] = {}

    def read(line: int, cells: Cells) -> ImportRow:
        digest = cfpb.digest_of(cells)
        seen[digest] = seen.get(digest, 0) + 1
        complaint, customer = cfpb.read(cells, cfpb.reference_of(digest, seen[digest]))
        return ImportRow(line, cells, complaint, customer)

    return read
