"""The policy pages: what was put into force, a policy in words with its fortnight, what changes between two."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from starter.api.house import House, OurHouse
from starter.api.reference import Version
from starter.desk.pages import page, reader_of, see_other
from starter.desk.route import DeskRoute
from starter.policies.difference import difference
from starter.policies.preview import SHOWN_DAYS, preview
from starter.published import versions

router = APIRouter(prefix="/desk/policies", route_class=DeskRoute, include_in_schema=False)

Compared = Annotated[str, Query(pattern=r"^[a-z][a-z0-9_.-]{0,39}@[0-9a-f]{12}$")]


@router.get("", name="desk_policies")
async def listed(request: Request, house: OurHouse) -> Response:
    """Every time that a policy was put into force, newest first."""
    found, reader = await versions(house.doors.store.policies), await reader_of(request)
    names = [*dict.fromkeys(one.version for one in found)]
    in_force = await house.doors.store.policies.latest(house.doors.settings.policy)
    return page(reader, "policies.html", here="/desk/policies", versions=found, names=names, in_force=in_force.version)


@router.get("/difference", name="desk_policy_difference")
async def compared(request: Request, house: OurHouse, old: Compared, new: Compared) -> Response:
    """What changes from one version to another, field by field."""
    service = house.doors.service
    changed = difference(await service.policy(old), await service.policy(new))
    return page(
        await reader_of(request), "policy_difference.html", here="/desk/policies", old=old, new=new, changed=changed
    )


@router.get("/compare", name="desk_policy_compare")
async def compare(request: Request) -> Response:
    """The same under the name that its button has: nobody who types it should be told of a policy of that name."""
    return see_other(f"/desk/policies/difference?{request.url.query}")


@router.get("/{version}", name="desk_policy")
async def shown(request: Request, house: OurHouse, version: Version) -> Response:
    """A policy in words; of a name alone, the version that is in force."""
    if "@" not in version:
        return see_other(f"/desk/policies/{(await house.doors.store.policies.latest(version)).version}")
    reader, policy = await reader_of(request), await house.doors.service.policy(version)
    said = preview(policy, reader.now, language=reader.texts.language)
    return page(
        reader,
        "policy.html",
        here=f"/desk/policies/{version}",
        said=said,
        days=SHOWN_DAYS,
        before=await _before(house, version),
    )


async def _before(house: House, version: str) -> str | None:
    """The version of this name that was in force before, if another one was."""
    known = [one.version for one in await versions(house.doors.store.policies)]
    own = [one for one in known if one.partition("@")[0] == version.partition("@")[0]]
    later = own[own.index(version) :] if version in own else []
    return next((one for one in later if one != version), None)
