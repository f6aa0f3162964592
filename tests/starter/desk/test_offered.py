"""What the page of a case offers in each status: nothing that the case itself would refuse there."""

from __future__ import annotations

import re

import pytest

from domain.complaint.machine import ComplaintStatus
from domain.complaint.show import shown_facts
from domain.messages import CaseView
from domain.people import Actor, Language
from domain.sla.rules import ClockKind
from domain.views import view_case
from starter.access.principals import Principal
from starter.desk.forms import fields_for, form_for
from starter.desk.offered import of_case
from tests.domain.cases import AGENT, SUPERVISOR, Running, charter, opened
from tests.starter.api.calling import SUPERVISOR as CHIEF
from tests.starter.api.calling import Api
from tests.starter.desk.test_pages import PAGE, post


def shown(case: Running) -> CaseView:
    return view_case(case.case, "complaint", case.case.possible, shown_facts(case.case), case.now)


def in_status(status: ComplaintStatus) -> CaseView:
    case = opened()
    case.claim()
    case.case.state.status = status
    return shown(case)


def who(actor: Actor) -> Principal:
    return Principal(actor.id, actor.role, actor.teams)


def reply_fields(view: CaseView) -> set[str]:
    form = form_for("reply", view, charter(), Language.EN)
    assert form
    return {field.name for field in form.fields}


@pytest.mark.parametrize("status", ComplaintStatus)
@pytest.mark.parametrize("actor", [AGENT, SUPERVISOR])
def test_no_status_offers_what_is_refused_in_it(status: ComplaintStatus, actor: Actor) -> None:
    view = in_status(status)
    offered = set(of_case(view, who(actor)))
    assert offered.isdisjoint(view.refused)
    assert "await_answer" not in reply_fields(view) or "await_answer" not in view.refused


@pytest.mark.parametrize("status", [ComplaintStatus.SUMMARISING, ComplaintStatus.FOLLOWING_UP])
def test_accepted_solution_leaves_nothing_to_reply_to_or_to_promise(status: ComplaintStatus) -> None:
    offered = set(of_case(in_status(status), who(SUPERVISOR)))
    assert offered.isdisjoint({"reply", "make_promise", "send_update_now", "force_tier", "escalate"})
    assert {"add_note", "customer_reply", "close_case", "reopen"} <= offered


def test_question_is_offered_while_somebody_works_and_not_once_a_solution_is_offered() -> None:
    assert "await_answer" in reply_fields(in_status(ComplaintStatus.IN_PROGRESS))
    offered = in_status(ComplaintStatus.SOLUTION_OFFERED)
    assert "reply" in of_case(offered, who(AGENT))
    assert "await_answer" not in reply_fields(offered)
    # A page that was drawn before is refused, and not sent without the wait that it asked for.
    assert "await_answer" in {field.name for field in fields_for("reply", offered, None)}


def test_clock_that_the_status_pauses_cannot_be_chosen_to_run_on() -> None:
    case = opened()
    case.claim()
    assert form_for("resume_clock", shown(case), charter(), Language.EN) is None
    case.reply(await_answer=True)
    assert form_for("resume_clock", shown(case), charter(), Language.EN) is None
    case.case.clock(case.clock(ClockKind.TIER).id).held = True
    form = form_for("resume_clock", shown(case), charter(), Language.EN)
    assert form
    assert form.choices["clock"] == (("tier:1", "tier:1"),)


def test_case_is_put_only_into_another_tier_that_there_is_and_each_says_how_long_it_has_there() -> None:
    form = form_for("force_tier", in_status(ComplaintStatus.IN_PROGRESS), charter(), Language.EN)
    assert form
    assert form.choices["tier"] == (("2", "tier 2 · 1 d"), ("3", "tier 3 · 2 d"))


async def test_page_draws_no_form_for_what_the_case_refuses(api: Api) -> None:
    api.service.view = in_status(ComplaintStatus.SOLUTION_OFFERED).model_copy(update={"policy": "charter@000000000000"})
    page = (await api.get(PAGE, await api.person(CHIEF))).text
    forms = set(re.findall(r'<form[^>]* id="([a-z_]+)"', page))
    assert {"reply", "answer_solution", "close_case"} <= forms
    assert forms.isdisjoint({"escalate", "force_tier", "ask_departments"})
    assert 'id="reply-await_answer"' not in page


async def test_question_of_a_page_drawn_before_reaches_the_case_which_refuses_it(api: Api) -> None:
    api.service.view = in_status(ComplaintStatus.SOLUTION_OFFERED).model_copy(update={"policy": "charter@000000000000"})
    await post(api, f"{PAGE}/reply", await api.person(CHIEF), text="Which one?", await_answer="true")
    [(_, verb, request)] = api.service.asked
    assert verb == "reply"
    assert request.model_dump()["await_answer"] is True
