"""Acting on one case or many from the board: a page that says what would be asked of which, then what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from domain.errors import CaseError, InvalidInputError, NotAllowedError, NotEligibleError
from domain.policy import Policy
from readmodel.rows import CaseRow
from starter.access.principals import Principal
from starter.api.bodies import content_of
from starter.api.house import Asking, House, OurHouse, require_number
from starter.api.problems import wrong_fields
from starter.api.statuses import status_of
from starter.desk.board.many import MANY, MOST, Round, Target, may_ask, targets_of
from starter.desk.board.outlook import CHOSEN_BY, Prospect, outlook
from starter.desk.board.sieve import Sieve, sieve_of
from starter.desk.colleagues import by_team, named_in
from starter.desk.fields import Field, Filled, Kind, fields_of, read
from starter.desk.forms import Form, Options, body_model
from starter.desk.pages import Reader, Refusal, page, reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names
from starter.desk.times import local
from starter.published import Version, versions
from starter.refusals import UnavailableError
from starter.verbs import VERBS

router = APIRouter(prefix="/desk/board/act", route_class=DeskRoute, include_in_schema=False)

ON = "on."
"""In a form, before the number of each case that is meant; the value is its clock or task."""


UNSURE = "promises would break at once: say that they may"


@router.get("", name="desk_board_act")
async def asking(request: Request, house: OurHouse, principal: Asking) -> Response:
    """What would be asked of which cases, with the form for it; nothing is done yet."""
    asked = request.query_params
    verb = _verb(asked.get("verb", ""), principal)
    case_ids = asked.getlist("shown" if asked.get("which") == "all" else "case")
    chosen = [*dict.fromkeys(case_ids)]
    if not 0 < len(chosen) <= MOST:
        sieve = sieve_of(asked, (await house.gate.staff.policy()).teams)
        return see_other(_back(sieve, verb, asked.get("after"), chosen))
    return await _form_page(request, house, verb, chosen)


def _back(sieve: Sieve, verb: str, after: str | None, chosen: Sequence[str]) -> str:
    """The same page of the board, with every tick that was there, and what is wrong with how many there are."""
    said: dict[str, str | Sequence[str]] = {**sieve.but(), "verb": verb, "many" if chosen else "none": "1"}
    place = {"after": after} if after else {}
    return f"/desk/board?{urlencode({**said, **place, 'case': chosen}, doseq=True)}"


@router.post("", name="desk_board_done")
async def act(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Ask it of all of them, and say what became of each."""
    filled = await posted(request)
    verb = _verb(filled.get("verb", ""), principal)
    targets = {name.removeprefix(ON): on for name, on in filled.items() if name.startswith(ON)}
    if "look" in filled:
        return await _form_page(request, house, verb, [*targets], filled)
    try:
        content = await _content(house, verb, filled, targets)
    except CaseError as error:
        return await _form_page(request, house, verb, [*targets], filled, error)
    reader, rows = await reader_of(request), await _rows(house, [*targets])
    foreseen = await outlook(house, verb, _chosen(verb, filled), rows, reader.now)
    if _breaking(foreseen) and filled.get("sure") != "true":
        return await _form_page(request, house, verb, [*targets], filled, InvalidInputError(UNSURE, field="sure"))
    request_id = filled.get("request_id") or uuid.uuid4().hex
    content |= {"request_id": request_id, "actor": principal.actor}
    outcomes = await Round(house, verb, content).ask_each(targets)
    return page(
        reader,
        "board_done.html",
        here="/desk/board",
        place=place_of(verb, targets),
        verb=verb,
        subjects={row.case_id: row.subject for row in rows},
        foreseen=foreseen,
        breaking=_breaking({one: said for one, said in foreseen.items() if outcomes.get(one) is None}),
        done=[case_id for case_id, error in outcomes.items() if error is None],
        refused={case_id: _refusal(error, filled, reader) for case_id, error in outcomes.items() if error},
        again=_again(filled, outcomes),
    )


def place_of(verb: str, case_ids: Iterable[str]) -> str:
    """By what a browser knows the form: words for some cases are not put into a form for others."""
    return " ".join(("board", verb, *sorted(case_ids)))


def _refusal(error: CaseError, filled: Filled, reader: Reader) -> Refusal:
    """Why a case refused, as whoever asked for somebody else reads it."""
    found = refusal_of(error, reader.texts)
    if isinstance(error, NotEligibleError) and "to" in filled:
        return replace(found, title=reader.texts.say("board.cannot_take", who=filled["to"]))
    return found


def _chosen(verb: str, filled: Filled) -> list[str]:
    """The priority or policy that was chosen, of verbs that take one."""
    choice = filled.get(CHOSEN_BY.get(verb, ""), "")
    return [choice] if choice else []


def _breaking(foreseen: dict[str, list[Prospect]]) -> int:
    """In how many cases something would break at once."""
    return sum(any(one.broken for one in said) for said in foreseen.values())


