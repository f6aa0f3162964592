"""Every route × every role × own and foreign team, drawn from the routes that the application has.

The expectations are written out here a second time, so that a slip in the table of rules is seen.
"""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from httpx import ASGITransport

from activities.clock import wall_clock
from domain.people import Role
from domain.sla.spans import HOUR
from starter.access.principals import Scope
from starter.access.rules import RULES
from starter.api.app import CUSTOMER, DESK, ROOMS
from starter.api.guarded import GuardedRoute
from starter.verbs import VERBS
from tests.starter.api.calling import AGENT, AUDITOR, CASE, LEAD, NOBODY, SUPERVISOR, Api, Who, view_of

PUBLIC = {
    "health",
    "ready",
    "openapi",
    "sign_in",
    "sign_out",
    "desk_static",
    "desk_sign_in_page",
    "desk_sign_in",
    "desk_sign_out",
    "desk_vouch",
    "desk_vouched",
    "desk_logged_out_there",
}
AT_THE_DESK = "desk_"
BEHIND_A_LINK = "my_"
SUPERVISORS_VERBS = {
    "reassign",
    "extend_clock",
    "pause_clock",
    "resume_clock",
    "send_update_now",
    "change_priority",
    "adopt_policy",
    "close_case",
    "force_tier",
}
LEADING_VERBS = {"nominate_task", "skip_task", "exclude_owner"}
OF_THOSE_WHO_LEAD = {*LEADING_VERBS, "save_reply", "remove_reply"}
OF_THOSE_WHO_WORK = {"take_next", "insert_reply"}
CUSTOMERS_VERBS = {
    "customer_reply",
    "answer_solution",
    "withdraw",
    "reopen",
    "answer_change",
    "withdraw_change",
    "answer_return",
    "withdraw_return",
    "report_sent",
    "rate_return",
}
EVENTS = {"tell_order_event", "tell_parcel_scan"}
FIGURES = {"show_figures", "draw_figure", "figures_as_csv", "figures_as_xlsx"}
EXPORTS = {"export_xes", "export_ocel", "list_reports", "show_report", "report_as_xlsx"}
OPENING = {"open_complaint", "open_order_change", "open_return"}
SUBSCRIBING = {
    "subscribe",
    "list_webhooks",
    "show_webhook",
    "unsubscribe",
    "renew_webhook_secret",
    "ping_webhook",
    "list_deliveries",
    "send_webhooks_again",
}
CUSTOMERS_ROUTES = {"register_customer", "name_agent", "unname_agent"}
STAFFING = {"say_presence_of", "record_absence", "forget_absence"}
ONLY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SUPERVISORS_VERBS | SUBSCRIBING | CUSTOMERS_ROUTES | {"board_act", "board_done"}, ("supervisor",)),
    **dict.fromkeys(OF_THOSE_WHO_LEAD | STAFFING, ("lead", "supervisor")),
    **dict.fromkeys(EVENTS, ()),
    **dict.fromkeys(("audit_case", "case_audit", "board", "show_board"), ("lead", "supervisor", "auditor")),
    **dict.fromkeys((*EXPORTS, "try_policy", "show_customer", "webhooks"), ("supervisor", "auditor")),
}
"""Routes that are only for some roles; whether the case is theirs to see is another question."""

OF_A_CASE = {
    *VERBS,
    "around",
    "case",
    "case_audit",
    "case_history",
    "file",
    "insert_reply",
    "show_case",
    "show_timeline",
    "audit_case",
    "list_files",
    "show_file",
    "list_surveys",
}
ROLES = {"agent": AGENT, "lead": LEAD, "supervisor": SUPERVISOR, "auditor": AUDITOR}
ROUTES = [route for room in (*ROOMS, *DESK, *CUSTOMER) for route in room.router.routes]
GUARDED = [route for route in ROUTES if isinstance(route, GuardedRoute)]


def may(route: str, role: str, *, own: bool) -> bool:
    """Whether somebody of this role may use a route, of whose team the case is or is not."""
    route, behind_a_link = route.removeprefix(AT_THE_DESK), route.startswith(BEHIND_A_LINK)
    foreign = role in ("agent", "lead") and not own and route in OF_A_CASE
    if behind_a_link or foreign:
        return False
    if route in ONLY:
        return role in ONLY[route]
    if route in VERBS or route in OPENING or route in (*OF_THOSE_WHO_WORK, "presence", "say_presence"):
        return role != "auditor"
    return True


