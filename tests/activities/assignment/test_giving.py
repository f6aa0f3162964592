"""Tasks given to people over a real store: what is on record of them counts, and two at once see each other."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.assignment.activities import AssignmentActivities
from activities.assignment.duty_book import DutyBook
from activities.assignment.giving import SETTLES_WITHIN, Giving
from activities.assignment.port import InHand
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.named import NamedAgents
from activities.customers.port import Registration
from activities.notifications.inbox import StaffInbox
from activities.notifications.near_due import NearDueItems
from activities.notifications.port import StaffNotice, StaffNotifier, TransientDeliveryError
from activities.notifications.staff import StaffNotices
from activities.store.assignment_tables import ASSIGNMENTS
from domain.assignment.choosing import Bar, Reason
from domain.assignment.duty import Presence
from domain.assignment.need import AssignmentOrder
from domain.people import Channel, CustomerProfile
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE
from tests.domain.assigning import need, pushing
from tests.domain.cases import MONDAY

TEAM = ["online-01", "online-02", "online-03"]


class House:
    """People of a small team, a clock that the test moves, and what they are shown to have in hand."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.now = MONDAY
        self.hands: list[InHand] = []
        self.asked: list[Collection[str]] = []
        self.policy = _small(pushing())
        self.engine = engine
        self.book = DutyBook(engine, clock=self.clock)
        self.giving = Giving(engine, self.in_force, self, clock=self.clock)

    def clock(self) -> int:
        return self.now

    async def in_force(self) -> Policy:
        return self.policy

    async def in_hand(self, people: Collection[str]) -> list[InHand]:
        self.asked.append(people)
        return [hand for hand in self.hands if hand.person in people]

    async def come(self, people: Iterable[str] = TEAM) -> None:
        for person in people:
            await self.book.say(person, Presence.AVAILABLE)


def _small(policy: Policy) -> Policy:
    teams = {**policy.teams, "online": policy.teams["online"].model_copy(update={"members": tuple(TEAM)})}
    return policy.model_copy(update={"teams": teams})


def order(number: int = 1, **how: object) -> AssignmentOrder:
    case = f"C{number}"
    return AssignmentOrder(case_id=case, key=f"{case}:assign:1", task="T1", need=need(**how), about="T1 is yours")


@pytest.fixture
def house(engine: AsyncEngine) -> House:
    return House(engine)


async def test_who_says_nothing_is_given_nothing(house: House) -> None:
    assert (await house.giving.give(order())).barred == {Bar.NOT_PRESENT: 3}
    await house.come(["online-02"])
    chosen = await house.giving.give(order())
    assert (chosen.person, chosen.reason) == ("online-02", Reason.ONLY_ONE)


async def test_tasks_that_are_given_at_once_go_to_different_people(house: House) -> None:
    await house.come()
    found = await asyncio.gather(*(house.giving.give(order(number)) for number in range(9)))
    assert sorted(choice.person or "" for choice in found) == sorted(TEAM * 3)


async def test_capacity_holds_for_what_nobody_shows_yet(house: House) -> None:
    await house.come(["online-01"])
    found = [await house.giving.give(order(number)) for number in range(5)]
    assert [choice.load for choice in found[:4]] == [0, 1, 2, 3]
    assert found[4].barred == {Bar.FULL: 1, Bar.NOT_PRESENT: 2}
    house.now += SETTLES_WITHIN
    assert (await house.giving.give(order(5))).person == "online-01"


async def test_what_is_shown_and_was_given_lately_counts_once(house: House) -> None:
    await house.come(["online-01"])
    await house.giving.give(order(1))
    house.hands = [InHand("online-01", "C1", "T1", Channel.CHAT), InHand("online-01", "C9", "T4", Channel.EMAIL)]
    assert (await house.giving.give(order(2))).load == 2


async def test_order_that_comes_again_is_answered_as_before(house: House) -> None:
    await house.come(["online-01"])
    first = await house.giving.give(order())
    await house.come(["online-02"])
    assert await house.giving.give(order()) == first
    async with house.engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(ASSIGNMENTS))).scalar_one() == 1


async def test_who_was_given_a_task_last_is_last_in_turn(house: House) -> None:
    await house.come()
    people = []
    for number in range(4):
        people.append((await house.giving.give(order(number))).person)
        house.now += SETTLES_WITHIN
    assert people == [*TEAM, "online-01"]


async def test_absent_people_come_back_and_what_was_said_of_them_is_replaced_or_taken_back(house: House) -> None:
    await house.come(TEAM[:2])
    await house.book.excuse("A1", "online-01", MONDAY, MONDAY + HOUR, told_by="supervisor-01")
    await house.book.excuse("A2", "online-02", MONDAY + HOUR, MONDAY + 2 * HOUR, told_by="supervisor-01")
    assert (await house.giving.give(order(1))).person == "online-02"
    assert (await house.book.told(TEAM))["online-01"].absent_until == MONDAY + HOUR
    await house.book.excuse("A2", "online-02", MONDAY, MONDAY + 2 * HOUR, told_by="supervisor-01")
    found = await house.giving.give(order(2))
    assert found.barred == {Bar.ABSENT: 2, Bar.NOT_PRESENT: 1}
    assert await house.book.take_back("A1")
    assert not await house.book.take_back("A1")
    assert (await house.giving.give(order(3))).person == "online-01"
    house.now += 2 * HOUR
    assert await house.book.absences(TEAM) == []


