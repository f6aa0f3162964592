"""`duecourse return open`, what customers say about a return, and promises."""

from __future__ import annotations

from domain.returns.wish import GoodsCondition, ReturnKind, ReturnReason, WantedItem
from tests.starter.command_line import CASE, CUSTOMER, CommandLine

WHO = ("--source", "shop", "--reference", "1", "--channel", "chat", "--customer", CUSTOMER, "--order", "o1")


def test_exchange_is_opened_with_all_that_is_wanted(cli: CommandLine) -> None:
    wish = ("--kind", "exchange", "--item", "l1=2", "--instead", "l1=v4", "--reason", "does_not_fit", "--in-advance")
    answer = cli.json("return", "open", *WHO, *wish, "--condition", "unopened", "--asked-by", "online-01")
    assert answer["created"]
    assert answer["case_id"].startswith("R")
    wanted = cli.service.returns[answer["case_id"]].wanted
    assert wanted.kind is ReturnKind.EXCHANGE
    assert wanted.in_advance
    assert wanted.items == (
        WantedItem(
            line_id="l1",
            quantity=2,
            reason=ReturnReason.DOES_NOT_FIT,
            condition=GoodsCondition.UNOPENED,
            variant_id="v4",
        ),
    )
    assert not cli.json("return", "open", *WHO, *wish)["created"]


def test_claim_is_opened_in_words(cli: CommandLine) -> None:
    wish = ("--kind", "claim", "--item", "l1=1", "--reason", "damaged", "--claimed", "replacement")
    code, out, _ = cli.run("return", "open", *WHO, *wish)
    assert code == 0
    assert "opened" in out


def test_wish_that_makes_no_sense_is_refused_before_anything_is_asked(cli: CommandLine) -> None:
    for wish in (
        ("--kind", "refund", "--item", "l1", "--reason", "damaged"),
        ("--kind", "refund", "--item", "l1=-1", "--reason", "damaged"),
        ("--kind", "refund", "--item", "l1=99999", "--reason", "damaged"),
        ("--kind", "refund", "--item", "l1=1", "--reason", "boredom"),
        ("--kind", "exchange", "--item", "l1=1", "--reason", "damaged"),
        ("--kind", "claim", "--item", "l1=1", "--reason", "changed_mind"),
    ):
        assert cli.run("return", "open", *WHO, *wish)[0] == 2, wish
    assert cli.service.returns == {}


def test_what_is_said_about_a_return_and_promised_reaches_it(cli: CommandLine) -> None:
    staff, customer = ("--as", "online-01"), ("--as", CUSTOMER)
    for arguments, verb, said in (
        (("answer-return", CASE, "--accept", "--amount", "80.00 CNY", *customer), "answer_return", {"accepted": True}),
        (("report-sent", CASE, *customer), "report_sent", {"text": None}),
        (("rate-return", CASE, "--not-satisfied", "--score", "2", *customer), "rate_return", {"score": 2}),
        (("promise", CASE, "A courier on Friday", "--within", "2d", *staff), "make_promise", {"within": 172_800_000}),
        (("keep-promise", CASE, "--promise", "P1", *staff), "keep_promise", {"promise": "P1"}),
    ):
        assert cli.json(*arguments)["case_id"] == CASE
        case_id, asked, fields = cli.last
        assert (case_id, asked) == (CASE, verb)
        assert said.items() <= fields.items()
