"""What every route stands on: the doors, the gate, and what was answered before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from pydantic import Field

from activities.subscriptions.addresses import AddressGuard
from activities.subscriptions.envelope import source_of
from activities.subscriptions.outgoing import OutgoingEvents
from activities.subscriptions.subscriptions import Subscriptions
from domain.errors import CaseNotFoundError
from domain.messages import CaseView, Identifier
from readmodel.board import BoardRows
from starter.access.gate import Gate
from starter.access.principals import Principal
from starter.api.once import AnsweredRequests
from starter.counted import BoardBook
from starter.doors import Doors
from starter.live import LiveChanges


@dataclass(frozen=True)
class House:
    """What the application was made of; `secure` where browsers reach it by TLS."""

    doors: Doors
    gate: Gate
    answered: AnsweredRequests
    live: LiveChanges
    guard: AddressGuard
    secure: bool = False

    @cached_property
    def board(self) -> BoardBook:
        """The counts of the board, the same for everybody who looks."""
        return BoardBook(BoardRows(self.doors.store.engine))

    @property
    def subscriptions(self) -> Subscriptions:
        """Who has subscribed to what."""
        return Subscriptions(self.doors.store.engine)

    @property
    def outgoing(self) -> OutgoingEvents:
        """What is on its way to them."""
        return OutgoingEvents(self.doors.store.engine, source_of(self.doors.settings.task_queue))


def house_of(request: Request) -> House:
    """The house that a request came to."""
    house: House = request.app.state.house
    return house


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


async def _view(request: Request, house: Annotated[House, Depends(house_of)], case_id: CaseId) -> CaseView:
    """The case; whom it matters for has had it looked at on the way in."""
    looked_at: CaseView | None = request.state.view
    return looked_at or await house.doors.service.snapshot(case_id)


CASE_ID = r"^[A-Z][A-Z2-7]{13}$"
CaseId = Annotated[str, Path(pattern=CASE_ID, description="number of the case, such as C7Q2ABCDEFGHIJ")]
RequestId = Annotated[
    Identifier,
    Header(
        alias="Idempotency-Key",
        description="Your name for this request. Sent again with the same body it is answered as before, and nothing "
        "is done twice; with another body it is refused.",
    ),
]


Reference = Annotated[str, Field(min_length=1, max_length=200, description="your own number; else the Idempotency-Key")]


def require_number(case_id: str, field: str = "case_id") -> None:
    """Refuse what is no case's number: other workflows run beside the cases, and nobody is to reach those.

    Raises:
        CaseNotFoundError: it is none.
    """
    if not _NUMBER.match(case_id):
        raise CaseNotFoundError(f"there is no case {case_id[:40]!r}", field=field)


_NUMBER = re.compile(CASE_ID)
OurHouse = Annotated[House, Depends(house_of)]
Asking = Annotated[Principal, Depends(_principal)]
View = Annotated[CaseView, Depends(_view)]
