"""Whatever an address or a form of the pages says: an answer that somebody understands, never a fault of ours.

`ROUGH_TRIES=200 make test ARGS="tests/starter/desk/test_rough_input.py"` asks for more than the suite has time for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

import starter.desk
from activities.clock import wall_clock
from domain.sla.spans import HOUR
from starter.api.app import CUSTOMER, DESK
from starter.api.guarded import GuardedRoute
from starter.verbs import VERBS
from tests.starter.api.calling import AGENT, AUDITOR, CASE, NOBODY, SUPERVISOR, Api, Who, task_of, view_of
from tests.starter.desk.test_pages import OWNED

TRIES = int(os.environ.get("ROUGH_TRIES", "2"))
"""Of each route by each person."""

TEMPLATES = Path(starter.desk.__file__).parent / "templates"
NAMES = sorted(
    {
        "after",
        "awaits",
        "case_type",
        "channel",
        "counts",
        "cursor",
        "none",
        "priority",
        "sight",
        "since",
        "tier",
        "until",
    }
    | {name for page in TEMPLATES.rglob("*.html") for name in re.findall(r'name="([a-z_.]+)"', page.read_text())}
    | {name for request in VERBS.values() for name in request.model_fields}
    | {"items.0.line_id", "items.0.sound", "items..sound", "items.999999999.sound", "changes.0.line_id"}
)
ROUGH = (
    *("", " ", "\x00", "0", "-1", "1", "9" * 30, "9" * 5_000, "1e400", "NaN", "true", "null", "[]", "{}"),
    *("%", "%00", "'", '"><b>', "a" * 10_000, "\N{COLLISION SYMBOL}" * 50, "\u202e\u0301", "\ufeff", "\x7f"),
    *("1969-12-31", "9999-12-31", "2026-02-30", "2026-W53", "10000-01-01", "2026-11-22T25:00", "0001-01-01", "٣"),
    *("../../etc/passwd", "//evil.test/", "javascript:alert(1)", "tier", "day", "week", "charter", CASE, CASE.lower()),
    *("board_act", "complete", "reply", "change_priority", "normal", "chat", "online", "resolve_complaint", "T1"),
)
IN_PATHS = {"case_id": CASE, "customer_id": "K1", "version": "charter", "file_id": "0" * 32, "name": "desk.js"}
ROUTES = [route for room in (*DESK, *CUSTOMER) for route in room.router.routes if isinstance(route, GuardedRoute)]


def rough(dice: Random, route: GuardedRoute, link: str) -> tuple[str, dict[str, str]]:
    """An address of this route and some fields; mostly it is the right case."""
    parts: dict[str, str] = {**IN_PATHS, "link": link}
    for name in re.findall(r"{(\w+)}", route.path):
        if name not in parts or dice.random() < 0.2:
            parts[name] = quote(dice.choice(ROUGH), safe="") or "x"
    declared = [one.alias for one in route.dependant.query_params]
    names = dice.sample(NAMES, dice.randint(0, 6)) + [name for name in declared if dice.random() < 0.7]
    return route.path.format(**parts), {name: dice.choice(ROUGH) for name in names}


async def ask(api: Api, route: GuardedRoute, who: Who, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
    [method] = route.methods or ("GET",)
    form = None if method == "GET" else fields
    answered = await api.http.request(method, path, headers=who, params=None if form else fields, data=form)
    return answered.status_code, answered.text


@pytest.mark.parametrize("person", [AGENT, SUPERVISOR, AUDITOR, "customer"])
async def test_page_answers_whatever_it_is_asked(api: Api, person: str) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    assert api.gate.links
    link = api.gate.links.to(CASE, wall_clock() + HOUR).token
    who = NOBODY if person == "customer" else await api.person(person)
    dice = Random(person)
    broken = []
    for route in ROUTES:
        for _ in range(0 if route.name in ("desk_sign_out", "desk_vouch", "desk_vouched") else TRIES):
            path, fields = rough(dice, route, link)
            try:
                status, said = await ask(api, route, who, path, fields)
            except Exception as error:
                status, said = 500, repr(error)
            if status >= 500:
                broken.append((route.name, path, fields, said[:500]))
    assert broken == []
