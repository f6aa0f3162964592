"""The OpenAPI document: what FastAPI draws from the routes, with our problem details and with who may use what."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from starter.access.rules import RULES, TEAM_BOUND, Rule
from starter.api.guarded import SESSION_COOKIE, GuardedRoute
from starter.api.problems import Problem

METHODS = ("get", "put", "post", "delete")
SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "an API key, `dck_…`, of a system"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "of who has signed in"},
}
ABOUT = (
    "Cases of customer service: open them, show them, act on them. Writes take an `Idempotency-Key`; refusals are "
    "problem details (RFC 9457) with a stable `code`. Instants are milliseconds since 1970-01-01T00:00Z."
)

router = APIRouter(route_class=GuardedRoute)


@router.get("/v1/openapi.json", include_in_schema=False, name="openapi")
async def openapi(request: Request) -> JSONResponse:
    """The OpenAPI document."""
    return JSONResponse(request.app.openapi())


def described(app: FastAPI) -> dict[str, Any]:
    """The document, drawn once."""
    if app.openapi_schema is None:
        drawn = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
        components = drawn.setdefault("components", {})
        components.setdefault("schemas", {}).update(_problem_schemas())
        components["securitySchemes"] = SCHEMES
        _told_apart(components["schemas"])
        _streams_by_their_events(drawn["paths"])
        for path in drawn["paths"].values():
            for method in METHODS:
                if operation := path.get(method):
                    _tell_rule(operation, RULES[operation["operationId"]])
        app.openapi_schema = drawn
    return app.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


def _tell_rule(operation: dict[str, Any], rule: Rule) -> None:
    if rule.public:
        operation["security"] = []
        return
    operation["security"] = [{"key": []}, {"session": []}] if rule.scope else [{"session": []}]
    told = f"May be used by {_users(rule)}."
    if "case_id" in str(operation.get("parameters")):
        bound = " and ".join(sorted(role.value for role in TEAM_BOUND & rule.roles))
        told += f" Of {bound}, those whose team has the case or who have a task of it." if bound else ""
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), told)))


def _users(rule: Rule) -> str:
    roles = ", ".join(sorted(role.value for role in rule.roles if role.value != "system"))
    keys = f"keys with the scope `{rule.scope}`" if rule.scope else ""
    return ", and by ".join(filter(None, (roles, keys)))


def _told_apart(schemas: dict[str, dict[str, Any]]) -> None:
    """Name by their place those of which several have one name; whoever makes code of the document needs one each."""
    names = Counter(schema.get("title") for schema in schemas.values())
    for place, schema in schemas.items():
        if names[schema.get("title")] > 1:
            schema["title"] = "".join(word.title() for word in re.split("_+", place)[1:])


def _streams_by_their_events(paths: dict[str, Any]) -> None:
    """Say of streams what OpenAPI 3.1 can: its schema is that of each event, for which 3.2 has a place of its own."""
    for operation in (one for path in paths.values() for one in path.values()):
        for content in operation["responses"].get("200", {}).get("content", {}).values():
            if event := content.pop("itemSchema", None):
                content["schema"] = {**event, "description": "each of the server-sent events, one after the other"}
