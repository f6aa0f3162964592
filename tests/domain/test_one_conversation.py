"""A complaint with a linked case is one conversation: the customer hears of both, and nothing twice."""

from __future__ import annotations

from domain import correspondence, supervision
from domain import requests as r
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.deeds import TellCase
from domain.linked.messages import LinkedCaseMoved, LinkedCaseReplied, ParentMoved
from domain.shop.parcels import ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import AGENT, CUSTOMER, SUPERVISOR, changed
from tests.domain.linked import BACK, together
from tests.domain.returns import PACKER, returning

UPDATE, RETURN_UPDATE = TemplateName.STATUS_UPDATE, TemplateName.RETURN_UPDATE


def test_customer_hears_of_both_in_one_update_and_never_twice() -> None:
    both = together()
    both.open()
    both.wait(DAY)
    assert both.told(RETURN_UPDATE) == []
    assert both.told(UPDATE).count("C1") >= 5
    assert both.longest_silence <= 4 * HOUR
    both.complaint.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="asked for")
    [update] = both.complaint.messages
    number = both.back.case.state.case_id
    assert update.words["linked"] == ({"number": number, "kind": "return", "stage": "awaiting_parcel"},)


def test_message_of_the_return_restarts_the_clock_of_the_complaint() -> None:
    both = together()
    both.open()
    both.wait(3 * HOUR)
    both.back.scanned(ParcelStatus.PICKED_UP)
    both.go_on()
    said = both.heard[-1]
    assert said[1:] == (both.back.case.state.case_id, TemplateName.RETURN_PROGRESS)
    before = len(both.told(UPDATE))
    both.wait(3 * HOUR + 45 * MINUTE)
    assert len(both.told(UPDATE)) == before
    both.wait(10 * MINUTE)
    assert len(both.told(UPDATE)) == before + 1
    assert both.longest_silence <= 4 * HOUR


def test_message_of_the_return_says_when_the_complaint_is_heard_of_next() -> None:
    both = together()
    both.open()
    words = both.back.case.words(both.now)
    assert words["next_update_by"] == both.now + 4 * HOUR


def test_return_is_not_acknowledged_a_second_time() -> None:
    both = together()
    wish = BACK.model_copy(update={"items": (BACK.items[0].model_copy(update={"reason": "defective"}),)})
    both.shop.order = both.shop.order.model_copy(update={"customer_id": "K000009"})
    both.open(wish)
    assert both.back.case.status == "verifying"
    assert both.told(TemplateName.RETURN_RECEIVED) == []
    alone = returning(order=both.shop.order)
    assert TemplateName.RETURN_RECEIVED in [message.template for message in alone.messages]


def test_return_informs_the_customer_while_a_solution_lies_with_them() -> None:
    both = together()
    both.open()
    both.back.scanned(ParcelStatus.PICKED_UP)
    both.go_on()
    both.settles()
    assert "informs_itself" in both.back.story
    both.wait(12 * HOUR)
    assert set(both.told(RETURN_UPDATE)) == {both.back.case.state.case_id}
    assert both.longest_silence <= 4 * HOUR
    assert both.told(UPDATE) == []
    both.complaint.reject()
    both.go_on()
    assert "complaint_informs" in both.back.story
    before = len(both.told(RETURN_UPDATE))
    both.wait(12 * HOUR)
    assert len(both.told(RETURN_UPDATE)) == before
    assert both.longest_silence <= 4 * HOUR


def test_agents_words_in_the_complaint_restart_the_clock_of_a_return_that_informs_by_itself() -> None:
    both = together()
    both.open()
    both.back.scanned(ParcelStatus.PICKED_UP)
    both.go_on()
    both.settles()
    both.wait(3 * HOUR)
    both.complaint.ask(supervision.send_update_now, r.SendUpdateNow, SUPERVISOR, reason="asked for")
    both.go_on()
    both.wait(3 * HOUR + 45 * MINUTE)
    assert both.told(RETURN_UPDATE) == []
    both.wait(10 * MINUTE)
    assert len(both.told(RETURN_UPDATE)) == 1


def test_time_since_the_return_wrote_counts_where_the_top_tier_goes_on_without_a_word() -> None:
    both = together()
    both.open()
    both.back.scanned(ParcelStatus.PICKED_UP)
    both.go_on()
    both.complaint.case.state.tier = 3
    both.settles()
    both.wait(7 * HOUR)
    waited = both.now - both.heard[-1][0]
    assert waited > 3 * HOUR
    both.complaint.reject()
    both.go_on()
    assert both.complaint.clock(ClockKind.STATUS_UPDATE).consumed == waited
    both.wait(12 * HOUR)
    assert both.longest_silence <= 4 * HOUR


def test_silence_that_was_nobodys_promise_does_not_count() -> None:
    both = together()
    both.open()
    both.complaint.case.state.tier = 3
    both.settles()
    both.wait(9 * HOUR)
    assert both.told(RETURN_UPDATE) == [], "the customer has the goods"
    both.complaint.reject()
    both.go_on()
    assert both.complaint.clock(ClockKind.STATUS_UPDATE).consumed == 0


