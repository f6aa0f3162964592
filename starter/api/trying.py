"""Trying a policy out over HTTP: what it would have made of the cases of some time; nothing is put into force."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from starter.api.answers import KNOWN, problems
from starter.api.figures import When
from starter.api.guarded import GuardedRoute
from starter.api.house import OurHouse
from starter.figures.dry_run import DryRun, dry_run
from starter.figures.trying import changed

router = APIRouter(prefix="/v1/policies", route_class=GuardedRoute, tags=["reference"])


class Trial(BaseModel):
    """The cases that were opened from `since` up to, and without, `until`; and what is to be different."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: When
    until: When
    changes: dict[str, Any] = Field(
        description="a merge patch (RFC 7396) of the policy in force, as `GET /v1/policies/{version}` shows it",
        examples=[{"complaint": {"tiers": {"1": {"time": "45m"}}}}],
    )


@router.post("/try", operation_id="try_policy", responses=problems(400, *KNOWN, 404, 413, 415, 422, 503))
async def try_policy(body: Annotated[Trial, Body()], house: OurHouse) -> DryRun:
    """Hold what is recorded of every promise against what would have become of it under a changed policy."""
    policy = changed(await house.gate.staff.policy(), body.changes)
    return await dry_run(house.doors.store.engine, policy, body.since, body.until)
