"""What whoever decides sees at the desk: the wish, what the customer will read of it, and who handed the work over."""

from __future__ import annotations

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
