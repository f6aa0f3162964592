"""What the crash table rests on: moments that differ, statements that are counted, verdicts that find what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bench.chaos_shop import moments, whole
from bench.crashes.deeds import PLACED, Deed
from bench.crashes.errands import WORKS, Way
from bench.crashes.faults import Fault
from bench.crashes.strike import Strike
from bench.crashes.truth import Truth, judged
from bench.crashes.wire import FrontendMessages

REFUNDED = PLACED.after(refunds=(Decimal(100),))


def message(kind: bytes, body: bytes = b"\0") -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


CONVERSATION = message(b"", b"\0\3\0\0user\0me\0\0") + message(b"Q", b"begin\0") + message(b"P") + message(b"B")
CONVERSATION += message(b"E") + message(b"S", b"") + message(b"Q", b"commit\0")


@pytest.mark.parametrize("length", [1, 3, 7, len(CONVERSATION)])
def test_statements_are_counted_in_pieces_of_any_length(length: int) -> None:
    messages = FrontendMessages()
    pieces = [CONVERSATION[at : at + length] for at in range(0, len(CONVERSATION), length)]
    assert sum(messages.statements(piece) for piece in pieces) == 3


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("statements", [47, 53, 75])
def test_twenty_moments_differ_and_the_last_is_the_answer(deed: Deed, statements: int) -> None:
    drawn = moments(7, deed, 20, statements)
    assert len(set(drawn)) == 20
    assert drawn == sorted(drawn) == moments(7, deed, 20, statements)
    assert (drawn[0] >= 1, drawn[-1]) == (True, statements + 1)


def test_plan_has_every_deed_fault_and_way_unless_some_are_named() -> None:
    lengths = {(deed, way): 47 for deed in Deed for way in Way}
    assert len(whole(7, 20, [])(lengths)) == 20 * len(Deed) * len(Fault) * len(Way)
    named = whole(7, 20, [Deed.REFUND, Fault.REPLY, Fault.SHOP, Way.PLAIN])(lengths)
    assert {(trial.deed, trial.way) for trial in named} == {(Deed.REFUND, Way.PLAIN)}
    assert len(named) == 40


def test_strike_happens_once_at_its_statement() -> None:
    struck: list[str] = []
    strike = Strike("refund", at=3, act=lambda: struck.append("now"))
    assert [strike.count(1), strike.count(1), strike.count(2), strike.count(1)] == [False, False, True, False]
    assert (struck, strike.strike()) == (["now"], False)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (REFUNDED.after(refunds=(Decimal(100), Decimal(100))), "refunds 100 + 100, not 100"),
        (REFUNDED.after(refunds=()), "refunds none, not 100"),
        (REFUNDED.after(stocked=12), "stocked 12, not 10"),
        (REFUNDED.after(reserved=0), "reserved 0, not 3"),
        (REFUNDED.after(total=Decimal(200)), "total 200, not 300"),
        (REFUNDED.after(changing=True), "changing True, not False"),
    ],
)
def test_verdict_finds_what_is_wrong(found: Truth, said: str) -> None:
    verdict = judged(found, REFUNDED, ended=True, said=WORKS)
    assert not verdict.right
    assert said in verdict.said


def test_verdict_is_right_only_if_the_errand_came_to_its_end() -> None:
    assert judged(REFUNDED, REFUNDED, ended=True, said=WORKS).right
    assert judged(REFUNDED, REFUNDED, ended=False, said="no end").stuck
