"""Bad input at every door of order changes and returns: a clear word that names the field, and nothing is changed.

The page of the book says how each of it reads; it is made of this table by `DOCS=1 pytest` on this file, and compared
with it in every other run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain import messages as m
from domain import task_verbs
from domain.case import Act
from domain.errors import CaseError
from domain.money import Money
from domain.order_change import decisions as change_decisions
from domain.order_change import messages as c
from domain.returns import decisions as return_decisions
from domain.returns import messages as r
from domain.sla.spans import DAY, HOUR
from tests.domain.cases import CUSTOMER, STRANGER
from tests.domain.changes import CUP, WITHOUT_CUP, changing
from tests.domain.fields_of_a_shop import an_order, yuan
from tests.domain.fields_of_returns import delivered, returning_shop
from tests.domain.returns import PACKER, RunningReturn, item, refusing, returning
from tests.domain.shop_cases import RunningShopCase
from tests.starter.command_line import CommandLine

PAGE = Path(__file__).parents[2] / "docs" / "refused.md"
LONG = "x" * 501


class Refused(NamedTuple):
    """What comes in, and how its refusal reads."""

    what: str
    code: str
    says: str

    def row(self) -> str:
        said = self.says if len(self.says) <= 160 else f"{self.says[:157]}…"
        return f"| {self.what} | `{self.code}` | {said.replace('|', '/')} |"


# At the door.

WHO = ("--source", "shop", "--reference", "1", "--channel", "chat", "--customer", "K000001", "--order", "o1")
CHANGE, RETURN = ("order-change", "open", *WHO), ("return", "open", *WHO)
WISH = ("--kind", "refund", "--reason", "damaged")

AT_THE_DOOR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("an order change without any wish", CHANGE),
    ("a cancellation together with something else", (*CHANGE, "--cancel", "too late", "--remove", "o1-1")),
    ("a negative quantity", (*CHANGE, "--quantity", "o1-1=-1")),
    ("no quantity at all", (*CHANGE, "--add", "cup=0")),
    ("a huge quantity", (*CHANGE, "--add", "cup=10000")),
    ("a quantity that is no number", (*CHANGE, "--add", "cup=many")),
    ("a quantity without what it is of", (*CHANGE, "--add", "3")),
    ("the same line twice", (*CHANGE, "--remove", "o1-1", "--quantity", "o1-1=2")),
    ("an address that is no JSON", (*CHANGE, "--address", "1 Rose Street")),
    ("an address without its fields", (*CHANGE, "--address", "{}")),
    ("an unknown way to pay", (*CHANGE, "--payment-method", "shells")),
    ("a reason that is too long", (*CHANGE, "--cancel", LONG)),
    ("an unknown channel", ("order-change", "open", *WHO[:5], "pigeon", *WHO[6:], "--cancel", "no")),
    ("a malformed customer", ("order-change", "open", *WHO[:7], "K 1; --", *WHO[8:], "--cancel", "no")),
    ("an order id that is too long", ("order-change", "open", *WHO[:9], "o" * 65, "--cancel", "no")),
    ("a malformed source", ("order-change", "open", "--source", "a b", *WHO[2:], "--cancel", "no")),
    ("an empty reference", ("return", "open", *WHO[:3], "", *WHO[4:], *WISH, "--item", "o1-1=1")),
    ("a return of a negative number of pieces", (*RETURN, *WISH, "--item", "o1-1=-2")),
    ("a return of a huge number of pieces", (*RETURN, *WISH, "--item", "o1-1=10000")),
    ("a return of the same line twice", (*RETURN, *WISH, "--item", "o1-1=1", "--item", "o1-1=1")),
    ("an unknown reason", (*RETURN, "--kind", "refund", "--reason", "boredom", "--item", "o1-1=1")),
    ("an exchange for nothing", (*RETURN, "--kind", "exchange", "--reason", "damaged", "--item", "o1-1=1")),
    ("a claim without a fault", (*RETURN, "--kind", "claim", "--reason", "changed_mind", "--item", "o1-1=1")),
    ("a refund in advance", (*RETURN, *WISH, "--item", "o1-1=1", "--in-advance")),
    (
        "a claim for a repair",
        (*RETURN, "--kind", "claim", "--reason", "damaged", "--item", "a=1", "--claimed", "repair"),
    ),
)


def at_the_door(cli: CommandLine) -> Iterator[Refused]:
    """The command line and whoever else opens cases hand in the same models."""
    for what, arguments in AT_THE_DOOR:
        code, out, err = cli.run(*arguments)
        assert code == 2, (what, out, err)
        said = " ".join(err.split()).partition(" ")
        yield Refused(what, said[0], said[2])
    assert cli.service.changes == {}
    assert cli.service.returns == {}


# By the case, to the customer.


def wishes() -> Iterator[tuple[str, RunningShopCase]]:
    old = an_order(ago=3 * HOUR)
    yield (
        "an order that the shop does not know: change",
        changing(refuse=refusing("read_order", code="order_not_found"), cancel="no"),
    )
    yield (
        "an order that the shop does not know: return",
        returning(refuse=refusing("read_order", code="order_not_found")),
    )
    yield "an order of another customer", changing(an_order(customer_id=STRANGER.id), lines=CUP)
    yield "a change after its window", changing(old, lines=CUP)
    yield "a return after its window", returning(shop=returning_shop(delivered(ago=30 * DAY), ago=30 * DAY))
    yield "a line that the order does not have", returning("refund", item(9))
    yield "more pieces than were delivered", returning("refund", item(1, 3))
    yield "a line that is coming back already", returning(order=_back())
    yield "an unknown variant: change", changing(refuse=refusing("stage_change", code="variant_not_found"), lines=CUP)
    yield "an unknown variant: exchange", returning("exchange", item(variant_id="nothing"))
    yield "more than there is in stock", changing(refuse=refusing("stage_change", code="out_of_stock"), lines=CUP)
    yield (
        "an order that another case keeps busy",
        changing(refuse=refusing("stage_change", code="order_busy", holder="M7:stage_change:1"), lines=CUP),
    )
    yield (
        "taking all lines away",
        changing(an_order("kettle", "cup"), refuse=refusing("stage_change", code="empty_order"), lines=WITHOUT_CUP),
    )
    yield (
        "another way to pay when it is paid",
        changing(refuse=refusing("change_payment_method", code="payment_method_fixed"), payment_method="card"),
    )


def _back() -> Any:
    order = delivered()
    line = order.lines[0].model_copy(update={"return_requested": 1})
    return order.model_copy(update={"lines": (line,)})


def by_the_case() -> Iterator[Refused]:
    for what, running in wishes():
        shop: Any = running.case
        ending = shop.state.ending
        status = running.case.status
        assert status in ("refused", "deciding", "verifying"), (what, status)
        assert running.shop.refunded == yuan(0)  # type: ignore[attr-defined]
        why = [
            entry.facts.get("reason") for entry in running.case.state.timeline.entries if entry.what == "status_changed"
        ]
        told = ending.reason if ending else f"a person decides: {why[-1]}"
        other = f", in favour of case {ending.other_case}" if ending and ending.other_case else ""
        yield Refused(what, status, f"{told}{other}")


# Of a running case.


def asked(
    running: RunningShopCase, what: str, decide: Any, kind: type[m.Request], actor: Any, **fields: Any
) -> Refused:
    """The refusal of a request; the case is as it was, in every field."""
    before = running.case.state.model_dump_json()
    request = kind(actor=actor, request_id="r-refused", **fields)
    with pytest.raises(CaseError) as said:
        _decide(decide, running, request)
    assert running.case.state.model_dump_json() == before
    return Refused(what, said.value.code, said.value.message)


def _decide(decide: Any, running: RunningShopCase, request: m.Request) -> Act:
    act: Act = decide(running.case, request)
    return act


def of_a_running_case() -> Iterator[Refused]:
    change = changing(lines=CUP)
    answer, shown = change_decisions.answer_change, {"accepted": True}
    other = Money(minor=1, currency="CNY")
    foreign = Money(minor=5_000, currency="EUR")
    yield asked(change, "another amount than was shown", answer, c.AnswerChange, CUSTOMER, **shown, amount=other)
    yield asked(change, "an amount in another currency", answer, c.AnswerChange, CUSTOMER, **shown, amount=foreign)
    yield asked(change, "an answer of another customer", answer, c.AnswerChange, STRANGER, **shown)
    change.agree()
    yield asked(change, "a second answer", answer, c.AnswerChange, CUSTOMER, **shown)
    change.shop.pay()
    change.paid()
    withdraw = change_decisions.withdraw_change
    yield asked(change, "a withdrawal of what is done", withdraw, c.WithdrawChange, CUSTOMER)
    back = returning()
    yield asked(
        back,
        "an answer when no price lies on the table",
        return_decisions.answer_return,
        r.AnswerReturn,
        CUSTOMER,
        **shown,
    )
    yield asked(back, "a rating before the end", return_decisions.rate_return, r.RateReturn, CUSTOMER, satisfied=True)
    back.comes_back()
    yield asked(
        back, "a withdrawal when the parcel is here", return_decisions.withdraw_return, r.WithdrawReturn, CUSTOMER
    )
    yield asked(back, "a parcel that is reported as sent again", return_decisions.report_sent, r.ReportSent, CUSTOMER)
    yield from _inspections(back)


def _inspections(back: RunningReturn) -> Iterator[Refused]:
    task = back.claim(PACKER, "inspect_goods").id
    one = {"line_id": "o1-1", "sound": 1}
    forms: tuple[tuple[str, dict[str, Any]], ...] = (
        ("an inspection of nothing", {"items": []}),
        ("more pieces than were expected", {"items": [{**one, "sound": 2}]}),
        ("a negative count", {"items": [{**one, "sound": -1}]}),
        ("a line that was not expected", {"items": [{**one, "line_id": "o1-7"}]}),
        ("the same line twice in one parcel", {"items": [one, one]}),
        ("a refusal without its reason", {"items": [{**one, "accepted": False}]}),
        ("a field that the form does not have", {"items": [one], "smell": "fine"}),
        ("a price in another currency", {"items": [one], "repair_price": {"minor": 1, "currency": "EUR"}}),
        ("a reason that is too long for a form", {"items": [one], "reason": "x" * 20_001}),
    )
    for what, form in forms:
        yield asked(back, what, task_verbs.complete, m.CompleteTask, PACKER, task_id=task, form=form)
    back.complete_own(PACKER, task, items=[one])
    yield asked(back, "a task that is done already", task_verbs.complete, m.CompleteTask, PACKER, task_id=task, form={})


# The book.

HEAD = """# What is refused, and how it reads

