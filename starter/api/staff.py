"""The staff: who is there, who will be away, and which customer has an agent of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from activities.assignment.duty_book import Absence, DutyBook
from activities.customers.named import NamedAgents
from domain.assignment.duty import Presence
from domain.errors import NotAllowedError
from domain.messages import Identifier
from domain.people import Role
from domain.sla.spans import Instant
from starter import arriving
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.api.answers import READS, WRITES, problems
from starter.api.customers import CustomerId
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, House, OurHouse
from starter.staffing import Colleague, staff_of

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["staff"])

StaffId = Annotated[Identifier, Path(description="staff id of the policy in force")]
AbsenceId = Annotated[Identifier, Path(description="your own id of the absence")]
_Moment = Annotated[Instant, Field(ge=0, le=2**53)]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Staff(BaseModel):
    """Members of staff, in the order of their ids."""

    staff: list[Colleague]


class SaidPresence(BaseModel):
    """Whether somebody takes new work; `busy` is there and takes none."""

    model_config = _STRICT

    state: Presence


class NewAbsence(BaseModel):
    """Somebody is away from `begins_at` until `ends_at`, in milliseconds since 1970. Why is not asked."""

    model_config = _STRICT

    staff_id: Identifier
    begins_at: _Moment
    ends_at: _Moment

    @model_validator(mode="after")
    def _in_order(self) -> NewAbsence:
        if self.ends_at <= self.begins_at:
            raise ValueError("expected an end that is later than the beginning")
        return self


class KnownAbsence(BaseModel):
    """An absence as it is on record."""

    id: str
    staff_id: str
    begins_at: Instant
    ends_at: Instant
    told_by: str
    told_at: Instant

    @classmethod
    def of(cls, absence: Absence) -> KnownAbsence:
        """The record as it is shown."""
        return cls(**{name: getattr(absence, name) for name in cls.model_fields})


class Absences(BaseModel):
    """Absences that are not over, soonest first."""

    absences: list[KnownAbsence]


class OwnAgent(BaseModel):
    """The agent who takes care of a customer."""

    model_config = _STRICT

    staff_id: Identifier


async def seen_by(house: House, principal: Principal) -> list[str]:
    """The members of staff whom somebody may see: who is bound to teams, those of them."""
    policy = await house.gate.staff.policy()
    teams = principal.teams if is_bound(principal) else tuple(policy.teams)
    return sorted({member for team in teams if team in policy.teams for member in policy.teams[team].members})


async def _led(house: House, principal: Principal, staff_id: str) -> None:
    """Refuse whom nobody knows, and to leads whoever is in none of their teams."""
    await house.gate.staff.named(staff_id, "staff_id")
    if principal.role is Role.LEAD and staff_id not in await seen_by(house, principal):
        raise NotAllowedError(f"{staff_id} is in none of your teams", field="staff_id")


@router.get("/staff", operation_id="list_staff", responses=problems(*READS))
async def list_staff(house: OurHouse, principal: Asking) -> Staff:
    """Who is there, who can what, and how much they have; agents and leads see those of their teams."""
    policy = await house.gate.staff.policy()
    return Staff(staff=await staff_of(house.doors.store, policy, await seen_by(house, principal)))


@router.put("/me/presence", status_code=204, operation_id="say_presence", responses=problems(*WRITES))
async def say_presence(body: SaidPresence, house: OurHouse, principal: Asking) -> None:
    """Say whether you take new work; it counts for a while, so say it again every few minutes."""
    await arriving.say_presence(house.doors, await house.gate.staff.policy(), principal.name, body.state)


@router.put("/staff/{staff_id}/presence", status_code=204, operation_id="say_presence_of", responses=problems(*WRITES))
async def say_presence_of(staff_id: StaffId, body: SaidPresence, house: OurHouse, principal: Asking) -> None:
    """Say it of somebody else, as a telephone system or whoever leads them knows it."""
    await _led(house, principal, staff_id)
    await arriving.say_presence(house.doors, await house.gate.staff.policy(), staff_id, body.state)


@router.get("/absences", operation_id="list_absences", responses=problems(*READS))
async def list_absences(house: OurHouse, principal: Asking) -> Absences:
    """Who is or will be away; agents and leads see those of their teams."""
    found = await DutyBook(house.doors.store.engine).absences(await seen_by(house, principal))
    return Absences(absences=[KnownAbsence.of(absence) for absence in found])


@router.put("/absences/{absence_id}", operation_id="record_absence", responses=problems(*WRITES))
async def record_absence(absence_id: AbsenceId, body: NewAbsence, house: OurHouse, principal: Asking) -> KnownAbsence:
    """Put an absence on record, or replace what was said of it; tasks go to others from its beginning on."""
    await _led(house, principal, body.staff_id)
    book = DutyBook(house.doors.store.engine)
    known = await book.absence(absence_id)
    if known:
        await _led(house, principal, known.staff_id)
    return KnownAbsence.of(
        await book.excuse(absence_id, body.staff_id, body.begins_at, body.ends_at, told_by=principal.id)
    )


@router.delete(
    "/absences/{absence_id}", status_code=204, operation_id="forget_absence", responses=problems(*READS, 422)
)
async def forget_absence(absence_id: AbsenceId, house: OurHouse, principal: Asking) -> None:
    """Take an absence back; harmless where there is none."""
    book = DutyBook(house.doors.store.engine)
    if known := await book.absence(absence_id):
        await _led(house, principal, known.staff_id)
        await book.take_back(absence_id)


@router.put("/customers/{customer_id}/agent", status_code=204, operation_id="name_agent", responses=problems(*WRITES))
async def name_agent(customer_id: CustomerId, body: OwnAgent, house: OurHouse) -> None:
    """Give a customer an agent of their own, who gets the tasks of cases that are opened from now on before others."""
    await house.gate.staff.named(body.staff_id, "staff_id")
    await NamedAgents(house.doors.store.engine).name(customer_id, body.staff_id)


@router.delete(
    "/customers/{customer_id}/agent", status_code=204, operation_id="unname_agent", responses=problems(*READS, 422)
)
async def unname_agent(customer_id: CustomerId, house: OurHouse) -> None:
    """The customer has no agent of their own any more; harmless where there was none."""
    await NamedAgents(house.doors.store.engine).take_back(customer_id)
