"""What every warehouse promises: a piece is promised to one only, and taken out or in once."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import InvalidInputError
from domain.shop.errors import (
    KeyReusedError,
    NothingUnderKeyError,
    OutOfStockError,
    StepStateError,
    VariantNotFoundError,
)
from domain.shop.stock import Condition, ReservationStatus
from tests.activities.shop.stage import Stage


async def shelf(stage: Stage, variant_id: str) -> tuple[int, int, int]:
    level = await stage.inventory.level(variant_id)
    assert level.available == level.on_hand - level.reserved
    return level.on_hand, level.reserved, level.set_aside


class TestInventory:
    async def test_reserved_pieces_are_kept_once(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("reserve")
        assert await stage.inventory.find_reservation(key) is None
        kept = await stage.inventory.reserve(key, tea, 3)
        assert await stage.inventory.reserve(key, tea, 3) == kept
        assert await stage.inventory.find_reservation(key) == kept
        assert await shelf(stage, tea) == (10, 3, 0)

    async def test_released_pieces_are_free_once(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("reserve")
        await stage.inventory.reserve(key, tea, 3)
        await stage.inventory.reserve(stage.key("reserve"), tea, 2)
        for _ in range(2):
            assert (await stage.inventory.release(key)).status is ReservationStatus.RELEASED
        assert await shelf(stage, tea) == (10, 2, 0)
        with pytest.raises(StepStateError):
            await stage.inventory.take_out(key)

    async def test_pieces_are_taken_out_once(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("reserve")
        await stage.inventory.reserve(key, tea, 3)
        taken = await asyncio.gather(*(stage.inventory.take_out(key) for _ in range(3)))
        assert {reservation.status for reservation in taken} == {ReservationStatus.TAKEN}
        assert await shelf(stage, tea) == (7, 0, 0)
        with pytest.raises(StepStateError):
            await stage.inventory.release(key)

    async def test_of_many_at_once_only_as_many_as_there_are_pieces_get_one(self, stage: Stage) -> None:
        tea = await stage.offer(pieces=3)
        keys = [stage.key("reserve") for _ in range(6)]
        got = await asyncio.gather(*(stage.inventory.reserve(key, tea, 1) for key in keys), return_exceptions=True)
        refused = [answer for answer in got if isinstance(answer, BaseException)]
        assert [type(answer) for answer in refused] == [OutOfStockError] * 3
        assert await shelf(stage, tea) == (3, 3, 0)

    async def test_same_reservation_many_times_at_once_keeps_once(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("reserve")
        got = await asyncio.gather(*(stage.inventory.reserve(key, tea, 2) for _ in range(4)))
        assert len({reservation.id for reservation in got}) == 1
        assert await shelf(stage, tea) == (10, 2, 0)

    async def test_reservation_that_cannot_be_leaves_its_key_free(self, stage: Stage) -> None:
        tea, key = await stage.offer(pieces=1), stage.key("reserve")
        with pytest.raises(OutOfStockError) as short:
            await stage.inventory.reserve(key, tea, 2)
        assert (short.value.details["available"], short.value.details["variant"]) == (1, tea)
        assert await stage.inventory.find_reservation(key) is None
        with pytest.raises(VariantNotFoundError):
            await stage.inventory.reserve(key, "nothing", 1)
        with pytest.raises(InvalidInputError):
            await stage.inventory.reserve(key, tea, 0)
        assert (await stage.inventory.reserve(key, tea, 1)).quantity == 1

    async def test_key_stands_for_one_reservation(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("reserve")
        await stage.inventory.reserve(key, tea, 2)
        with pytest.raises(KeyReusedError):
            await stage.inventory.reserve(key, tea, 3)
        with pytest.raises(KeyReusedError):
            await stage.inventory.restock(key, tea, 2, Condition.SOUND)
        for step in (stage.inventory.release, stage.inventory.take_out):
            with pytest.raises(NothingUnderKeyError):
                await step(stage.key("reserve"))

    @pytest.mark.parametrize(
        ("condition", "then"),
        [(Condition.SOUND, (12, 0, 0)), (Condition.DAMAGED, (10, 0, 2)), (Condition.OTHER, (10, 0, 2))],
    )
    async def test_pieces_come_in_once_and_only_sound_ones_can_be_sold(
        self, stage: Stage, condition: Condition, then: tuple[int, int, int]
    ) -> None:
        tea, key = await stage.offer(), stage.key("restock")
        assert await stage.inventory.find_restock(key) is None
        got = await asyncio.gather(*(stage.inventory.restock(key, tea, 2, condition) for _ in range(3)))
        assert await stage.inventory.find_restock(key) == got[0]
        assert await shelf(stage, tea) == then

    async def test_restock_that_cannot_be_is_refused(self, stage: Stage) -> None:
        with pytest.raises(VariantNotFoundError):
            await stage.inventory.restock(stage.key("restock"), "nothing", 1, Condition.SOUND)
        with pytest.raises(InvalidInputError):
            await stage.inventory.restock(stage.key("restock"), await stage.offer(), 10_000, Condition.SOUND)
        with pytest.raises(VariantNotFoundError):
            await stage.inventory.level("nothing")
