"""What stands around a case: the order that it is about, and the customer's other cases."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from domain.messages import CaseView
from domain.shop.errors import ShopError
from domain.shop.orders import Order
from readmodel.model import ReadModel
from readmodel.rows import CaseRow, CasesWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.api.house import Asking, House, OurHouse, View
from starter.desk.pages import page, reader_of
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names

router = APIRouter(prefix="/desk/cases/{case_id}", route_class=DeskRoute, include_in_schema=False)

SHOWN = 20
"""How many of the customer's other cases are shown, the newest first."""


@dataclass(frozen=True)
class OtherCases:
    """The customer's other cases: those that somebody may see, and how many of the newest they may not."""

    seen: tuple[CaseRow, ...]
    hidden: int


@router.get("/around", name="desk_around")
async def around(request: Request, house: OurHouse, principal: Asking, view: View) -> Response:
    """Order and other cases; the page of the case fetches it, so that it never waits for the shop."""
    reader, policy = await reader_of(request), await house.gate.staff.policy()
    return page(
        reader,
        "around.html",
        case=view,
        others=await other_cases(house.doors.store.readmodel, view, principal),
        order=await order_of(house, view),
        team_names=team_names(policy, reader.texts.language),
    )


async def other_cases(model: ReadModel, view: CaseView, principal: Principal) -> OtherCases:
    """The customer's other cases, as far as somebody's teams have to do with them."""
    wanted = CasesWanted(customer_id=view.customer.id, sort="opened", limit=SHOWN + 1)
    everything = [row for row in (await model.cases(wanted)).items if row.case_id != view.case_id][:SHOWN]
    if not is_bound(principal):
        return OtherCases(tuple(everything), 0)
    theirs = (await model.cases(wanted.model_copy(update={"teams": principal.teams}))).items
    allowed = {row.case_id for row in theirs}
    seen = tuple(row for row in everything if row.case_id in allowed)
    return OtherCases(seen, len(everything) - len(seen))


async def order_of(house: House, view: CaseView) -> Order | str | None:
    """The order as the shop has it now, the code of a refusal if it does not say, None where the case is about none."""
    if view.order_id is None:
        return None
    try:
        return await house.doors.store.orders.whole_order(view.order_id)
    except ShopError as error:
        return error.code
