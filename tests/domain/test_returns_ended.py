"""How a return ends and is shown: confirmed, withdrawn, closed, reminded of, and written down at every stage."""

from __future__ import annotations

from domain.deeds import DeliveryState, NoticeKind
from domain.returns.show import details, face, shown_facts
from domain.returns.state import ReturnState
from domain.sla.spans import DAY, HOUR
from domain.templates import TemplateName
from tests.domain.cases import CUSTOMER, SUPERVISOR
from tests.domain.fields_of_returns import delivered, returning_shop
from tests.domain.returns import ENGINEER, PACKER, here, item, returning


def test_customer_who_is_not_satisfied_is_called_before_the_case_is_closed() -> None:
    running = here()
    running.inspect()
    running.rate(satisfied=False, score=1)
    with running.refused("wrong_status"):
        running.rate()
    assert running.case.status == "confirming"
    running.complete(ENGINEER, "follow_up", what="apologised, and sent a voucher")
    assert running.case.status == "closed"
    assert running.case.state.satisfied is False


def test_supervisor_closes_what_may_be_withdrawn() -> None:
    running = returning()
    running.case.check_close()
    running.case.close_by(SUPERVISOR, "fraud", running.now)
    running.attend()
    assert (running.case.status, running.reason) == ("refused", "closed_by_supervisor")


def test_giving_up_twice_is_giving_up_once() -> None:
    running = returning("exchange", item(variant_id="oven"), slow=True)
    while running.waiting:
        running.answer(running.waiting.pop(0))
        running.attend()
    running.withdraw()
    running.case.refuse("late", running.now)
    assert running.reason == "withdrawn"


def test_how_it_is_shown() -> None:
    running = returning()
    facts = shown_facts(running.case)
    assert facts["goods"] == "1 × kettle"
    assert facts["parcel_is"] == "labelled"
    assert face(running.case)["CaseStatus"] == "awaiting_parcel"
    assert "customer's parcel" in details(running.case, running.now)
    assert running.case.has_news
    assert shown_facts(returning(slow=True).case)["goods"] is None


def test_reminders_go_to_whoever_has_it_or_to_the_supervisors() -> None:
    running = here()
    running.wait(DAY)
    kinds = [notice.notice for notice in running.notices]
    assert kinds.count(NoticeKind.BREACH) == 2, "inspection and refund"
    assert CUSTOMER.id not in str(running.notices)


def test_idle_claim_goes_back_to_its_queue() -> None:
    running = here()
    running.claim(PACKER, "inspect_goods")
    running.wait(HOUR)
    assert running.task("inspect_goods").owner is None


def test_withdrawn_while_a_person_decides_takes_the_task_back() -> None:
    running = returning(shop=returning_shop(delivered(), 8 * DAY))
    running.withdraw()
    assert running.case.status == "withdrawn"
    assert running.task("decide_return").state == "obsolete"


def test_task_to_reach_the_customer_ends_with_the_case() -> None:
    running = here()
    running.inspect()
    running.deliver(DeliveryState.FAILED)
    running.rate()
    assert running.case.status == "closed"
    assert running.task("contact_customer").state == "obsolete"


def test_state_survives_being_written_down_at_every_stage() -> None:
    running = returning("exchange", item(variant_id="oven"))
    stages = [running.agree, running.pay, running.comes_back, running.inspect]
    for go_on in stages:
        state = running.case.state
        assert ReturnState.model_validate_json(state.model_dump_json()) == state
        go_on()
    assert running.case.status == "sending"


def test_letter_about_an_end_says_that_goods_go_home_only_if_some_are_here() -> None:
    withdrawn = returning()
    withdrawn.withdraw()
    assert withdrawn.messages[-1].words["sent_home"] is None
    turned_down = here()
    turned_down.inspect(items=[{"line_id": "o1-1", "other": 1, "accepted": False}], reason="not ours")
    [words] = [one.words for one in turned_down.messages if one.template is TemplateName.RETURN_ENDED]
    assert (turned_down.reason, words["text"], words["sent_home"]) == ("inspection", "not ours", "yes")
