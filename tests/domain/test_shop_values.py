"""The shop's values: what cannot be is refused, and what a change means is plain arithmetic."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.errors import CaseError, CurrencyMismatchError, InvalidInputError
from domain.money import Money
from domain.people import OrderSummary
from domain.shop import errors
from domain.shop.changes import AddItem, LineChange, OrderDelta, RemoveLine, SetQuantity, SwapVariant
from domain.shop.edits import delivered_on, edited, preview, reserved_more, variants_of, with_line
from domain.shop.orders import Fulfilment, Order, OrderLine, counted
from domain.shop.parcels import Direction, Parcel, ParcelItem, ParcelStatus, Scan
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount
from domain.shop.returns import Receipt, ReceivedItem, ReturnDocument, ReturnItem, ReturnStatus
from domain.shop.stock import StockLevel
from domain.shop.values import Address, PaymentMethod, ShopDocument, Variant
from domain.sla.spans import DAY

PLACED = 1_795_255_500_000
HOME = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN", phone="+86")
TEA = Variant(id="tea", title="Tea", category="food", prices={"CNY": 1_000, "EUR": 130}, lead_days=2)
DESK = Variant(id="desk", title="Desk", category="furniture", prices={"CNY": 5_000}, lead_days=9)


def yuan(fen: int) -> Money:
    return Money(minor=fen, currency="CNY")


def an_order(*, teas: int = 2, desks: int = 0, promised: bool = True) -> Order:
    order = Order(
        id="o1",
        number="2026001",
        customer_id="K1",
        currency="CNY",
        placed_at=PLACED,
        promised_on=delivered_on(PLACED, 3) if promised else None,
        payment_method=PaymentMethod.CARD,
        address=HOME,
        lines=(),
        shipping=yuan(90),
        total=yuan(0),
    )
    order = with_line(order, TEA, teas, TEA.price("CNY"))
    return with_line(order, DESK, desks, DESK.price("CNY")) if desks else order


def changed(order: Order, *changes: LineChange) -> Order:
    return edited(order, changes, {"tea": TEA, "desk": DESK})


class TestMoney:
    def test_amounts_of_one_currency_add_up(self) -> None:
        assert yuan(3).plus(yuan(4)) == yuan(7)
        assert yuan(3).times(4) == yuan(12)
        assert (yuan(4).beyond(yuan(3)), yuan(3).beyond(yuan(4))) == (yuan(1), yuan(0))

    def test_amounts_of_two_currencies_do_not(self) -> None:
        for add in (yuan(3).plus, yuan(3).beyond):
            with pytest.raises(CurrencyMismatchError) as said:
                add(Money(minor=1, currency="EUR"))
            assert said.value.details == {"field": "currency", "expected": "CNY", "got": "EUR"}


class TestOrder:
    def test_pieces_come_no_further_than_those_before_them(self) -> None:
        line = an_order().lines[0].model_dump()
        for wrong in ({"shipped": 1}, {"fulfilled": 3}, {"fulfilled": 2, "shipped": 2, "returned": 1}):
            with pytest.raises(ValidationError, match="delivered <= shipped"):
                OrderLine.model_validate(line | wrong)

    def test_order_has_one_currency(self) -> None:
        with pytest.raises(ValidationError, match="all amounts in EUR"):
            Order.model_validate(an_order().model_dump() | {"currency": "EUR"})

    @pytest.mark.parametrize(
        ("steps", "state"),
        [
            ([], Fulfilment.OPEN),
            ([{"fulfilled": 1}], Fulfilment.RELEASED),
            ([{"fulfilled": 2}, {"shipped": 1}], Fulfilment.PARTLY_SHIPPED),
            ([{"fulfilled": 2, "shipped": 2}, {"delivered": 1}], Fulfilment.SHIPPED),
            ([{"fulfilled": 2, "shipped": 2, "delivered": 2}], Fulfilment.DELIVERED),
            ([{"fulfilled": 2, "shipped": 2, "delivered": 2, "returned": 2}], Fulfilment.RETURNED),
            ([{"quantity": -2}], Fulfilment.CANCELED),
        ],
    )
    def test_order_is_as_far_as_its_pieces(self, steps: list[dict[str, int]], state: Fulfilment) -> None:
        order = an_order()
        for step in steps:
            order = counted(order, {"o1-1": step})
        assert (order.fulfilment, order.lines[0].fulfilment) == (state, state)
        assert order.summary == OrderSummary(id="o1", customer_id="K1", status=state.value, placed_at=PLACED)

    def test_total_is_what_is_kept_and_shipping_as_long_as_a_piece_is(self) -> None:
        order = an_order()
        assert order.total == yuan(2_090)
        arrived = counted(order, {"o1-1": {"fulfilled": 2, "shipped": 2, "delivered": 2}})
        assert arrived.lines[0].returnable == 2
        returned = counted(arrived, {"o1-1": {"returned": 1}})
        assert (returned.total, returned.lines[0].returnable) == (yuan(1_090), 1)
        assert counted(order, {"o1-1": {"quantity": -2}}).total == yuan(0)

    def test_impossible_count_says_which_line_and_what_it_has(self) -> None:
        with pytest.raises(errors.QuantityNotPossibleError) as said:
            counted(an_order(), {"o1-1": {"return_requested": 1}})
        assert said.value.message == "not possible for line o1-1: return_requested +1"
        assert said.value.details["delivered"] == 0
        with pytest.raises(errors.LineNotFoundError) as missing:
            counted(an_order(), {"o1-9": {"shipped": 1}})
        assert missing.value.details["possible"] == ["o1-1"]

    def test_address_and_keys_are_not_printed(self) -> None:
        assert "Rose" not in repr(an_order())
        assert "Li Lei" not in str(an_order())
        assert "杭州" in repr(HOME)


class TestChanges:
    def test_added_goods_cost_what_they_cost_today_and_may_take_longer(self) -> None:
        before = an_order()
        after = changed(before, AddItem(variant_id="desk", quantity=2))
        shown = preview(before, after)
        assert (shown.before, shown.after, shown.to_collect, shown.to_refund) == (
            yuan(2_090),
            yuan(12_090),
            yuan(10_000),
            yuan(0),
        )
        assert (shown.promised_before, shown.promised_after) == (date(2026, 11, 24), date(2026, 11, 30))
        assert shown.quoted() == {"desk": yuan(5_000)}
        assert [line.total for line in shown.lines_after] == [yuan(2_000), yuan(10_000)]
        assert reserved_more(before, after) == {"desk": 2}

    def test_delivery_date_that_was_never_promised_stays_open(self) -> None:
        assert changed(an_order(promised=False), AddItem(variant_id="desk", quantity=1)).promised_on is None

    def test_removed_goods_are_gone_from_preview_and_stock(self) -> None:
        before = an_order(desks=1)
        after = changed(before, RemoveLine(line_id="o1-2"), SetQuantity(line_id="o1-1", quantity=1))
        shown = preview(before, after)
        assert (shown.difference, shown.to_refund, shown.to_collect) == (-6_000, yuan(6_000), yuan(0))
        assert [line.line_id for line in shown.lines_after] == ["o1-1"]
        assert reserved_more(before, after) == {"desk": -1, "tea": -1}

    def test_other_variant_takes_the_place_of_a_line(self) -> None:
        after = changed(an_order(), SwapVariant(line_id="o1-1", variant_id="desk"))
        assert [(line.variant_id, line.quantity) for line in after.lines] == [("tea", 0), ("desk", 2)]

    def test_shipped_pieces_are_not_in_stock(self) -> None:
        shipped = counted(an_order(), {"o1-1": {"fulfilled": 2, "shipped": 1}})
        assert reserved_more(shipped, counted(shipped, {"o1-1": {"shipped": 1}})) == {"tea": -1}

    @pytest.mark.parametrize(
        ("refusal", "changes"),
        [
            (InvalidInputError, ()),
            (InvalidInputError, (RemoveLine(line_id="o1-1"), SetQuantity(line_id="o1-1", quantity=1))),
            (errors.LineNotFoundError, (RemoveLine(line_id="o1-9"),)),
            (errors.EmptyOrderError, (RemoveLine(line_id="o1-1"),)),
            (errors.VariantNotFoundError, (AddItem(variant_id="sofa", quantity=1),)),
            (errors.VariantNotFoundError, (SwapVariant(line_id="o1-1", variant_id="sofa"),)),
        ],
    )
    def test_change_that_cannot_be_names_its_field(
        self, refusal: type[CaseError], changes: tuple[LineChange, ...]
    ) -> None:
        with pytest.raises(refusal) as said:
            changed(an_order(), *changes)
        assert said.value.details["field"]

    def test_removed_line_and_canceled_order_take_no_change(self) -> None:
        without = changed(an_order(desks=1), RemoveLine(line_id="o1-2"))
        with pytest.raises(errors.QuantityNotPossibleError):
            changed(without, SetQuantity(line_id="o1-2", quantity=1))
        canceled = counted(an_order(), {"o1-1": {"quantity": -2}})
        with pytest.raises(errors.OrderStateError):
            changed(canceled, AddItem(variant_id="tea", quantity=1))

    def test_variant_has_a_price_where_it_is_sold(self) -> None:
        with pytest.raises(errors.VariantNotFoundError) as said:
            DESK.price("EUR")
        assert said.value.details["possible"] == ["CNY"]

    def test_variants_are_those_that_are_asked_for(self) -> None:
        wanted: list[LineChange] = [AddItem(variant_id="a", quantity=1), SwapVariant(line_id="l", variant_id="b")]
        assert variants_of([*wanted, RemoveLine(line_id="c")]) == {"a", "b"}

    def test_delta_is_either_changes_or_a_cancellation(self) -> None:
        change = RemoveLine(line_id="l1")
        OrderDelta(lines=(change,), address=HOME, payment_method=PaymentMethod.CARD)
        OrderDelta(cancel="changed my mind")
        for wrong in ({}, {"cancel": "no", "lines": (change,)}, {"cancel": "no", "address": HOME}):
            with pytest.raises(ValidationError, match="either changes or a cancellation"):
                OrderDelta.model_validate(wrong)
        with pytest.raises(ValidationError, match="named once"):
            OrderDelta(lines=(change, SetQuantity(line_id="l1", quantity=2)))

    @pytest.mark.parametrize("quantity", [0, -1, 10_000])
    def test_quantity_is_a_number_of_pieces(self, quantity: int) -> None:
        adapter: TypeAdapter[LineChange] = TypeAdapter(LineChange)
        with pytest.raises(ValidationError):
            adapter.validate_python({"do": "add", "variant_id": "tea", "quantity": quantity})


class TestMoneyOfAnOrder:
    def test_refundable_is_what_was_taken_and_not_given_back(self) -> None:
        account = PaymentAccount(order_id="o1", captured=yuan(10), refunded=yuan(3))
        assert account.refundable == yuan(7)

    def test_collection_lapses_only_while_it_is_pending(self) -> None:
        pending = Collection(
            key="c1:collect:1",
            id="x",
            at=PLACED,
            order_id="o1",
            status=CollectionStatus.PENDING,
            amount=yuan(1),
            lapses_at=PLACED + DAY,
        )
        assert pending.as_of(PLACED + DAY - 1).status is CollectionStatus.PENDING
        assert pending.as_of(PLACED + DAY).status is CollectionStatus.LAPSED
        released = pending.model_copy(update={"status": CollectionStatus.RELEASED})
        assert released.as_of(PLACED + DAY) == released


class TestGoods:
    def test_return_is_received_when_nothing_is_outstanding(self) -> None:
        item = ReturnItem(line_id="l1", quantity=2, reason="too small")
        announced = ReturnDocument(
            key="c1:return:1",
            id="r",
            at=PLACED,
            order_id="o1",
            status=ReturnStatus.REQUESTED,
            items=(item,),
            value=yuan(2),
        )
        first = Receipt(key="c1:receipt:1", id="a", at=PLACED, items=(ReceivedItem(line_id="l1", sound=1),))
        second = Receipt(key="c1:receipt:2", id="b", at=PLACED, items=(ReceivedItem(line_id="l1", other=1),))
        partly = announced.with_receipt(first)
        assert (partly.status, partly.outstanding()) == (ReturnStatus.PARTLY_RECEIVED, {"l1": 1})
        assert (partly.receipt("c1:receipt:1"), partly.receipt("c1:receipt:2")) == (first, None)
        assert partly.with_receipt(second).status is ReturnStatus.RECEIVED

    def test_arrival_of_nothing_is_none(self) -> None:
        with pytest.raises(ValidationError, match="at least one piece"):
            ReceivedItem(line_id="l1")

    def test_available_is_what_nobody_was_promised(self) -> None:
        assert StockLevel(variant_id="tea", on_hand=5, reserved=2).available == 3

    def test_parcel_is_where_it_was_seen_last_and_ends_once(self) -> None:
        parcel = Parcel(
            key="c1:label:1",
            id="p",
            at=PLACED,
            order_id="o1",
            direction=Direction.OUTBOUND,
            items=(ParcelItem(line_id="l1", quantity=1),),
            status=ParcelStatus.LABELLED,
        )
        for at, status, then, ended in (
            (3, ParcelStatus.OUT_FOR_DELIVERY, ParcelStatus.OUT_FOR_DELIVERY, None),
            (2, ParcelStatus.IN_TRANSIT, ParcelStatus.OUT_FOR_DELIVERY, None),
            (3, ParcelStatus.DELIVERED, ParcelStatus.DELIVERED, ParcelStatus.DELIVERED),
            (9, ParcelStatus.BACK, ParcelStatus.BACK, ParcelStatus.DELIVERED),
        ):
            parcel = parcel.with_scan(Scan(event_id=f"{status}", parcel_id="p", status=status, at=at))
            assert (parcel.status, parcel.ended) == (then, ended)


def refusals(base: type[CaseError]) -> dict[str, type[CaseError]]:
    found = {kind.code: kind for kind in base.__subclasses__() if kind.__module__.startswith("domain.")}
    return found | {code: kind for sub in found.values() for code, kind in refusals(sub).items()}


def test_every_refusal_of_the_shop_is_in_the_table_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "shop.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_`, ]+) \| (transient|final) \|", page, flags=re.MULTILINE)
    table = {code: kind for codes, kind in rows for code in re.findall(r"`([a-z_]+)`", codes)}
    own = {
        code: "transient" if issubclass(kind, errors.ShopError) and kind.transient else "final"
        for code, kind in refusals(errors.ShopError).items()
    }
    assert table == own | {"currency_mismatch": "final", "invalid_input": "final"}


def test_documents_are_told_apart_by_their_kind() -> None:
    kinds = [document.kind for document in ShopDocument.__subclasses__()]
    assert len(kinds) == len(set(kinds)) >= 10
