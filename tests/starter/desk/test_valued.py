"""Facts, lines of the timeline and what stands in the history are said in the reader's words, not in our own names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from domain.delivery.machine import DeliveryTrigger
from domain.delivery.messages import Problem
from domain.order_change.machine import ChangeTrigger
from domain.people import Language
from domain.shop.orders import Fulfilment
from domain.shop.parcels import ParcelStatus
from domain.shop.values import PaymentMethod
from domain.templates import TemplateName
from starter.desk.pages import Reader, phrased
from starter.desk.texts import Texts, catalogue
from starter.desk.valued import clock_name, valued
from tests.repository import modules, parsed

NOON = 1_795_348_800_000
CHINESE = Reader(None, Texts(Language.ZH_CN), NOON, ZoneInfo("Asia/Shanghai"))
ENGLISH = Reader(None, Texts(Language.EN), NOON, ZoneInfo("Asia/Shanghai"))


def noted() -> Iterator[str]:
    for path in modules("domain"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                what = node.args[1] if len(node.args) > 1 else None
                if isinstance(what, ast.Constant):
                    yield str(what.value)


def test_every_line_of_the_timeline_has_its_name() -> None:
    written = {*noted()}
    assert len(written) > 60
    assert sorted(what for what in written if f"entry.{what}" not in catalogue()) == []


@pytest.mark.parametrize(
    "words", [DeliveryTrigger, Problem, ChangeTrigger, Fulfilment, PaymentMethod, ParcelStatus, TemplateName]
)
def test_every_word_of_ours_that_a_fact_may_have_is_said_in_chinese(words: type[StrEnum]) -> None:
    assert [one.value for one in words if re.search("[a-z]", valued(CHINESE, "status", one.value))] == []


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("in_warranty", False, "否", "No"),
        ("wanted", "content, payment method", "商品, 付款方式", "content, payment method"),
        ("steps", "stage_change: done, collect_payment: undone", "准备变更: 已完成, 收款: 已撤销", None),
        ("steps", "stage_change: done", "准备变更: 已完成", "stage change: done"),
        ("kind", "resolve_complaint", "解决投诉", "Resolve the complaint"),
        ("clock", "tier:1", "本级处理时限", "time of the tier"),
        ("reason", "classified as other, normal", "分类为“其他”，严重程度“普通”", "classified as other, normal"),
        ("last_seen", "2026-11-21 17:32:49Z", "01:32", None),
        ("solution", "refund", "refund", "refund"),
        ("reason", "the samovar leaks again", "the samovar leaks again", "the samovar leaks again"),
    ],
)
def test_value_of_a_fact_is_said_in_words(name: str, value: object, chinese: str, english: str | None) -> None:
    assert valued(CHINESE, name, value) == chinese
    assert english is None or valued(ENGLISH, name, value) == english


def test_later_clock_of_a_kind_keeps_its_number() -> None:
    assert clock_name(CHINESE, "status_update:2") == "进度通报 2"


@pytest.mark.parametrize(
    ("summary", "chinese"),
    [
        ("Acknowledged: tier 1, what happens next and by when, by email", "受理确认：第 1 级，下一步及时限（邮件）"),
        ("tier 1 time · remind in 14 min 50 s", "第 1 级时限 · 14 分钟 50 秒后提醒"),
        ("Near due: task T2: 9 h left", "即将到期：任务 T2，剩余 9 小时"),
        ("Complaint by email", "投诉（邮件）"),
        ("status update · send update in 3 h 49 min", "进度通报 · 3 小时 49 分钟后向客户通报"),
        (
            "Handover: task T1 (Resolve the complaint) is for you: knows the customer",
            "移交：任务 T1（解决投诉）归您：熟悉该客户",
        ),
        ("Told the customer: order_busy, by chat", "已告知客户：订单正被其他工单处理（在线聊天）"),
    ],
)
def test_what_a_history_says_of_an_event_is_said_in_chinese(summary: str, chinese: str) -> None:
    assert phrased(CHINESE, summary) == chinese
