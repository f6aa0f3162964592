"""What counts as a first response, and what follows when there was none in time."""

from __future__ import annotations

from domain import correspondence
from domain import requests as r
from domain.deeds import DeliveryState, GrantCompensation, NoticeKind
from domain.people import Channel
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE, SECOND
from tests.domain.cases import AGENT, changed, opened
from tests.domain.steps import BREACH

FIRST = ClockKind.FIRST_RESPONSE
FAILED = DeliveryState.FAILED


def test_only_a_delivered_message_of_a_person_is_a_first_response() -> None:
    case = opened()
    case.deliver()
    case.claim()
    case.ask(correspondence.add_note, r.AddNote, AGENT, text="called the warehouse")
    case.reply()
    assert case.clock(FIRST).state is ClockState.RUNNING
    case.deliver(FAILED)
    assert case.clock(FIRST).state is ClockState.RUNNING
    case.reply()
    case.deliver()
    assert case.clock(FIRST).state is ClockState.MET
    assert case.clock(FIRST).why[-1].cause == "online-01's message was delivered"


def test_call_is_answered_at_once_and_an_email_by_the_policy() -> None:
    assert opened(channel=Channel.PHONE).clock(FIRST).state is ClockState.MET
    assert opened(channel=Channel.PHONE, vip=True).clock(FIRST).state is ClockState.MET
    assert opened(channel=Channel.EMAIL).clock(FIRST).budget == 2 * HOUR
    assert opened(channel=Channel.EMAIL, vip=True).clock(FIRST).budget == 15 * SECOND


def test_missed_first_response_is_breached_and_compensated_once_and_the_customer_told() -> None:
    case = opened(channel=Channel.CHAT)
    case.wait(MINUTE)
    granted = [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]
    assert [(grant.key, str(grant.amount)) for grant in granted] == [("C1:first_response:1", "20.00 CNY")]
    assert [message.words["compensation"] for message in case.messages[1:]] == ["20.00 CNY"]
    case.case.grant(granted[0].amount, granted[0].key, "again", case.now, tell=True)
    assert not case.case.state.deeds


def test_breach_step_after_the_breach_does_nothing() -> None:
    steps = [BREACH, {"do": "breach", "at": 2}]
    case = opened(changed("twice", first_response={"steps": steps, "guarantee": None}), channel=Channel.CHAT)
    case.wait(5 * MINUTE)
    assert list(case.clock(FIRST).fired) == ["breach@1", "breach@2"]
    assert case.story.count("breached") == 1
    assert [notice.key for notice in case.notices if notice.notice is NoticeKind.BREACH] == [
        "C1:first_response:1:breach"
    ]