def scope_of(route: str) -> Scope | None:
    """What a key must be for; None where no system may, as at the desk."""
    if route.startswith((AT_THE_DESK, BEHIND_A_LINK)) or route == "say_presence":
        return None
    if route in VERBS:
        return Scope.ACT_ON_CASES if route in CUSTOMERS_VERBS else None
    if route in OPENING:
        return Scope.OPEN_CASES
    if route in FIGURES | EXPORTS:
        return Scope.READ_FIGURES
    special = {
        "list_policies": Scope.READ_POLICIES,
        "show_policy": Scope.READ_POLICIES,
        "try_policy": Scope.READ_POLICIES,
        "list_staff": Scope.WRITE_STAFF,
        "list_absences": Scope.WRITE_STAFF,
        **dict.fromkeys((*CUSTOMERS_ROUTES, "show_customer"), Scope.WRITE_CUSTOMERS),
        **dict.fromkeys(STAFFING, Scope.WRITE_STAFF),
        **dict.fromkeys(EVENTS, Scope.WRITE_EVENTS),
        **dict.fromkeys(SUBSCRIBING, Scope.SUBSCRIBE),
    }
    return special.get(route, Scope.READ_CASES)


def test_every_route_is_guarded_and_states_its_rule() -> None:
    assert ROUTES == GUARDED
    assert {route.name for route in GUARDED} == set(RULES)
    assert {route.name for route in GUARDED if route.rule.public} == PUBLIC
    assert set(VERBS) >= SUPERVISORS_VERBS | LEADING_VERBS | CUSTOMERS_VERBS


async def test_application_has_these_routes_and_no_others(api: Api) -> None:
    transport = api.http._transport
    assert isinstance(transport, ASGITransport)
    app = transport.app
    assert isinstance(app, FastAPI)
    assert app.routes == ROUTES


def test_route_that_states_no_rule_cannot_be_made() -> None:
    with pytest.raises(LookupError, match="back_door"):
        GuardedRoute("/back-door", lambda: None, name="back_door")


OTHERS = {
    "staff_id": "manager-02",
    "absence_id": "A1",
    "period": "day",
    "since": "1",
    "file_id": "0" * 32,
    "link": f"{CASE}-{'f' * 8}-{'a' * 32}",
}


async def let_in(api: Api, route: GuardedRoute, who: Who, **named: str) -> bool:
    """Whether somebody gets past the gate; what is then wrong with their body does not matter here."""
    path = route.path.format(case_id=CASE, customer_id="K1", version="charter", name="unknown", **{**OTHERS, **named})
    method = ",".join(route.methods or ())
    headers = {**who, "Idempotency-Key": "matrix"}
    # A stream would go on for an hour.
    query = {"seconds": "0"} if route.name == "follow_changes" else {}
    body: dict[str, str] | None = {} if route.body_field else None
    answered = await api.http.request(method, path, params=query, headers=headers, json=body)
    assert answered.status_code < 500, answered.text
    if answered.status_code in (401, 403):
        if route.name.startswith((AT_THE_DESK, BEHIND_A_LINK)):
            assert "<h1>" in answered.text
        else:
            assert answered.json()["code"] in ("unauthenticated", "not_allowed")
        return False
    return True


WALLED = [route for route in GUARDED if route.name not in PUBLIC]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
async def test_people_are_let_in_where_they_belong(api: Api, role: str, own: bool) -> None:
    team = {"agent": "online", "lead": "management"}.get(role, "online") if own else "phone"
    api.service.view = view_of(team)
    who = await api.person(ROLES[role])
    found = {route.name: await let_in(api, route, who) for route in WALLED}
    assert found == {route.name: may(route.name, role, own=own) for route in WALLED}


@pytest.mark.parametrize("scope", Scope)
async def test_systems_are_let_in_where_their_key_is_for(api: Api, scope: Scope) -> None:
    who = await api.system(scope)
    found = {route.name: await let_in(api, route, who) for route in WALLED}
    assert found == {route.name: scope_of(route.name) is scope for route in WALLED}


async def test_nobody_is_let_in_who_is_not_known(api: Api) -> None:
    assert [route.name for route in WALLED if await let_in(api, route, NOBODY)] == []


@pytest.mark.parametrize("route", WALLED, ids=lambda route: route.name)
async def test_customers_come_in_to_their_own_page_and_nowhere_else(route: GuardedRoute) -> None:
    behind_a_link = route.name.startswith(BEHIND_A_LINK)
    assert behind_a_link == ("{link}" in route.path) == (route.rule.roles == {Role.CUSTOMER})
    assert behind_a_link == (Role.CUSTOMER in route.rule.roles)


async def test_good_link_opens_every_route_of_the_page(api: Api) -> None:
    api.service.view = view_of()
    assert api.gate.links
    link = api.gate.links.to(CASE, wall_clock() + HOUR).token
    theirs = [route for route in WALLED if route.name.startswith(BEHIND_A_LINK)]
    assert [route.name for route in theirs if not await let_in(api, route, NOBODY, link=link)] == []
