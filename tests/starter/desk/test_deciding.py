"""What whoever decides sees at the desk: the wish, what the customer will read of it, and who handed the work over."""

from __future__ import annotations

import re

import pytest

from domain.messages import Wished
from tests.starter.api.calling import AGENT, Api, task_of, view_of
from tests.starter.desk.test_pages import OWNED, PAGE


async def page_of(api: Api, who: str = AGENT, language: str = "en") -> str:
    return (await api.http.get(PAGE, headers={**(await api.person(who)), "Accept-Language": language})).text


async def test_wish_stands_unfolded_with_the_old_beside_the_new(api: Api) -> None:
    api.service.view = view_of(
        case_type="order_change",
        status="deciding",
        tasks=(task_of(**OWNED, kind="decide_change"),),
        wish=(
            Wished(what="address", now="Ann, 1 Old Road", wanted="Ann, <b>2 New Road</b>"),
            Wished(what="payment_method", now="card", wanted="alipay"),
            Wished(what="exchange", now="2 × Mug", wanted="2 × Cup", reason="does_not_fit", condition="unopened"),
            Wished(what="in_advance"),
        ),
    )
    page = await page_of(api)
    shown = page[: page.index("<details")]
    assert "Ann, 1 Old Road → <strong>Ann, &lt;b&gt;2 New Road&lt;/b&gt;</strong>" in shown
    assert "card → <strong>Alipay</strong>" in shown
    assert "2 × Mug → <strong>2 × Cup</strong> · does not fit · unopened" in shown
    assert "Before the goods are back</dt>\n<dd>Yes</dd>" in shown
    assert "更改收货地址" in await page_of(api, "online-05", "zh-CN")


@pytest.mark.parametrize(
    ("case_type", "kind", "field", "said"),
    [
        ("complaint", "resolve_complaint", "solution", "the customer reads this"),
        ("order_change", "decide_change", "reason", "if you refuse, the customer reads this"),
        ("order_change", "decide_interception", "reason", "if you give up, the customer reads this"),
        ("return", "decide_return", "reason", "if you refuse, the customer reads this"),
        ("return", "inspect_goods", "reason", "if something is not accepted, the customer reads this"),
        ("return", "repair_goods", "what", "if goods go back unrepaired, the customer reads this"),
        ("delivery", "decide_delivery", "reason", "the customer reads this"),
    ],
)
async def test_form_says_beside_its_words_when_the_customer_reads_them(
    api: Api, case_type: str, kind: str, field: str, said: str
) -> None:
    api.service.view = view_of(case_type=case_type, tasks=(task_of(**OWNED, kind=kind),))
    page = await page_of(api)
    [label] = re.findall(rf'<label for="complete_task-T1-{field}">.*?</label>', page)
    assert f"<small>({said})</small>" in label
    assert "reads this" not in "".join(re.findall(r'<label for="(?:delegate|release)_task.*?</label>', page))
