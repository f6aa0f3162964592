"""Links to customers' pages: nobody makes one up, each has its end, and they stand in messages and nowhere else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.links import CaseLinks, Shown
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.page_line import PageLine
from domain.customer_page import CustomerPagePolicy
from domain.errors import InvalidInputError
from domain.people import DeliveryChannel, Language
from domain.sla.spans import DAY, HOUR
from tests.activities.message_samples import DUE, customer_messages, order, policy

CASE = "C7Q2ABCDEFGHIJ"
OLD, NEW = "old-secret-of-24-characters", "new-secret-of-24-characters"


def links(secrets: str = NEW) -> CaseLinks:
    return CaseLinks(SecretStr(secrets), "https://service.example.com/")


def token(address: str) -> str:
    return address.removeprefix("https://service.example.com/my/")


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_link_leads_to_its_case_until_the_end_of_the_hour(until: int) -> None:
    link = links().to(CASE, until)
    assert links().read(token(link.address)) == Shown(CASE, link.until)
    assert 0 <= link.until - until < HOUR


def test_changed_link_is_none() -> None:
    good = token(links().to(CASE, DUE).address)
    changed = [good[:place] + ("b" if good[place] != "b" else "c") + good[place + 1 :] for place in range(len(good))]
    assert [one for one in (*changed, good + "a", good[:-1], "", good.upper(), f" {good}") if links().read(one)] == []


def test_secret_is_replaced_while_links_are_out() -> None:
    good = token(links(OLD).to(CASE, DUE).address)
    assert links(f"{NEW} {OLD}").read(good)
    assert links(NEW).read(good) is None
    assert links(f"{NEW} {OLD}").to(CASE, DUE) == links(NEW).to(CASE, DUE)


@pytest.mark.parametrize("secrets", ["", "  ", "short", f"{NEW} short"])
def test_secret_that_can_be_guessed_is_refused(secrets: str) -> None:
    with pytest.raises(InvalidInputError, match="24 characters"):
        links(secrets)


def test_link_holds_nothing_that_ends_an_address_in_a_mail_and_is_not_printed() -> None:
    link = links().to(CASE, DUE)
    assert re.fullmatch(r"https://service\.example\.com/my/C7Q2ABCDEFGHIJ-[0-9a-f]+-[a-z2-7]{32}", link.address)
    assert link.address not in repr(link)


def with_page(**changed: Any) -> Any:
    given: dict[str, Any] = {
        "link_lasts": 2 * DAY,
        "below_messages": dict.fromkeys(Language, "See {{ page }}, {{ page_until | local_time }}"),
    }
    return policy().model_copy(update={"customer_page": CustomerPagePolicy(**{**given, **changed})})


def test_line_tells_the_end_in_the_customers_language_and_zone() -> None:
    said = PageLine(links()).below(order(language=Language.ZH_CN), with_page(), DUE)
    assert said == f"\n\nSee {links().to('c1', DUE + 2 * DAY).address}, 2026年11月23日 19:00\n"


def test_policy_without_a_line_sends_none() -> None:
    assert PageLine(links()).below(order(), with_page(below_messages={}), DUE) == ""
    assert PageLine(links()).below(order(), with_page(below_messages={Language.EN: " "}), DUE) == ""


def test_line_that_cannot_be_written_stops_no_message_and_tells_no_link() -> None:
    with capture_logs() as events:
        assert PageLine(links()).below(order(), with_page(below_messages={Language.EN: "{{ 1 // 0 }}"}), DUE) == ""
    assert [(one["event"], one["error"]) for one in events] == [("page_line_failed", "ZeroDivisionError")]
    assert "/my/" not in str(events)


@pytest.mark.usefixtures("known_customer")
async def test_customer_gets_the_link_and_the_record_has_none(
    sqlite_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = OutboxMessageAdapter(sqlite_engine)
    messages = customer_messages(sqlite_engine, {DeliveryChannel.EMAIL: outbox}, page_line=PageLine(links()))
    monkeypatch.setattr(messages, "_policies", lambda _: with_page())
    await messages.send(order(), lambda: DUE)
    [letter] = await outbox.newest()
    [kept] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert kept.body
    link = links().to("c1", DUE + 2 * DAY).address
    assert letter.body == f"{kept.body}\n\nSee {link}, 2026-11-23 19:00 (UTC+08:00)\n"
    assert "/my/" not in kept.body
