"""Notices to staff: at once, except what is nearly due, which comes together; nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notifications.inbox import StaffInbox
from activities.notifications.near_due import NearDueItems
from activities.notifications.port import StaffNotice, StaffNotifier, TransientDeliveryError
from activities.notifications.staff import StaffNotices
from domain.deeds import NoticeKind, NoticeOrder

MINUTE, HOUR = 60_000, 3_600_000


@dataclass
class Hand:
    """A clock that the test turns."""

    now: int = 1_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Alarm:
    """Remembers whose digest was asked for; the first `failures` times it fails."""

    def __init__(self, failures: int = 0) -> None:
        self.woken: list[tuple[str, int]] = []
        self._failures = failures

    async def wake(self, staff_id: str, within: int) -> None:
        if self._failures:
            self._failures -= 1
            raise ConnectionError("Temporal is away")
        self.woken.append((staff_id, within))


class Megaphone:
    """A notifier that remembers what it told, and breaks down when it is told to."""

    def __init__(self) -> None:
        self.told: list[StaffNotice] = []
        self.breaks_before = False
        self.breaks_after = False

    async def notify(self, notice: StaffNotice) -> None:
        if self.breaks_before:
            raise TransientDeliveryError("away")
        self.told.append(notice)
        if self.breaks_after:
            raise TransientDeliveryError("the answer was lost")


def order(
    number: int,
    *recipients: str,
    notice: NoticeKind = NoticeKind.NEAR_DUE,
    within: int = 5 * MINUTE,
    due: int | None = None,
) -> NoticeOrder:
    return NoticeOrder(
        case_id=f"c{number}",
        key=f"c{number}:tier:1:warn",
        notice=notice,
        recipients=recipients or ("chen",),
        about=f"tier 1 of c{number}: 15 min left",
        item=f"tier 1 of c{number}",
        due_at=10 * HOUR + number * MINUTE if due is None else due,
        group_within_ms=within,
    )


@dataclass
class Office:
    """Everything that tells staff, over one store."""

    notices: StaffNotices
    inbox: StaffInbox
    items: NearDueItems
    alarm: Alarm
    clock: Hand


def office(engine: AsyncEngine, *more: StaffNotifier, failures: int = 0) -> Office:
    clock, alarm = Hand(), Alarm(failures)
    inbox, items = StaffInbox(engine, clock=clock), NearDueItems(engine, clock=clock)
    return Office(StaffNotices([inbox, *more], items, alarm.wake, clock=clock), inbox, items, alarm, clock)


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind is not NoticeKind.NEAR_DUE])
async def test_everything_but_near_due_is_told_at_once(engine: AsyncEngine, kind: NoticeKind) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1, "chen", "deng", notice=kind))
    for person in ("chen", "deng"):
        [notice] = await desk.inbox.newest(person)
        assert (notice.notice, notice.items[0].case_id, notice.items[0].due_at) == (kind, "c1", 10 * HOUR + MINUTE)
    assert desk.alarm.woken == []


async def test_notice_told_twice_is_in_the_inbox_once(engine: AsyncEngine) -> None:
    desk = office(engine)
    for _ in range(3):
        await desk.notices.tell(order(1, notice=NoticeKind.BREACH))
    assert len(await desk.inbox.newest("chen")) == 1


async def test_breaches_of_many_cases_are_never_grouped(engine: AsyncEngine) -> None:
    desk = office(engine)
    for number in range(1, 6):
        await desk.notices.tell(order(number, notice=NoticeKind.BREACH))
    assert [notice.items[0].case_id for notice in await desk.inbox.newest("chen")] == ["c5", "c4", "c3", "c2", "c1"]


async def test_near_due_items_of_one_person_become_one_notice(engine: AsyncEngine) -> None:
    desk = office(engine)
    for number in range(1, 5):
        await desk.notices.tell(order(number, "chen", "deng"))
    assert await desk.inbox.newest("chen") == []
    assert desk.alarm.woken == [("chen", 5 * MINUTE), ("deng", 5 * MINUTE)]
    assert await desk.notices.send_digest("chen") == 4
    [digest] = await desk.inbox.newest("chen")
    assert digest.notice is NoticeKind.NEAR_DUE
    assert [item.case_id for item in digest.items] == ["c1", "c2", "c3", "c4"]
    assert await desk.inbox.newest("deng") == []


async def test_what_waits_for_others_names_its_due_time_and_not_what_was_left_then(engine: AsyncEngine) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1))
    await desk.notices.send_digest("chen")
    [digest] = await desk.inbox.newest("chen")
    assert [(item.about, item.due_at) for item in digest.items] == [("tier 1 of c1", 10 * HOUR + MINUTE)]


async def test_what_is_nearly_over_waits_for_nobody(engine: AsyncEngine) -> None:
    desk = office(engine)
    for _ in range(2):
        await desk.notices.tell(order(1, due=desk.clock.now + 9 * MINUTE))
    [told] = await desk.inbox.newest("chen")
    assert told.items[0].about == "tier 1 of c1: 15 min left"
    assert (desk.alarm.woken, await desk.notices.send_digest("chen")) == ([], 0)


async def test_repeat_of_what_waits_already_is_told_once_though_it_is_nearly_over_by_then(engine: AsyncEngine) -> None:
    desk = office(engine)
    asked = order(1, due=desk.clock.now + 11 * MINUTE)
    await desk.notices.tell(asked)
    desk.clock.now += 4 * MINUTE
    await desk.notices.tell(asked)
    assert await desk.inbox.newest("chen") == []
    assert await desk.notices.send_digest("chen") == 1


async def test_second_digest_has_nothing_to_say(engine: AsyncEngine) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1))
    assert (await desk.notices.send_digest("chen"), await desk.notices.send_digest("chen")) == (1, 0)
    assert len(await desk.inbox.newest("chen")) == 1


async def test_item_that_was_sent_is_not_sent_again_when_its_order_is_repeated(engine: AsyncEngine) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1))
    await desk.notices.send_digest("chen")
    await desk.notices.tell(order(1))
    assert len(desk.alarm.woken) == 1
    assert await desk.notices.send_digest("chen") == 0


async def test_item_after_a_digest_starts_the_next_group(engine: AsyncEngine) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1))
    await desk.notices.send_digest("chen")
    await desk.notices.tell(order(2))
    assert await desk.notices.send_digest("chen") == 1
    assert [[item.case_id for item in digest.items] for digest in await desk.inbox.newest("chen")] == [["c2"], ["c1"]]


async def test_timer_that_could_not_be_started_is_started_by_the_repeat(engine: AsyncEngine) -> None:
    desk = office(engine, failures=1)
    with pytest.raises(ConnectionError):
        await desk.notices.tell(order(1))
    await desk.notices.tell(order(1))
    assert desk.alarm.woken == [("chen", 5 * MINUTE)]
    assert await desk.notices.send_digest("chen") == 1


@pytest.mark.parametrize("where", ["breaks_before", "breaks_after"])
async def test_digest_that_broke_is_sent_again_under_the_same_key_with_the_same_items(
    engine: AsyncEngine, where: str
) -> None:
    megaphone = Megaphone()
    desk = office(engine, megaphone)
    await desk.notices.tell(order(1))
    setattr(megaphone, where, True)
    with pytest.raises(TransientDeliveryError):
        await desk.notices.send_digest("chen")
    setattr(megaphone, where, False)
    await desk.notices.tell(order(2))
    assert await desk.notices.send_digest("chen") == 2
    digests = await desk.inbox.newest("chen")
    assert sorted(item.case_id for digest in digests for item in digest.items) == ["c1", "c2"]
    assert len({(told.key, told.items) for told in megaphone.told}) == 2
    assert await desk.notices.send_digest("chen") == 0


async def test_digests_at_once_put_no_item_into_two(engine: AsyncEngine) -> None:
    desk = office(engine)
    for number in range(1, 8):
        await desk.notices.tell(order(number))
    await asyncio.gather(*(desk.notices.send_digest("chen") for _ in range(5)))
    told = [item.case_id for digest in await desk.inbox.newest("chen") for item in digest.items]
    assert sorted(told) == sorted(f"c{number}" for number in range(1, 8))


async def test_items_that_nobody_sent_in_time_can_be_found(engine: AsyncEngine) -> None:
    desk = office(engine)
    await desk.notices.tell(order(1))
    since = desk.clock.now + 5 * MINUTE
    await desk.notices.tell(order(2, within=60 * MINUTE))
    assert await desk.items.overdue() == {}
    desk.clock.now += 6 * MINUTE
    assert await desk.items.overdue() == {"chen": since}
    await desk.notices.send_digest("chen")
    assert await desk.items.overdue() == {}
