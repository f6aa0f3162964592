"""The customer's page itself, and the files that they have sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from activities.attachments.kinds import ENDINGS
from domain.messages import CaseView
from domain.requests import MOST_ATTACHMENTS
from starter.access.rules import CUSTOMER_RULES
from starter.api.files import FileId, handed_out
from starter.api.house import House, OurHouse
from starter.desk.customer.offered import ANSWERS, is_over, may_write, offered, shown_amount, survey_round
from starter.desk.customer.route import CustomerRoute
from starter.desk.customer.standing import conversation, standing_of
from starter.desk.customer.visitor import Visiting, Visitor, own_page
from starter.desk.fields import Filled
from starter.desk.pages import Refusal

router = APIRouter(prefix="/my/{link}", route_class=CustomerRoute, include_in_schema=False)


def _own_case(request: Request) -> CaseView:
    view: CaseView = request.state.view
    return view


OwnCase = Annotated[CaseView, Depends(_own_case)]


@dataclass(frozen=True)
class CameBack:
    """A form that was refused: which, what stood in it, and why. It keeps its name where nobody answered."""

    what: str
    filled: Filled = field(repr=False)
    refusal: Refusal
    request_id: str


@router.get("", name="my_case")
async def show(house: OurHouse, view: OwnCase, visitor: Visiting, done: str = "") -> Response:
    """Where my case stands, and what I can do."""
    return await case_page(house, visitor, view, done=done if f"my_{done}" in CUSTOMER_RULES else None)


@router.get("/files/{file_id}", name="my_file")
async def file(file_id: FileId, house: OurHouse, view: OwnCase) -> Response:
    """A file that I sent."""
    return handed_out(await house.doors.store.attachments.content(view.case_id, file_id))


async def case_page(
    house: House,
    visitor: Visitor,
    view: CaseView,
    *,
    status: int = 200,
    done: str | None = None,
    came_back: CameBack | None = None,
) -> Response:
    """The page; `came_back` is a form that was refused, shown with what was typed and why."""
    store, service = house.doors.store, house.doors.service
    policy, files = await service.policy(view.policy), await store.attachments.of_case(view.case_id)
    sent, timeline = await store.deliveries.of_case(view.case_id), await service.timeline(view.case_id)
    verbs, round_ = offered(view), survey_round(view)
    answered = {one.round for one in await store.surveys.of_case(view.case_id)}
    return own_page(
        visitor,
        "customer_case.html",
        status,
        case=view,
        stands=standing_of(view, policy, visitor.texts),
        over=is_over(view),
        writes=may_write(view),
        linked={other: house.gate.page_of(other, visitor.until) for other in view.linked},
        answers=[verb for verb in verbs if verb in ANSWERS],
        others=[verb for verb in verbs if verb not in ANSWERS],
        amount=shown_amount(view),
        surveyed=round_ is not None and round_ not in answered,
        conversation=conversation(view, sent, timeline, files),
        largest=house.doors.settings.upload_bytes // 1_000_000 or 1,
        most=MOST_ATTACHMENTS,
        taken=",".join(ending for endings in ENDINGS.values() for ending in endings),
        done=done,
        came_back=came_back,
        new_id=lambda: uuid.uuid4().hex,
    )
