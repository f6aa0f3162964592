"""`duecourse order-change open`: what is wanted, as options."""

from __future__ import annotations

import json

from domain.shop.changes import AddItem, RemoveLine, SetQuantity, SwapVariant
from domain.shop.values import PaymentMethod
from tests.starter.command_line import CUSTOMER, CommandLine

WHO = ("--source", "shop", "--reference", "1", "--channel", "chat", "--customer", CUSTOMER, "--order", "o1")
HOME = {"name": "Li Lei", "street": "1 Rose Street", "city": "杭州", "postal_code": "310000", "country": "CN"}


def test_order_change_is_opened_with_all_that_is_wanted(cli: CommandLine) -> None:
    wishes = ("--add", "v1=2", "--remove", "l1", "--quantity", "l2=3", "--variant", "l3=v4")
    more = ("--payment-method", "card", "--address", json.dumps(HOME), "--asked-by", "online-01")
    answer = cli.json("order-change", "open", *WHO, *wishes, *more)
    assert answer["created"]
    wanted = cli.service.changes[answer["case_id"]].wanted
    assert wanted.lines == (
        AddItem(variant_id="v1", quantity=2),
        RemoveLine(line_id="l1"),
        SetQuantity(line_id="l2", quantity=3),
        SwapVariant(line_id="l3", variant_id="v4"),
    )
    assert wanted.payment_method is PaymentMethod.CARD
    assert wanted.address is not None
    assert not cli.json("order-change", "open", *WHO, *wishes)["created"]


def test_order_is_cancelled_in_words(cli: CommandLine) -> None:
    code, out, _ = cli.run("order-change", "open", *WHO, "--cancel", "ordered twice")
    assert code == 0
    assert out.startswith("M")


def test_wish_that_makes_no_sense_is_refused_before_anything_is_asked(cli: CommandLine) -> None:
    for wish in (
        ("--add", "v1"),
        ("--add", "v1=-1"),
        ("--quantity", "l1=99999"),
        ("--address", "{"),
        ("--cancel", "x", "--remove", "l1"),
        (),
    ):
        assert cli.run("order-change", "open", *WHO, *wish)[0] == 2, wish
    assert cli.service.changes == {}
