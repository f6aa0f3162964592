"""What whoever decides must see of a wish: as it is and as it is to be, before and after the order was read."""

from __future__ import annotations

from typing import Any

import pytest

from domain.messages import CaseView, Wished
from domain.order_change.show import shown_facts
from domain.returns.show import shown_facts as shown_facts_of_return
from domain.shop.changes import AddItem, RemoveLine, SetQuantity, SwapVariant
from domain.shop.values import PaymentMethod
from domain.views import view_case
from tests.domain.changes import changing, shipped
from tests.domain.fields_of_a_shop import ELSEWHERE, an_order
from tests.domain.returns import item, returning


def wish_of(**wanted: Any) -> list[tuple[str, str | None, str | None]]:
    running = changing(**wanted)
    view = view_case(running.case, "order_change", (), shown_facts(running.case), running.now)
    assert CaseView.model_validate_json(view.model_dump_json()) == view
    assert "wish" not in view.facts
    return [(one.what, one.now, one.wanted) for one in view.wish]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (SetQuantity(line_id="o1-1", quantity=3), ("quantity", "1 × kettle", "3 × kettle")),
        (RemoveLine(line_id="o1-2"), ("remove", "1 × cup", None)),
        (SwapVariant(line_id="o1-2", variant_id="oven"), ("variant", "1 × cup", "1 × oven")),
        (AddItem(variant_id="cup", quantity=2), ("add", None, "2 × cup")),
        (AddItem(variant_id="oven", quantity=1), ("add", None, "1 × oven")),
    ],
)
def test_each_line_is_shown_as_it_is_and_as_it_is_to_be(
    change: object, shown: tuple[str, str | None, str | None]
) -> None:
    assert wish_of(order=an_order("kettle", "cup"), lines=(change,)) == [shown]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (SetQuantity(line_id="o1-1", quantity=3), ("quantity", "o1-1", "3 × o1-1")),
        (RemoveLine(line_id="o1-2"), ("remove", "o1-2", None)),
        (SwapVariant(line_id="o1-2", variant_id="oven"), ("variant", "o1-2", "oven")),
        (AddItem(variant_id="cup", quantity=2), ("add", None, "2 × cup")),
    ],
)
def test_before_the_order_is_read_lines_are_named_by_their_ids(
    change: object, shown: tuple[str, str | None, str | None]
) -> None:
    assert wish_of(lines=(change,), slow=True) == [shown]


def test_both_addresses_and_both_ways_to_pay_are_shown_whole() -> None:
    former = an_order().address
    assert wish_of(address=ELSEWHERE, payment_method=PaymentMethod.CARD) == [
        ("address", former.whole, ELSEWHERE.whole),
        ("payment_method", an_order().payment_method.value, "card"),
    ]
    assert all(part in ELSEWHERE.whole for part in (ELSEWHERE.name, ELSEWHERE.street, ELSEWHERE.postal_code))
    assert wish_of(address=ELSEWHERE, payment_method=PaymentMethod.CARD, slow=True)[0][1] is None


def test_cancellation_shows_why_and_no_address() -> None:
    running = shipped(cancel="ordered twice")
    facts = shown_facts(running.case)
    assert facts["wish"] == (Wished(what="cancel", wanted="ordered twice"),)
    assert running.case.order.address.street not in str(facts)


def test_goods_that_come_back_are_shown_with_reason_condition_and_what_is_wanted_instead() -> None:
    facts = shown_facts_of_return(returning("exchange", item(variant_id="oven"), in_advance=True).case)
    assert facts["wish"] == (
        Wished(what="exchange", now="1 × kettle", wanted="1 × oven", reason="changed_mind", condition="opened"),
        Wished(what="in_advance"),
    )
    unread = shown_facts_of_return(returning("exchange", item(variant_id="oven"), slow=True).case)
    [one] = view_wish(unread)
    assert (one.now, one.wanted) == (f"1 × {item().line_id}", "1 × oven")


def test_claim_says_what_it_is_for() -> None:
    facts = shown_facts_of_return(returning("claim", item(reason="missing"), claimed="replacement").case)
    [one] = view_wish(facts)
    assert (one.what, one.now, one.wanted, one.reason) == ("claim_replacement", "1 × kettle", None, "missing")


def view_wish(facts: dict[str, object]) -> tuple[Wished, ...]:
    wish = facts["wish"]
    assert isinstance(wish, tuple)
    return wish
