"""Order changes and returns out of a complaint, by command."""

from __future__ import annotations

import json

from domain.returns.wish import ReturnWish
from tests.starter.command_line import CASE, CommandLine

BACK = {"kind": "refund", "items": [{"line_id": "l1", "quantity": 1, "reason": "defective"}]}
OPEN = ("open-linked", CASE, "--as", "online-01")


def test_return_is_opened_out_of_a_complaint_and_its_number_is_told(cli: CommandLine) -> None:
    code, out, _ = cli.run(*OPEN, "--wanted", json.dumps(BACK))
    assert (code, "opens RAAAAAAAAAAAAA" in out) == (0, True)
    case, verb, fields = cli.last
    assert (case, verb, fields["order_id"]) == (CASE, "open_linked_case", None)
    assert ReturnWish.model_validate(fields["wanted"]) == ReturnWish.model_validate(BACK)
    assert cli.json(*OPEN, "--wanted", json.dumps(BACK), "--order", "o2")["linked"] == "RAAAAAAAAAAAAA"
    assert cli.last[2]["order_id"] == "o2"


def test_order_change_is_read_from_stdin(cli: CommandLine) -> None:
    assert cli.run(*OPEN, "--wanted", "-", stdin='{"cancel": "ordered twice"}')[0] == 0
    assert cli.last[2]["wanted"]["cancel"] == "ordered twice"


def test_wish_that_makes_no_sense_is_refused_before_the_case_is_asked(cli: CommandLine) -> None:
    for wanted in ("{", '{"kind": "refund"}', '{"colour": "red"}', "7"):
        code, _, said = cli.run(*OPEN, "--wanted", wanted)
        assert (code, "wanted" in said) == (2, True), wanted
    assert cli.run(*OPEN, "--wanted", json.dumps(BACK), "--order", "x" * 99)[0] == 2
    assert cli.service.asked == []
