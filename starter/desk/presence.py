"""Whether I take new work: said with one click, and counted as said for as long as the desk is open."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from activities.assignment.duty_book import DutyBook
from domain.assignment.duty import Presence
from domain.errors import InvalidInputError
from starter import arriving
from starter.access.principals import Principal
from starter.access.rules import RULES
from starter.api.house import Asking, House, OurHouse
from starter.desk.pages import see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)


@router.post("/presence", name="desk_presence")
async def say_presence(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Say whether I take new work."""
    filled = await posted(request)
    try:
        state = Presence(filled.get("state", ""))
    except ValueError:
        raise InvalidInputError(f"state: expected one of {', '.join(Presence)}", field="state") from None
    await arriving.say_presence(house.doors, await house.gate.staff.policy(), principal.name, state)
    return see_other("/desk")


async def heard_of(house: House, principal: Principal) -> Presence | None:
    """What somebody whose desk is open said of themselves, and that it is open keeps it true; None for auditors."""
    if principal.role not in RULES["desk_presence"].roles:
        return None
    policy = await house.gate.staff.policy()
    return await DutyBook(house.doors.store.engine).heard(principal.name, policy.assignment.present_for)
