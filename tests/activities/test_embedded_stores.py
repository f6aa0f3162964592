"""The smaller rooms over the store: customers and orders, compensation, timelines, policies, openings."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.archive.timeline import TimelineArchive
from activities.clock import wall_clock
from activities.compensation.embedded import EmbeddedCompensationDesk, reference_of
from activities.compensation.port import CompensationConflictError
from activities.customers.embedded import BATCH, EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.openings.register import OpeningRegister
from activities.policies.archive import PolicyArchive, Publication
from activities.store.tables import PUBLICATIONS
from domain.deeds import CompensationOrder, TimelineArchiveOrder
from domain.errors import PolicyInvalidError, PolicyUnknownError
from domain.money import Money
from domain.people import CustomerProfile, DeliveryChannel, Language
from domain.timeline import Entry

EMAIL, SMS, CHAT = DeliveryChannel.EMAIL, DeliveryChannel.SMS, DeliveryChannel.CHAT


class TestCustomerDirectory:
    async def test_customer_is_reachable_where_an_address_is_known(self, engine: AsyncEngine) -> None:
        customers = EmbeddedCustomerDirectory(engine)
        li = CustomerProfile(id="li", vip=True, language=Language.EN, zone="Europe/Berlin", reachable_by=(CHAT,))
        await customers.register(Registration(li, {SMS: "+49", EMAIL: "li@example.com"}))
        assert await customers.profile("li") == li.model_copy(update={"reachable_by": (EMAIL, SMS)})
        assert await customers.address("li", EMAIL) == "li@example.com"
        assert await customers.address("li", CHAT) is None

    async def test_unknown_customer_is_none(self, engine: AsyncEngine) -> None:
        customers = EmbeddedCustomerDirectory(engine)
        assert (await customers.profile("li"), await customers.address("li", EMAIL)) == (None, None)

    async def test_registering_again_replaces_profile_and_addresses(self, engine: AsyncEngine) -> None:
        customers = EmbeddedCustomerDirectory(engine)
        await customers.register(Registration(CustomerProfile(id="li"), {EMAIL: "old@example.com", SMS: "+86"}))
        await customers.register(Registration(CustomerProfile(id="li", vip=True), {EMAIL: "new@example.com"}))
        profile = await customers.profile("li")
        assert profile
        assert (profile.vip, profile.reachable_by) == (True, (EMAIL,))
        assert await customers.address("li", EMAIL) == "new@example.com"

    async def test_import_of_many_leaves_everybody_with_their_own_address(self, engine: AsyncEngine) -> None:
        customers = EmbeddedCustomerDirectory(engine)
        many = [
            Registration(CustomerProfile(id=f"c{n}"), {EMAIL: f"{n}@example.com"} if n % 2 else {})
            for n in range(2 * BATCH + 1)
        ]
        assert await customers.register_many(iter(many)) == len(many)
        assert await customers.register_many(many) == len(many)
        assert await customers.address("c999", EMAIL) == "999@example.com"
        assert await customers.address("c1000", EMAIL) is None
        assert await customers.register_many([]) == 0

    async def test_address_stays_out_of_what_is_printed(self) -> None:
        assert "li@example.com" not in repr(Registration(CustomerProfile(id="li"), {EMAIL: "li@example.com"}))


def compensation(minor: int = 2_000, customer: str = "li") -> CompensationOrder:
    amount = Money(minor=minor, currency="CNY")
    return CompensationOrder(
        case_id="c1", key="c1:tier:1:compensate", customer_id=customer, amount=amount, because="late"
    )


class TestCompensationDesk:
    async def test_grant_is_made_once_however_often_it_is_asked_for(self, engine: AsyncEngine) -> None:
        desk = EmbeddedCompensationDesk(engine)
        references = await asyncio.gather(*(desk.grant(compensation()) for _ in range(10)))
        assert set(references) == {reference_of("c1:tier:1:compensate")}
        assert await desk.granted_to("li") == [compensation()]

    @pytest.mark.parametrize("other", [compensation(minor=9_900), compensation(customer="wang")])
    async def test_key_stands_for_one_compensation(self, engine: AsyncEngine, other: CompensationOrder) -> None:
        desk = EmbeddedCompensationDesk(engine)
        await desk.grant(compensation())
        with pytest.raises(CompensationConflictError):
            await desk.grant(other)
        assert await desk.granted_to("li") == [compensation()]
        assert await desk.granted_to("wang") == []


def entry(seq: int, text: str | None = None) -> Entry:
    return Entry(
        seq=seq, at=seq, what="message_delivered", by="chen", facts={"key": "k", "n": seq}, text=text, public=True
    )


class TestTimelineArchive:
    async def test_entries_come_back_in_order_as_they_were(self, engine: AsyncEngine) -> None:
        archive = TimelineArchive(engine)
        await archive.add(TimelineArchiveOrder(case_id="c1", entries=(entry(3), entry(1, "你好"), entry(2))))
        await archive.add(TimelineArchiveOrder(case_id="c2", entries=(entry(1),)))
        assert await archive.entries("c1") == [entry(1, "你好"), entry(2), entry(3)]
        assert await archive.entries("c1", after=1, limit=1) == [entry(2)]
        assert await archive.entries("c3") == []

    async def test_archiving_again_keeps_each_entry_once(self, engine: AsyncEngine) -> None:
        archive = TimelineArchive(engine)
        for _ in range(2):
            await archive.add(TimelineArchiveOrder(case_id="c1", entries=(entry(1), entry(2))))
        await archive.add(TimelineArchiveOrder(case_id="c1", entries=(entry(2), entry(3))))
        await archive.add(TimelineArchiveOrder(case_id="c1", entries=()))
        assert [kept.seq for kept in await archive.entries("c1")] == [1, 2, 3]


class TestPolicyArchive:
    async def test_version_stays_as_it_was_published(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine)
        assert await archive.publish("charter@1", "charter", '{"a": 1}') is True
        assert await archive.publish("charter@1", "charter", '{"a": 1}') is False
        with pytest.raises(PolicyInvalidError):
            await archive.publish("charter@1", "charter", '{"a": 2}')
        assert (await archive.load("charter@1")).document == '{"a": 1}'

    async def test_latest_is_the_one_that_was_published_last(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine, clock=lambda: 1_000)
        for version in ("charter@b", "charter@a", "charter@c"):
            await archive.publish(version, "charter", "{}")
        await archive.publish("other@z", "other", "{}")
        await archive.publish("charter@a", "charter", "{}")
        assert (await archive.latest("charter")).version == "charter@c"
        assert [policy.version for policy in await archive.load_all()] == [
            "charter@b",
            "charter@a",
            "charter@c",
            "other@z",
        ]

    async def test_version_that_was_returned_to_is_the_latest_with_who_and_why(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine, clock=lambda: 1_000)
        await archive.publish("charter@a", "charter", "{}", by="chen")
        await archive.publish("charter@b", "charter", "{}", by="wang", reason="shorter")
        assert await archive.return_to("charter@a", by="chen", reason="too short") is True
        assert await archive.return_to("charter@a", by="wang") is False
        assert (await archive.latest("charter")).version == "charter@a"
        assert [one.version for one in await archive.load_all()] == ["charter@b", "charter@a"]
        assert await archive.publications() == [
            Publication("charter@a", "charter", 1_000, "chen", None),
            Publication("charter@b", "charter", 1_001, "wang", "shorter"),
            Publication("charter@a", "charter", 1_002, "chen", "too short"),
        ]
        assert await archive.publish("charter@b", "charter", "{}") is False
        assert (await archive.latest("charter")).version == "charter@a"

    async def test_store_that_knows_no_publications_yet_goes_on_with_its_policies(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine, clock=lambda: 1_000)
        for version in ("charter@a", "charter@b"):
            await archive.publish(version, "charter", "{}")
        async with engine.begin() as connection:
            await connection.execute(delete(PUBLICATIONS))
        assert (await archive.latest("charter")).version == "charter@b"
        assert await archive.return_to("charter@a") is True
        assert (await archive.load("charter@a")).published_at == 1_002
        assert (await archive.latest("charter")).version == "charter@a"

    async def test_unknown_policy_is_refused(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine)
        with pytest.raises(PolicyUnknownError):
            await archive.load("charter@1")
        with pytest.raises(PolicyUnknownError):
            await archive.latest("charter")
        with pytest.raises(PolicyUnknownError):
            await archive.return_to("charter@1")
        assert await archive.load_all() == []

    async def test_two_who_publish_at_once_publish_once(self, engine: AsyncEngine) -> None:
        archive = PolicyArchive(engine)
        new = await asyncio.gather(*(archive.publish("charter@1", "charter", "{}") for _ in range(5)))
        assert sorted(new) == [False, False, False, False, True]


class TestOpeningRegister:
    async def test_of_many_openings_at_once_one_is_new(self, engine: AsyncEngine) -> None:
        register = OpeningRegister(engine)
        found = await asyncio.gather(
            *(register.reserve("c1", source="api", reference="r1", request_hash=f"h{n}") for n in range(8))
        )
        assert [new for new, _ in found].count(True) == 1
        [first] = [opening for new, opening in found if new]
        assert {opening.request_hash for _, opening in found} == {first.request_hash}

    async def test_start_that_was_lost_is_found_with_its_request(self, engine: AsyncEngine) -> None:
        register = OpeningRegister(engine)
        _, opening = await register.reserve("c1", source="mail", reference=None, request_hash="h", request='{"a": 1}')
        assert await register.unstarted() == [opening]
        assert (opening.request, opening.started, opening.reference) == ('{"a": 1}', False, None)
        assert await register.unstarted(older_than=60_000) == []
        later = OpeningRegister(engine, clock=lambda: wall_clock() + 61_000)
        assert await later.unstarted(older_than=60_000) == [opening]

    async def test_started_case_keeps_no_copy_of_its_request(self, engine: AsyncEngine) -> None:
        register = OpeningRegister(engine)
        await register.reserve("c1", source="api", reference="r1", request_hash="h", request='{"a": 1}')
        await register.mark_started("c1")
        assert await register.unstarted() == []
        new, opening = await register.reserve("c1", source="api", reference="r1", request_hash="h", request="{}")
        assert (new, opening.started, opening.request) == (False, True, None)
        assert await register.get("c1") == opening
        assert await register.get("c2") is None

    async def test_request_stays_out_of_what_is_printed(self, engine: AsyncEngine) -> None:
        _, opening = await OpeningRegister(engine).reserve(
            "c1", source="api", reference=None, request_hash="h", request="private words"
        )
        assert "private words" not in repr(opening)
