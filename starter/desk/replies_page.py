"""The page on which templates of replies are kept, and how one of them gets into a reply."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from domain.errors import CaseError
from domain.people import Language
from starter.access.rules import DESK_RULES
from starter.api.house import Asking, House, OurHouse, View
from starter.api.problems import wrong_fields
from starter.api.statuses import status_of
from starter.desk.acting import returned
from starter.desk.case_page import case_page
from starter.desk.fields import Filled
from starter.desk.pages import Refusal, page, reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.replies import VALUES, ReplyTemplate, ReplyTemplates, values_for
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)


@router.get("/replies", name="desk_replies")
async def replies(request: Request, house: OurHouse, principal: Asking) -> Response:
    """All templates; whoever leads may change them."""
    return await replies_page(request, house, changes=principal.role in DESK_RULES["desk_save_reply"].roles)


async def replies_page(
    request: Request, house: House, *, changes: bool, filled: Filled | None = None, refused: CaseError | None = None
) -> Response:
    """The page, with what was typed and why it was not kept if that is so."""
    reader = await reader_of(request)
    refusal: Refusal | None = refusal_of(refused, reader.texts) if refused else None
    return page(
        reader,
        "replies.html",
        status_of(refused) if refused else 200,
        here="/desk/replies",
        templates=await ReplyTemplates(house.doors.store.engine).all(),
        changes=changes,
        done=refused is None and request.query_params.get("done") == "save_reply",
        filled=filled or {},
        refusal=refusal,
        languages=tuple(Language),
        values=[f"{{{value}}}" for value in VALUES],
    )


@router.post("/replies", name="desk_save_reply")
async def save(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Keep a template, in the place of that of the same name and language."""
    filled = await posted(request)
    try:
        template = _template(filled)
        await ReplyTemplates(house.doors.store.engine).save(template, principal.id)
    except CaseError as error:
        return await replies_page(request, house, changes=True, filled=filled, refused=error)
    return see_other("/desk/replies?done=save_reply")


@router.post("/replies/remove", name="desk_remove_reply")
async def remove(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Forget a template."""
    filled = await posted(request)
    await ReplyTemplates(house.doors.store.engine).remove(filled.get("name", ""), filled.get("language", ""))
    return see_other("/desk/replies")


@router.post("/cases/{case_id}/insert_reply", name="desk_insert_reply")
async def insert(request: Request, house: OurHouse, principal: Asking, view: View) -> Response:
    """Put a template behind what was typed; a browser with scripts does this by itself."""
    filled = await posted(request)
    name, _, language = filled.get("template", "").rpartition(":")
    kept = await ReplyTemplates(house.doors.store.engine).all()
    chosen = [
        one.filled(values_for(view, principal.name)) for one in kept if (one.name, one.language) == (name, language)
    ]
    words = "\n\n".join(part for part in (filled.get("text", "").rstrip(), *chosen) if part)
    form = returned("reply", view, {**filled, "text": words}, None)
    return await case_page(house, await reader_of(request), principal, view, came_back=form)


def _template(filled: Filled) -> ReplyTemplate:
    try:
        return ReplyTemplate.model_validate({name: filled.get(name, "") for name in ("name", "language", "text")})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found]) from None
