"""What a complaint remembers of its linked cases, and what each of them remembers of the complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from domain.linked.messages import LinkedCaseMoved, ParentMoved
from domain.sla.spans import Instant


class LinkedCase(BaseModel):
    """A case that came out of a complaint, as the complaint last heard of it.

    Attributes:
        opened: it runs, so that it can be told something.
        heard: number of the newest signal that came from it.
        heard_at: when the customer last heard from it.
        told: what it was told last.
    """

    case_id: str
    case_type: str
    order_id: str
    asked_by: str
    status: str = "received"
    opened: bool = False
    over: bool = False
    outcome: str | None = None
    heard: int = 0
    heard_at: Instant | None = None
    told: ParentMoved | None = None


def words(linked: LinkedCase) -> str:
    """A linked case in one line: its number, its type, and how it stands or ended."""
    case_type = linked.case_type.replace("_", " ")
    return f"{linked.case_id} {case_type}: {(linked.outcome or linked.status).replace('_', ' ')}"


def said(cases: Sequence[LinkedCase]) -> str | None:
    """Linked cases as a view shows them, None where there are none."""
    return ", ".join(words(one) for one in cases) or None


def as_words(cases: Iterable[LinkedCase]) -> tuple[dict[str, str], ...]:
    """Linked cases as a message to the customer speaks of them."""
    return tuple({"number": one.case_id, "kind": one.case_type, "stage": one.status} for one in cases)


class Parent(BaseModel):
    """The complaint that a case came out of, as the case last heard of it.

    Attributes:
        informs: the complaint tells the customer regularly how things stand, so this case does not.
        over: the complaint is over and is told nothing more.
        heard: number of the newest signal that came from it.
        heard_at: when the customer last heard from this case.
        told: what the complaint was told last.
        number: how many times it was told something.
    """

    case_id: str
    informs: bool
    over: bool = False
    heard: int = 0
    heard_at: Instant | None = None
    told: LinkedCaseMoved | None = None
    number: int = 0
