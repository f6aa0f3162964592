"""What every carrier promises: one label for each key, scans that count once, parcels that can be stopped in time."""

from __future__ import annotations

import asyncio

import pytest

from domain.shop.errors import InterceptTooLateError, KeyReusedError, ParcelNotFoundError
from domain.shop.parcels import Direction, LabelRequest, ParcelItem, ParcelStatus, Scan
from tests.activities.shop.stage import HOME, Stage


def label(order_id: str, quantity: int = 1) -> LabelRequest:
    item = ParcelItem(line_id="l1", quantity=quantity)
    return LabelRequest(order_id=order_id, direction=Direction.INBOUND, items=(item,), to=HOME, return_key="c1:r:1")


def scan(parcel_id: str, status: ParcelStatus, at: int, event_id: str = "") -> Scan:
    return Scan(event_id=event_id or f"{parcel_id}:{status}:{at}", parcel_id=parcel_id, status=status, at=at)


@pytest.fixture(params=["embedded_sqlite", "embedded_postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Medusa is no carrier: the embedded one takes the parcels of its orders."""
    opened: Stage = request.getfixturevalue(request.param)
    return opened


class TestCarrier:
    async def test_label_is_made_once_for_an_order_of_any_shop(self, stage: Stage) -> None:
        key, order_id = stage.key("label"), stage.key("elsewhere")
        assert await stage.carrier.find_parcel(key) is None
        got = await asyncio.gather(*(stage.carrier.create_label(key, label(order_id)) for _ in range(3)))
        assert len({parcel.id for parcel in got}) == 1
        assert await stage.carrier.find_parcel(key) == got[0]
        assert await stage.carrier.parcels_of(order_id) == [got[0]]
        assert (got[0].status, got[0].return_key) == (ParcelStatus.LABELLED, "c1:r:1")
        with pytest.raises(KeyReusedError):
            await stage.carrier.create_label(key, label(order_id, quantity=2))

    async def test_scan_counts_once(self, stage: Stage) -> None:
        parcel = await stage.carrier.create_label(stage.key("label"), label("elsewhere"))
        seen = scan(parcel.id, ParcelStatus.PICKED_UP, at=1_000)
        news = await asyncio.gather(*(stage.carrier.accept_scan(seen) for _ in range(3)))
        assert sorted(news) == [False, False, True]
        found = await stage.carrier.parcel(parcel.id)
        assert (found.status, found.scans) == (ParcelStatus.PICKED_UP, (seen,))
        with pytest.raises(KeyReusedError):
            await stage.carrier.accept_scan(seen.model_copy(update={"at": 2_000}))

    async def test_scan_that_comes_late_does_not_move_a_parcel_back(self, stage: Stage) -> None:
        parcel = await stage.carrier.create_label(stage.key("label"), label("elsewhere"))
        for status, at in (
            (ParcelStatus.IN_TRANSIT, 2_000),
            (ParcelStatus.DELIVERED, 3_000),
            (ParcelStatus.PICKED_UP, 1_000),
        ):
            assert await stage.carrier.accept_scan(scan(parcel.id, status, at))
        found = await stage.carrier.parcel(parcel.id)
        assert (found.status, found.ended) == (ParcelStatus.DELIVERED, ParcelStatus.DELIVERED)
        assert [seen.at for seen in found.scans] == [1_000, 2_000, 3_000]

    async def test_parcel_is_stopped_while_it_is_on_its_way(self, stage: Stage) -> None:
        parcel, key = await stage.carrier.create_label(stage.key("label"), label("elsewhere")), stage.key("intercept")
        assert await stage.carrier.find_interception(key) is None
        accepted = await stage.carrier.intercept(key, parcel.id)
        await stage.carrier.accept_scan(scan(parcel.id, ParcelStatus.TURNED_BACK, at=1_000))
        assert await stage.carrier.intercept(key, parcel.id) == accepted
        assert await stage.carrier.find_interception(key) == accepted
        other = await stage.carrier.create_label(stage.key("label"), label("elsewhere"))
        with pytest.raises(KeyReusedError):
            await stage.carrier.intercept(key, other.id)

    @pytest.mark.parametrize("status", [ParcelStatus.DELIVERED, ParcelStatus.TURNED_BACK, ParcelStatus.LOST])
    async def test_parcel_that_has_left_the_way_cannot_be_stopped(self, stage: Stage, status: ParcelStatus) -> None:
        parcel = await stage.carrier.create_label(stage.key("label"), label("elsewhere"))
        await stage.carrier.accept_scan(scan(parcel.id, status, at=1_000))
        with pytest.raises(InterceptTooLateError):
            await stage.carrier.intercept(stage.key("intercept"), parcel.id)

    async def test_unknown_parcel_is_said_by_name(self, stage: Stage) -> None:
        with pytest.raises(ParcelNotFoundError):
            await stage.carrier.parcel("nothing")
        with pytest.raises(ParcelNotFoundError):
            await stage.carrier.intercept(stage.key("intercept"), "nothing")
        with pytest.raises(ParcelNotFoundError):
            await stage.carrier.accept_scan(scan("nothing", ParcelStatus.PICKED_UP, at=1))
        assert await stage.carrier.parcels_of("nothing") == []
