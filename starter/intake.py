"""A whole file of complaints into the house: several at once, each only once, nothing lost when it is interrupted."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from activities.customers.port import Registration
from domain.errors import CaseError, InvalidInputError
from domain.numbers import complaint_number
from domain.people import CustomerProfile
from starter.cfpb import made_up_addresses
from starter.doors import Doors
from starter.importing import ImportRow, Refusal, read_complaints
from starter.refusals import UnavailableError
from starter.repeated import require_same

AT_ONCE = 20
"""Complaints that are opened at the same time."""


@dataclass
class Intake:
    """How far an import has come. `known` were imported before; `total` counts the rows of the file."""

    total: int = 0
    opened: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Rows that are dealt with."""
        return self.opened + self.known + len(self.refused)


def open_file(path: Path) -> TextIO:
    """A CSV file for reading.

    Raises:
        InvalidInputError: there is no such file.
    """
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}", field="file") from None


def read_file(path: Path) -> list[ImportRow | Refusal]:
    """All rows of a file.

    Raises:
        InvalidInputError: no such file, not UTF-8, or an unknown header.
    """
    with open_file(path) as lines:
        try:
            return list(read_complaints(lines))
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"{path} is not UTF-8: {error.reason}", field="file") from None


async def take_in(
    doors: Doors,
    rows: list[ImportRow | Refusal],
    *,
    intake: Intake,
    tell: Callable[[Intake], None],
    register_customers: bool = False,
) -> Intake:
    """Open the complaint of each row that is not open yet.

    Args:
        doors: service and store.
        rows: of the file.
        intake: is filled on the way, so that it tells the truth when this is interrupted.
        tell: called after each row.
        register_customers: register unknown customers with made-up addresses instead of refusing their rows.

    Raises:
        UnavailableError: the server went away; called again, it goes on where it stopped.
    """
    intake.total = len(rows)
    waiting = iter(rows)
    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(_work_off(doors, waiting, intake, tell, register_customers))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    intake.refused.sort(key=lambda refusal: refusal.line)
    return intake


async def _work_off(
    doors: Doors,
    waiting: Iterator[ImportRow | Refusal],
    intake: Intake,
    tell: Callable[[Intake], None],
    register_customers: bool,
) -> None:
    for row in waiting:
        if isinstance(row, Refusal):
            intake.refused.append(row)
        else:
            await _take(doors, row, intake, register_customers)
        tell(intake)


async def _take(doors: Doors, row: ImportRow, intake: Intake, register_customers: bool) -> None:
    complaint = row.complaint
    opening = await doors.store.openings.get(complaint_number(complaint.source, complaint.reference))
    try:
        if opening and opening.started:
            require_same(opening, complaint)
            intake.known += 1
            return
        if row.customer:
            await doors.store.customers.register(row.customer)
        elif register_customers:
            await register_unknown(doors, complaint.customer_id)
        opened = await doors.service.open_complaint(complaint)
    except UnavailableError:
        raise
    except CaseError as error:
        intake.refused.append(Refusal(row.line, str(error.details.get("field", "row")), error.message))
    else:
        intake.opened += opened.created
        intake.known += not opened.created


async def register_unknown(doors: Doors, customer_id: str) -> None:
    """Register a customer whom the directory does not know, with addresses that reach nobody."""
    if await doors.store.customers.profile(customer_id) is None:
        profile = CustomerProfile(id=customer_id)
        await doors.store.customers.register(Registration(profile=profile, addresses=made_up_addresses(customer_id)))


def write_report(path: Path, refused: list[Refusal]) -> None:
    """Write the refused rows as CSV: line, field, reason."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "field", "reason"])
        writer.writerows([refusal.line, refusal.field, refusal.reason] for refusal in refused)
