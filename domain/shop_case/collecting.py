"""Collecting a difference from the customer: asked for, looked at whenever something is told, given up in time."""

from __future__ import annotations

from domain.conversation import write
from domain.money import Money
from domain.shop import asks
from domain.shop_case.case import ShopCase
from domain.shop_case.plan import COLLECT
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName


def collect(case: ShopCase, amount: Money, now: Instant) -> bool:
    """Take the next step towards a payment; False when its time was over and it was not paid."""
    collecting = case.find_step(COLLECT)
    if collecting is None:
        clock = case.open_clock(ClockKind.PAYMENT)
        assert clock
        lapses_at = case.due(clock) or now + clock.budget
        key = case.key(COLLECT)
        ask = asks.CollectPayment(key=key, order_id=case.state.order_id, amount=amount, lapses_at=lapses_at)
        case.take(COLLECT, ask, f"Collect {amount}")
    elif not case.state.looked:
        case.state.looked = True
        assert isinstance(collecting.ask, asks.CollectPayment)
        ask_read = asks.ReadCollection(key=collecting.ask.key, order_id=case.state.order_id)
        case.read(ask_read, "Look whether it was paid")
    elif case.state.payment_over:
        return False
    return True


def asked_to_pay(case: ShopCase, template: TemplateName, about: str, now: Instant) -> None:
    """The shop has asked for the money: tell the customer, unless they withdrew meanwhile."""
    if clock := case.open_clock(ClockKind.PAYMENT):
        case.state.looked = True
        write(case, template, now, about, answer_by=case.due(clock))


def payment_time_over(case: ShopCase, clock: Clock, now: Instant) -> None:
    """The money may have come in without a word to us: the shop is asked before the case lapses."""
    case.state.payment_over, case.state.looked = True, False
    case.cancel(clock.kind, now, "the time for paying is over")
