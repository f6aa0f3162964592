"""What the read model shows of a case beside what the case itself says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from domain.projection import Projection, ShownClock, ShownTask
from domain.timeline import Entry
from readmodel.writing import as_kept


class Difference(NamedTuple):
    """One thing that is shown otherwise than it is; None for what is not there.

    Attributes:
        where: the field, as in `status`, `task T1 owner` or `entry 5`.
        shown: what the read model says.
        truth: what the case says.
    """

    where: str
    shown: object
    truth: object


def differences(shown: Projection, truth: Projection) -> list[Difference]:
    """Everything in which the read model differs from the case, but for when it was written."""
    return [
        *_of_fields("", _without_parts(shown), _without_parts(truth)),
        *_of_parts("task", shown.case.tasks, truth.case.tasks),
        *_of_parts("clock", shown.case.clocks, truth.case.clocks),
        *_of_lines(shown.entries, truth.entries),
    ]


def _without_parts(projection: Projection) -> dict[str, object]:
    case = projection.case.model_dump(exclude={"tasks", "clocks"})
    return case | {"subject": as_kept(projection.case.subject), "seq": projection.seq}


def _of_fields(before: str, shown: dict[str, object], truth: dict[str, object]) -> Iterator[Difference]:
    for name, value in truth.items():
        if shown[name] != value:
            yield Difference(f"{before}{name}", shown[name], value)


def _of_parts(
    kind: str, shown: Sequence[ShownTask | ShownClock], truth: Sequence[ShownTask | ShownClock]
) -> Iterator[Difference]:
    stand, are = _by_id(shown), _by_id(truth)
    for part in sorted(stand.keys() | are.keys()):
        name = f"{kind} {part}"
        if part in stand and part in are:
            yield from _of_fields(f"{name} ", stand[part].model_dump(), are[part].model_dump())
        else:
            yield Difference(name, _there(part in stand), _there(part in are))


def _of_lines(shown: Sequence[Entry], truth: Sequence[Entry]) -> Iterator[Difference]:
    stand, are = {entry.seq: entry for entry in shown}, {entry.seq: _kept(entry) for entry in truth}
    for seq in sorted(stand.keys() | are.keys()):
        if stand.get(seq) != are.get(seq):
            yield Difference(f"entry {seq}", _said(stand.get(seq)), _said(are.get(seq)))


def _kept(entry: Entry) -> Entry:
    return entry.model_copy(update={"text": as_kept(entry.text)}) if entry.text else entry


def _said(entry: Entry | None) -> str | None:
    return entry.what if entry else None


def _there(is_there: bool) -> str | None:
    return "there" if is_there else None


def _by_id(parts: Sequence[ShownTask | ShownClock]) -> dict[str, BaseModel]:
    return {part.id: part for part in parts}