Whatever is wrong about a wish or a request is said at once, with the field and what was expected; nothing is changed by
it, and no running case fails. This page is made by `DOCS=1 pytest tests/starter/test_what_is_refused.py`, and each run
of the tests compares it with what really happens.
"""
AT_DOOR = """
## At the door

Wishes are refused before a case is opened. The command line leaves with exit code 2 and, with `--json`, names the
field in `error.details.field`; the models that the service takes refuse the same.

| what comes in | code | says |
| --- | --- | --- |
"""
BY_CASE = """
## By the case

What only the shop knows is found out by the case, which tells the customer. `deciding` and `verifying` are no refusals
yet: a person has the word.

| what comes in | becomes | because |
| --- | --- | --- |
"""
OF_RUNNING = """
## Of a running case

| what comes in | code | says |
| --- | --- | --- |
"""


def test_everything_that_is_wrong_is_refused_as_the_book_says(cli: CommandLine) -> None:
    parts = ((AT_DOOR, at_the_door(cli)), (BY_CASE, by_the_case()), (OF_RUNNING, of_a_running_case()))
    page = HEAD + "".join(head + "".join(f"{refused.row()}\n" for refused in rows) for head, rows in parts)
    if os.environ.get("DOCS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "run DOCS=1 pytest tests/starter/test_what_is_refused.py and read what changed"


def test_lesson_of_the_table_is_that_each_row_names_what_was_expected(cli: CommandLine) -> None:
    for refused in at_the_door(cli):
        field, _, expected = refused.says.partition(": ")
        assert refused.code == "invalid_input"
        assert field, refused
        assert expected or "expected" in field, refused