async def test_absence_that_goes_on_into_the_next_ends_with_the_last(house: House) -> None:
    for number in range(3):
        begins = MONDAY + number * HOUR
        await house.book.excuse(f"A{number}", "online-01", begins, begins + HOUR, told_by="x")
    await house.book.excuse("A9", "online-01", MONDAY + 5 * HOUR, MONDAY + 6 * HOUR, told_by="x")
    assert (await house.book.told(TEAM))["online-01"].absent_until == MONDAY + 3 * HOUR


async def test_presence_counts_while_it_is_said_again(house: House) -> None:
    await house.come(["online-01"])
    for _ in range(4):
        house.now += 10 * MINUTE
        assert await house.book.heard("online-01", 15 * MINUTE) is Presence.AVAILABLE
    assert (await house.giving.give(order(1))).person == "online-01"
    house.now += 16 * MINUTE
    assert await house.book.heard("online-01", 15 * MINUTE) is Presence.OFFLINE
    assert (await house.giving.give(order(2))).person is None
    assert await house.book.heard("online-02", 15 * MINUTE) is Presence.OFFLINE


async def test_who_leaves_is_given_nothing_more(house: House) -> None:
    await house.come(["online-01"])
    await house.book.leave("online-01")
    await house.book.leave("online-03")
    assert (await house.giving.give(order())).barred == {Bar.NOT_PRESENT: 3}
    await house.book.say("online-01", Presence.BUSY)
    assert (await house.giving.give(order())).barred == {Bar.NOT_PRESENT: 2, Bar.BUSY: 1}


async def test_people_and_teams_are_those_of_the_policy_in_force(house: House) -> None:
    await house.come()
    team = house.policy.teams["online"].model_copy(update={"absent": ("online-01",)})
    house.policy = house.policy.model_copy(update={"teams": {"online": team}})
    assert (await house.giving.give(order())).person == "online-02"
    assert house.asked == [("online-02", "online-03")]
    house.policy = house.policy.model_copy(update={"teams": {}})
    assert (await house.giving.give(order(2))).person is None


async def test_customer_is_known_with_the_agent_who_takes_care_of_them(engine: AsyncEngine) -> None:
    customers, agents = EmbeddedCustomerDirectory(engine), NamedAgents(engine)
    await agents.name("K1", "online-01")
    await customers.register(Registration(CustomerProfile(id="K1", vip=True)))
    for named in ("online-02", "online-03"):
        await agents.name("K1", named)
        known = await customers.profile("K1")
        assert known
        assert (known.vip, known.named_agent) == (True, named)
    await agents.take_back("K1")
    known = await customers.profile("K1")
    assert known
    assert known.named_agent is None


class AwayNotifier:
    """A notifier that is away."""

    async def notify(self, notice: StaffNotice) -> None:
        raise TransientDeliveryError("no connection")


async def nobody_wakes(staff_id: str, within: int) -> None:
    raise AssertionError("an assignment is told at once")


def activity_of(house: House, *notifiers: StaffNotifier) -> AssignmentActivities:
    return AssignmentActivities(house.giving, StaffNotices(notifiers, NearDueItems(house.engine), nobody_wakes))


async def test_whoever_is_chosen_is_told_once_and_nobody_else(sqlite_engine: AsyncEngine) -> None:
    house, inbox = House(sqlite_engine), StaffInbox(sqlite_engine)
    run, room = ActivityEnvironment().run, activity_of(house, inbox)
    assert (await run(room.assign_task, order())).person is None
    await house.come(["online-01"])
    for _ in range(2):
        assert (await run(room.assign_task, order())).person == "online-01"
    [told] = await inbox.newest("online-01")
    assert (told.notice, told.items[0].about) == ("handover", "T1 is yours")


async def test_choice_stands_while_whoever_was_chosen_cannot_be_told(sqlite_engine: AsyncEngine) -> None:
    house = House(sqlite_engine)
    await house.come(["online-01"])
    with pytest.raises(ApplicationError, match="staff were not told: no connection") as refused:
        await ActivityEnvironment().run(activity_of(house, AwayNotifier()).assign_task, order())
    assert (refused.value.type, refused.value.non_retryable) == ("channel_unavailable", False)
    await house.come(["online-02"])
    again = await ActivityEnvironment().run(activity_of(house, StaffInbox(sqlite_engine)).assign_task, order())
    assert again.person == "online-01"