def _verb(asked: str, principal: Principal) -> str:
    if asked not in MANY:
        raise InvalidInputError(f"verb: expected one of {', '.join(MANY)}", field="verb", expected=[*MANY])
    if not may_ask(principal, asked):
        raise NotAllowedError(f"the role {principal.role.value} may not do this", field="verb")
    return asked


def _again(filled: Filled, outcomes: dict[str, CaseError | None]) -> dict[str, str]:
    """The form once more for the cases that did not answer, under its old name: what was done is not done twice."""
    unknown = {ON + case_id for case_id, error in outcomes.items() if isinstance(error, UnavailableError)}
    kept = {name: value for name, value in filled.items() if name in unknown or not name.startswith(ON)}
    return kept if unknown else {}


async def _content(house: House, verb: str, filled: Filled, targets: dict[str, str]) -> dict[str, object]:
    """What is asked of every case, checked before the first of them is asked.

    Raises:
        InvalidInputError: no case, too many, or a field is not what was expected.
        CaseNotFoundError: a number that is none.
    """
    _check_number_of(len(targets))
    for case_id in targets:
        require_number(case_id)
    about = MANY[verb]
    said = read(_fields(verb), filled) | ({about: next(iter(targets.values()))} if about else {})
    try:
        body = body_model(verb).model_validate(said)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found]) from None
    return await content_of(body, VERBS[verb], house.gate.staff)


def _check_number_of(cases: int) -> None:
    if not 0 < cases <= MOST:
        raise InvalidInputError(f"expected 1 to {MOST} cases, got {cases}", field="case")


async def _form_page(
    request: Request,
    house: House,
    verb: str,
    case_ids: list[str],
    filled: Filled | None = None,
    error: CaseError | None = None,
) -> Response:
    reader, policy = await reader_of(request), await house.gate.staff.policy()
    if error is None:
        _check_number_of(len(case_ids))
    rows = await _rows(house, case_ids)
    targets = await targets_of(house.board.rows, verb, rows)
    choices = await _choices(house, verb, policy, reader, targets)
    fields = tuple(replace(one, kind=Kind.CHOICE) if one.name in choices else one for one in _fields(verb))
    refusal = refusal_of(error, reader.texts) if error else None
    form = Form(verb, None, fields, uuid.uuid4().hex, filled or {}, choices, sent=filled is not None, refusal=refusal)
    # Before anybody has chosen a priority, each of the few there are is looked at.
    chosen = _chosen(verb, filled or {}) or [one for one, _ in choices.get("priority", ())]
    foreseen = await outlook(house, verb, chosen, rows, reader.now)
    return page(
        reader,
        "board_act.html",
        status_of(error) if error else 200,
        here="/desk/board",
        place=place_of(verb, (target.case.case_id for target in targets if target.on is not None)),
        # Where the same form is drawn anew, in another language, also after it was sent and refused.
        onward=f"/desk/board/act?{urlencode({'verb': verb, 'case': case_ids}, doseq=True)}",
        form=form,
        asked=[target for target in targets if target.on is not None],
        left_out=[target for target in targets if target.on is None],
        team_names=team_names(policy, reader.texts.language),
        foreseen=foreseen,
        breaking=_breaking(foreseen),
        looks_first=CHOSEN_BY.get(verb) == "policy",
        people=await by_team(house, reader, policy, named_in([form])),
        refusal=refusal,
    )


async def _rows(house: House, case_ids: list[str]) -> list[CaseRow]:
    """The cases of these numbers that there are."""
    return await house.board.rows.cases(case_ids[:MOST])


def _fields(verb: str) -> tuple[Field, ...]:
    return fields_of(body_model(verb).model_json_schema(), without=("task_id", "clock"))


async def _choices(house: House, verb: str, policy: Policy, reader: Reader, targets: Iterable[Target]) -> Options:
    if verb == "reassign":
        asked = [team for target in targets if (team := policy.teams.get(target.team or ""))]
        return {"to": tuple((one, one) for one in sorted({one for team in asked for one in team.present}))}
    if verb == "forward_task":
        return {"team": tuple((team, said.name[reader.texts.language]) for team, said in policy.teams.items())}
    if verb == "change_priority":
        return {"priority": tuple((one, reader.texts.name("priority", one)) for one in policy.complaint.priorities)}
    if verb == "force_tier":
        return {"tier": tuple((str(one), reader.texts.say("case.tier", tier=one)) for one in policy.complaint.tiers)}
    if verb == "adopt_policy":
        known = await versions(house.doors.store.policies)
        # Of a version that was put into force again, the last time counts.
        newest = {one.version: _version(one, reader) for one in reversed(known)}
        return {"policy": tuple(reversed(newest.items()))}
    return {}


def _version(one: Version, reader: Reader) -> str:
    at = local(one.published_at, reader.now, reader.zone)
    return reader.texts.say("board.in_force" if one.latest else "board.version", version=one.version, at=at)
