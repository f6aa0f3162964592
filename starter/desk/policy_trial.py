"""Trying a policy out on a page: what another version, or a few changed fields, would have made of recorded cases."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import from_json

from domain.errors import CaseError, InvalidInputError
from domain.figures.dry_run import Verdict
from domain.policy import Policy
from domain.sla.spans import DAY
from starter.api.house import House, OurHouse
from starter.api.statuses import status_of
from starter.desk.pages import page, reader_of, refusal_of
from starter.desk.route import DeskRoute
from starter.figures.dry_run import dry_run
from starter.figures.trying import changed
from starter.policies.difference import difference
from starter.published import versions

router = APIRouter(prefix="/desk/policies/try", route_class=DeskRoute, include_in_schema=False)

SPANS = (7, 30, 90, 365)
"""Days that may be looked back."""

MOST_LINES = 100
DEEPEST = 12
"""Names before the last one; no field of a policy stands deeper."""


@router.get("", name="desk_try_policy")
async def try_policy(
    request: Request,
    house: OurHouse,
    version: Annotated[str, Query(pattern=r"^([a-z][a-z0-9_.-]{0,39}@[0-9a-f]{12})?$")] = "",
    changes: Annotated[str, Query(max_length=10_000)] = "",
    days: int = 30,
) -> Response:
    """The form, and as soon as there is something to try what would have come of it."""
    reader, days = await reader_of(request), days if days in SPANS else 30
    asked, tried, refusal, status = bool(version or changes.strip()), None, None, 200
    differs: list[tuple[str, str, str]] = []
    if asked:
        try:
            in_force, policy = await _tried(house, version, changes)
            differs = difference(in_force, policy)
            tried = await dry_run(house.doors.store.engine, policy, reader.now - days * DAY, reader.now)
        except CaseError as error:
            refusal, status = refusal_of(error, reader.texts), status_of(error)
    known = await versions(house.doors.store.policies)
    return page(
        reader,
        "policy_try.html",
        status,
        here="/desk/policies/try",
        refusal=refusal,
        idle="days" in request.query_params and not asked,
        versions=[*dict.fromkeys(one.version for one in known)],
        spans=SPANS,
        asked={"version": version, "changes": changes, "days": days},
        # The name is that of what is only tried.
        differs=[row for row in differs if row[0] != "name"],
        tried=tried,
        verdicts=Verdict,
        shown=[one for one in tried.promises if one.before != one.after] if tried else [],
    )


async def _tried(house: House, version: str, changes: str) -> tuple[Policy, Policy]:
    """The policy in force, and the one to try."""
    in_force = await house.gate.staff.policy()
    base = await house.doors.service.policy(version) if version else in_force
    patch = patch_of(changes)
    return in_force, changed(base, patch) if patch else base


def patch_of(text: str) -> dict[str, Any]:
    """Lines such as `complaint.tiers.1.time = 45m` as the merge patch that they mean.

    Raises:
        InvalidInputError: a line is none such, or there are too many; names the line.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise InvalidInputError(f"changes: expected at most {MOST_LINES} lines, got {len(lines)}", field="changes")
    patch: dict[str, Any] = {}
    for number, line in lines:
        path, _, value = (part.strip() for part in line.partition("="))
        *above, last = path.split(".")
        inner = _inner(patch, above)
        if not value or not all((*above, last)) or inner is None or last in inner or len(above) > DEEPEST:
            expected = "expected each field once, as in complaint.tiers.1.time = 45m"
            raise InvalidInputError(f"changes, line {number}: {expected}; got {line[:80]!r}", field="changes")
        inner[last] = _value(value)
    return patch


def _inner(patch: dict[str, Any], above: list[str]) -> dict[str, Any] | None:
    """Where a field stands in the patch; None if something stands in its way."""
    inner: Any = patch
    for name in above:
        inner = inner.setdefault(name, {})
        if not isinstance(inner, dict):
            return None
    found: dict[str, Any] = inner
    return found


def _value(text: str) -> Any:
    """A number, list or the like as in JSON; anything else is a text."""
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
