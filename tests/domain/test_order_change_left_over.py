"""Cancellations of orders from which more is left than the customer was shown, because of what happened meanwhile."""

from __future__ import annotations

import pytest

from domain.money import Money
from domain.shop import asks
from domain.shop.changes import Cancellation
from tests.domain.changes import BOOKKEEPER, changing
from tests.domain.fields_of_a_shop import FieldsOfAShop, an_order, yuan


class Telling(FieldsOfAShop):
    """A shop that says what is left of the customer's money when it cancels."""

    left: Money

    def cancel_order(self, ask: asks.CancelOrder) -> object:
        canceled = super().cancel_order(ask)
        assert isinstance(canceled, Cancellation)
        return canceled.model_copy(update={"refundable": self.left})


def telling(shown: int, left: int) -> Telling:
    shop = Telling(an_order(), yuan(shown))
    shop.left = yuan(left)
    return shop


@pytest.mark.parametrize("left", [0, 40, 100, 150])
def test_what_is_left_in_the_moment_of_the_cancellation_is_paid_back(left: int) -> None:
    running = changing(shop=telling(100, left), cancel="no longer needed")
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(left)


def test_what_nobody_approved_is_settled_by_a_person() -> None:
    running = changing(shop=telling(100, 1_000), cancel="no longer needed")
    assert running.shop.refunded == yuan(100)
    assert running.case.status == "committing"
    assert running.task("settle_by_hand").brief["todo"] == "refund 900.00 CNY more"
    running.complete(BOOKKEEPER, "settle_by_hand", how="in the shop itself")
    assert running.case.status == "done"
