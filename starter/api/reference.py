"""What callers need to know beside the cases: the forms of tasks, and the policies that are in force."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from domain.catalog import CASE_TYPES
from domain.policy import Policy
from domain.sla.spans import Instant
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import OurHouse
from starter.published import versions

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["reference"])

Version = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_.-]{0,39}(@[0-9a-f]{12})?$", description="name@hash, or a name for its latest")
]


class Form(BaseModel):
    """What completing a task of a kind takes; `form` is a JSON Schema."""

    case_type: str
    kind: str
    title: str
    skippable: bool
    form: dict[str, Any]


class Forms(BaseModel):
    """The forms of all kinds of tasks."""

    forms: list[Form]


class PolicyVersion(BaseModel):
    """A version that was put into force; `latest` is the one that new cases of its name get."""

    version: str
    name: str
    published_at: Instant
    latest: bool
    by: str | None
    reason: str | None


class PolicyVersions(BaseModel):
    """Every time that a policy was put into force, newest first."""

    versions: list[PolicyVersion]


class ShownPolicy(BaseModel):
    """A policy with the version that names its content."""

    version: str
    policy: Policy


@router.get("/forms", operation_id="list_forms", responses=problems(*READS))
async def list_forms() -> Forms:
    """The forms of all kinds of tasks, by type of case; kinds of one name may differ between types."""
    return Forms(
        forms=[
            Form(
                case_type=case_type.name,
                kind=task.kind,
                title=task.title,
                skippable=task.skippable,
                form=task.form.model_json_schema(),
            )
            for case_type in CASE_TYPES.values()
            for task in case_type.tasks
        ]
    )


@router.get("/policies", operation_id="list_policies", responses=problems(*READS))
async def list_policies(house: OurHouse) -> PolicyVersions:
    """Every time that a policy was put into force, newest first."""
    found = await versions(house.doors.store.policies)
    return PolicyVersions(
        versions=[
            PolicyVersion(
                version=one.version,
                name=one.name,
                published_at=one.published_at,
                latest=one.latest,
                by=one.by,
                reason=one.reason,
            )
            for one in found
        ]
    )


@router.get("/policies/{version}", operation_id="show_policy", responses=problems(*READS, 404, 422))
async def show_policy(version: Version, house: OurHouse) -> ShownPolicy:
    """A published policy: teams, calendars, words and rules."""
    archive = house.doors.store.policies
    found = await (archive.load(version) if "@" in version else archive.latest(version))
    return ShownPolicy(version=found.version, policy=Policy.model_validate_json(found.document))
