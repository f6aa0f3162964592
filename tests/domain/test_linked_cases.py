"""A complaint and a case that comes out of it: opened, refused, ended, gone, forgotten."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain import requests as r
from domain import supervision
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.show import details, shown_facts
from domain.deeds import StartCase, TellCase
from domain.linked.messages import LinkedCaseMoved, ParentMoved
from domain.numbers import change_number, complaint_number, delivery_number, return_number
from domain.returns.show import shown_facts as shown_of_return
from domain.shop.changes import AddItem, OrderDelta
from domain.sla.spans import DAY, HOUR
from domain.templates import TemplateName
from tests.domain.cases import AGENT, COLLEAGUE, CUSTOMER, EXPERT, SUPERVISOR, changed
from tests.domain.linked import BACK, refuses, together
from tests.domain.returns import returning

DEARER = OrderDelta(lines=(AddItem(variant_id="cup", quantity=1),))


def test_return_comes_out_of_a_complaint_and_both_know_of_each_other() -> None:
    both = together()
    both.open()
    [linked] = both.complaint.case.state.linked_cases
    state = both.back.case.state
    assert (linked.case_id, linked.case_type, linked.opened) == (state.case_id, "return", True)
    assert (state.source, state.reference, state.order_id) == ("complaint", "C1:linked:1", "o1")
    assert state.parent
    assert (state.parent.case_id, state.linked, state.hands) == ("C1", ["C1"], [AGENT.id])
    assert state.policy == both.complaint.case.state.policy
    assert linked.status == both.back.case.status == "awaiting_parcel"
    assert shown_facts(both.complaint.case)["linked_cases"] == f"{linked.case_id} return: awaiting parcel"
    assert f"linked {linked.case_id} return" in details(both.complaint.case, both.now)
    assert shown_of_return(both.back.case)["complaint"] == "C1"


def test_complaint_without_linked_cases_decides_nothing_about_them() -> None:
    both = together()
    both.wait(9 * HOUR)
    assert not any(isinstance(deed, (StartCase, TellCase)) for deed in both.complaint.deeds)
    assert (both.signals, shown_facts(both.complaint.case)["linked_cases"]) == (0, None)


def test_return_that_is_done_is_told_to_the_owner_and_the_complaint_goes_on() -> None:
    both = together()
    both.open()
    both.back.comes_back()
    both.complaint.now = both.back.now
    both.go_on()
    both.back.inspect()
    both.go_on()
    both.back.rate()
    both.go_on()
    [linked] = both.complaint.case.state.linked_cases
    assert (linked.over, linked.status, linked.outcome) == (True, "closed", "refunded")
    assert both.complaint.case.linked_open == []
    ended = [notice for notice in both.notices if notice.about == f"linked case {linked.case_id} has ended: refunded"]
    assert [notice.recipients for notice in ended] == [("team:specialists",)]
    both.complaint.solve(EXPERT)
    assert both.complaint.case.status == "solution_offered"


def test_order_change_that_lapses_is_told_too() -> None:
    both = together(change=True)
    both.open(DEARER)
    assert both.changed.case.status == "awaiting_answer"
    both.wait(9 * DAY)
    [linked] = both.complaint.case.state.linked_cases
    assert (linked.over, linked.outcome) == (True, "lapsed")
    assert both.told(TemplateName.CHANGE_UPDATE) == []


def test_nobody_is_told_of_the_end_twice_and_the_queue_is_told_where_nobody_has_the_case() -> None:
    both = together(change=True)
    both.open(DEARER)
    both.complaint.deeds.clear()
    case = both.complaint.case
    case.task("T1").owner = None
    number = both.changed.case.state.case_id
    news = LinkedCaseMoved(case_id=number, number=90, status="refused", over=True, outcome="refused")
    case.linked_moved(news, both.now)
    case.linked_moved(news.model_copy(update={"number": 91, "heard_at": both.now}), both.now)
    both.complaint.attend()
    told = [notice for notice in both.complaint.notices if "has ended" in notice.about]
    assert [notice.recipients for notice in told] == [("team:online",)]
    assert both.complaint.story.count("linked_case_moved") == 2, "its start, and its end"


def test_solution_waits_for_linked_cases_unless_the_agent_says_otherwise() -> None:
    both = together()
    both.open()
    with both.complaint.refused("linked_case_open") as why:
        both.complaint.solve()
    assert why["linked"] == [both.back.case.state.case_id]
    assert why["field"] == "form.leave_linked"
    both.settles()
    assert both.complaint.case.status == "solution_offered"


def test_linked_case_that_is_gone_is_told_to_the_owner_once() -> None:
    both = together()
    both.open()
    both.gone.add(both.back.case.state.case_id)
    both.settles()
    assert both.complaint.case.linked_open == []
    assert both.complaint.story.count("linked_case_gone") == 1
    deed = TellCase(
        key="k",
        target="C1",
        signal="parent_moved",
        news=ParentMoved(case_id="C1", number=9, informs=True),
    )
    both.complaint.case.not_told(deed, both.now)
    assert both.complaint.story.count("linked_case_gone") == 1


def test_opening_is_refused_with_its_reason() -> None:
    assert refuses(together(order=None), "invalid_input").details["field"] == "order_id"
    refuses(together(), "not_allowed", actor=COLLEAGUE)
    over = together()
    over.complaint.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    refuses(over, "wrong_status", actor=SUPERVISOR)
    few = together(changed("few", complaint={"linked_at_most": 1}))
    few.open()
    assert refuses(few, "limit_exceeded").details["linked"] == [few.back.case.state.case_id]
    merging = together()
    merge = {"target": "C2", "target_customer": CUSTOMER.id, "target_order": "o1", "reason": "the same"}
    merging.complaint.ask(decisions.merge, c.Merge, AGENT, **merge)
    refuses(merging, "merge_refused")


def test_complaint_with_a_linked_case_is_not_merged_away() -> None:
    both = together()
    both.open()
    with both.complaint.refused("linked_case_open"):
        merge = {"target": "C2", "target_customer": CUSTOMER.id, "target_order": "o1", "reason": "the same"}
        both.complaint.ask(decisions.merge, c.Merge, AGENT, **merge)


def test_other_order_may_be_named() -> None:
    both = together(order=None)
    both.open(order_id="o1")
    assert both.back.case.state.order_id == "o1"


def test_wish_that_is_neither_is_refused_with_the_field() -> None:
    with pytest.raises(ValidationError, match=r"wanted\.return\.items"):
        c.OpenLinkedCase.model_validate({"request_id": "r1", "actor": AGENT, "wanted": {"kind": "refund"}})
    with pytest.raises(ValidationError, match=r"wanted\.order_change\.colour"):
        c.OpenLinkedCase.model_validate({"request_id": "r1", "actor": AGENT, "wanted": {"colour": "red"}})
    with pytest.raises(ValidationError, match=r"wanted\.order_change"):
        c.OpenLinkedCase.model_validate({"request_id": "r1", "actor": AGENT, "wanted": 7})
    with pytest.raises(ValidationError, match="order_id"):
        c.OpenLinkedCase.model_validate({"request_id": "r1", "actor": AGENT, "wanted": BACK, "order_id": ""})


def test_case_that_could_not_be_opened_is_told_to_whoever_asked() -> None:
    both = together()
    both.complaint.ask(decisions.open_linked_case, c.OpenLinkedCase, AGENT, wanted=BACK)
    [deed] = [deed for deed in both.complaint.deeds if isinstance(deed, StartCase)]
    both.complaint.case.linked_not_started(deed, "its reference was used before", both.now)
    both.complaint.attend()
    assert both.complaint.case.linked_open == []
    assert any("was not opened" in about for about in both.complaint.told(AGENT.id))


def test_signals_of_strangers_change_nothing() -> None:
    both = together()
    both.open()
    before = both.complaint.case.state.model_dump_json(), both.back.case.state.model_dump_json()
    both.complaint.case.linked_moved(LinkedCaseMoved(case_id="R-unknown", number=1, status="closed"), both.now)
    both.back.case.parent_moved(ParentMoved(case_id="C9", number=9, informs=False), both.now)
    assert (both.complaint.case.state.model_dump_json(), both.back.case.state.model_dump_json()) == before
    alone = returning()
    alone.case.parent_moved(ParentMoved(case_id="C9", number=9, informs=False), alone.now)
    assert alone.case.state.parent is None


def test_oldest_linked_cases_are_forgotten() -> None:
    both = together()
    for number in range(60):
        both.complaint.ask(decisions.open_linked_case, c.OpenLinkedCase, AGENT, wanted=BACK)
        linked = both.complaint.case.state.linked_cases[-1]
        news = LinkedCaseMoved(case_id=linked.case_id, number=1, status="closed", over=True, outcome=str(number))
        both.complaint.case.linked_moved(news, both.now)
    assert [linked.outcome for linked in both.complaint.case.state.linked_cases] == [str(n) for n in range(10, 60)]


def test_numbers_of_one_reference_differ_by_their_type_alone() -> None:
    made = [number("shop", "1") for number in (complaint_number, change_number, return_number, delivery_number)]
    assert [one[0] for one in made] == ["C", "M", "R", "D"]
    assert len({one[1:] for one in made}) == 1
