"""Order changes by command: what is wanted, as options; the customer's answer; and the verbs of every case."""

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


def test_price_is_accepted_with_the_amount_that_was_shown_and_declined_without(cli: CommandLine) -> None:
    asked = ("answer-change", "MAAAAAAAAAAAAA", "--as", CUSTOMER)
    assert cli.run(*asked, "--accept", "--amount", "12.50 CNY")[0] == 0
    case, verb, fields = cli.last
    assert (case, verb, fields["accepted"]) == ("MAAAAAAAAAAAAA", "answer_change", True)
    assert fields["amount"] == {"minor": 1250, "currency": "CNY"}
    assert cli.run(*asked, "--decline", "--text", "too dear")[0] == 0
    assert (cli.last[2]["accepted"], cli.last[2]["amount"], cli.last[2]["text"]) == (False, None, "too dear")
    code, _, said = cli.run(*asked, "--accept", "--amount", "much")
    assert code == 2
    assert "12.50 CNY" in said


def test_customer_withdraws_whatever_kind_of_case_it_is(cli: CommandLine) -> None:
    for case, verb in (("MAAAAAAAAAAAAA", "withdraw_change"), ("CAAAAAAAAAAAAA", "withdraw")):
        assert cli.run("withdraw", case, "--as", CUSTOMER)[0] == 0
        assert cli.last[:2] == (case, verb)


def test_supervisors_and_agents_ask_of_an_order_change_what_they_ask_of_a_complaint(cli: CommandLine) -> None:
    why = ("--as", "supervisor-01", "--reason", "storm")
    asked = {
        "extend_clock": ("extend", "M1", "task_due:1", "--by", "1h", *why),
        "send_update_now": ("update-now", "M1", *why),
        "reply": ("reply", "M1", "Hello", "--as", "expert-01"),
    }
    for verb, command in asked.items():
        assert cli.run(*command)[0] == 0, command
        assert cli.last[:2] == ("M1", verb)