def test_return_goes_on_by_itself_when_the_complaint_is_over_and_is_led_again_when_it_is_reopened() -> None:
    both = together()
    both.open()
    both.back.scanned(ParcelStatus.PICKED_UP)
    both.go_on()
    both.complaint.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    both.go_on()
    parent = both.back.case.state.parent
    assert parent
    assert (parent.over, parent.informs) == (True, False)
    both.wait(8 * HOUR)
    assert len(both.told(RETURN_UPDATE)) == 2
    assert both.longest_silence <= 4 * HOUR
    signals = both.signals
    both.back.scanned(ParcelStatus.DELIVERED)
    both.go_on()
    assert both.signals == signals, "a complaint that is over is told nothing"
    both.complaint.ask(decisions.reopen, c.Reopen, CUSTOMER, reason="not well after all")
    both.go_on()
    assert both.complaint.case.linked_open[0].status == "inspecting"
    assert both.back.case.led


def test_complaint_that_is_gone_without_a_word_leaves_the_return_to_itself() -> None:
    both = together()
    both.open()
    both.gone.add("C1")
    both.back.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Where is it?")
    both.go_on()
    assert not both.back.case.led
    assert both.back.task("answer_customer").brief["text"] == "Where is it?"


def test_reply_that_finds_neither_complaint_nor_return_open_is_dropped_there() -> None:
    both = together()
    both.open()
    reply = LinkedCaseReplied(case_id=both.back.case.state.case_id, event_id="e1", text="x")
    deed = TellCase(key="k", target="C1", signal="linked_case_replied", news=reply)
    both.back.withdraw()
    assert both.back.case.over
    tasks = len(both.back.case.state.tasks)
    both.back.case.not_told(deed, both.now)
    assert len(both.back.case.state.tasks) == tasks


def test_what_the_customer_writes_to_the_return_reaches_whoever_has_the_complaint() -> None:
    both = together()
    both.open()
    both.complaint.deeds.clear()
    both.back.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Where is it?")
    notices = [deed for deed in both.back.notices if "answers" in deed.about]
    assert notices == [], "nobody works on the return just now"
    [deed] = [deed for deed in both.back.deeds if isinstance(deed, TellCase)]
    assert isinstance(deed.news, LinkedCaseReplied)
    both.complaint.case.linked_replied(deed.news, both.now)
    both.complaint.case.linked_replied(deed.news, both.now)
    both.complaint.attend()
    assert both.complaint.told(AGENT.id) == ["the customer wrote"]
    assert both.complaint.story.count("customer_replied") == 1
    assert not both.back.case.active_tasks("answer_customer")


def test_those_who_work_on_the_return_are_told_who_answers() -> None:
    both = together()
    both.open()
    both.back.comes_back()
    both.complaint.now = both.back.now
    both.go_on()
    both.back.claim(PACKER, "inspect_goods")
    both.back.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="Is it there?")
    assert [notice.about for notice in both.back.notices if notice.notice == "answer"] == [
        "the customer wrote; complaint C1 answers"
    ]


def test_reply_that_comes_too_late_raises_an_alarm() -> None:
    both = together()
    both.open()
    both.complaint.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    number = both.back.case.state.case_id
    case = both.complaint.case
    case.linked_replied(LinkedCaseReplied(case_id=number, event_id="late", text="x"), both.now)
    case.linked_replied(LinkedCaseReplied(case_id="R-unknown", event_id="other", text="x"), both.now)
    both.complaint.attend()
    assert any("was over by then" in notice.about for notice in both.complaint.notices)


def test_fixed_cadence_keeps_its_grid_whatever_linked_cases_say() -> None:
    both = together(changed("fixed", status_update={"cadence": "fixed"}))
    both.open()
    both.wait(3 * HOUR)
    clock = both.complaint.clock(ClockKind.STATUS_UPDATE).id
    number = both.back.case.state.case_id
    news = LinkedCaseMoved(case_id=number, number=90, status="in_transit", heard_at=both.now)
    both.complaint.case.linked_moved(news, both.now)
    assert both.complaint.clock(ClockKind.STATUS_UPDATE).id == clock


def test_word_that_comes_again_in_other_numbers_changes_nothing() -> None:
    both = together()
    both.open()
    case = both.back.case
    before = both.back.story
    case.parent_moved(ParentMoved(case_id="C1", number=5, informs=True), both.now)
    assert both.back.story == before
    case.parent_moved(ParentMoved(case_id="C1", number=6, informs=False), both.now)
    clock = both.back.clock(ClockKind.STATUS_UPDATE).id
    case.parent_moved(ParentMoved(case_id="C1", number=7, informs=False), both.now)
    assert both.back.clock(ClockKind.STATUS_UPDATE).id == clock
    case.not_told(
        TellCase(key="k", target="C1", signal="s", news=ParentMoved(case_id="C1", number=1, informs=False)), 0
    )
    assert both.back.story.count("informs_itself") == 1
