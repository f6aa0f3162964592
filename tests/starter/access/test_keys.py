"""API keys: shown once, kept as a hash, limited to scopes, gone when they are revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import API_KEYS
from domain.errors import InvalidInputError
from domain.people import Actor, Role
from starter.access.keys import NOTED_EVERY, ApiKeys
from starter.access.principals import Scope
from tests.starter.access.conftest import MovedClock

OPENS = (Scope.OPEN_CASES, Scope.READ_CASES)


@pytest.fixture
def keys(engine: AsyncEngine, clock: MovedClock) -> ApiKeys:
    return ApiKeys(engine, clock=clock)


async def test_key_is_whoever_it_was_made_for_with_its_scopes_only(keys: ApiKeys) -> None:
    principal = await keys.principal(await keys.create("shop", OPENS))
    assert principal is not None
    assert (principal.name, principal.role, principal.scopes) == ("shop", Role.SYSTEM, frozenset(OPENS))


async def test_actor_of_a_system_is_nobody_of_the_staff_whatever_its_name(keys: ApiKeys) -> None:
    principal = await keys.principal(await keys.create("online-01", OPENS))
    assert principal is not None
    assert principal.actor == Actor(id="system:online-01", role=Role.SYSTEM)


async def test_nothing_that_is_stored_lets_anybody_in(keys: ApiKeys, engine: AsyncEngine) -> None:
    token = await keys.create("shop", OPENS)
    secret = token.split("_", 2)[2]
    async with engine.connect() as connection:
        row = (await connection.execute(select(API_KEYS))).one()
    assert secret not in str(row)
    assert await keys.principal(f"dck_{row.prefix}_{row.secret_hash}") is None


async def test_every_key_is_another_one_even_of_the_same_system(keys: ApiKeys) -> None:
    first, second = await keys.create("shop", OPENS), await keys.create("shop", OPENS)
    assert first != second
    assert await keys.principal(first) == await keys.principal(second)


@pytest.mark.parametrize("broken", ["", "dck", "dck_", "dck__", "Bearer", "x_y_z", "dck_000000000000_secret"])
async def test_what_is_no_key_is_nobody(keys: ApiKeys, broken: str) -> None:
    assert await keys.principal(broken) is None


async def test_right_prefix_with_a_wrong_secret_is_nobody(keys: ApiKeys) -> None:
    token = await keys.create("shop", OPENS)
    assert await keys.principal(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert await keys.principal("xck" + token[3:]) is None


async def test_revoked_key_is_nobody_from_that_moment(keys: ApiKeys, clock: MovedClock) -> None:
    token = await keys.create("shop", OPENS)
    [key] = await keys.all()
    assert await keys.revoke(key.prefix)
    assert await keys.principal(token) is None
    clock.now += 5
    assert not await keys.revoke(key.prefix)
    assert [one.revoked_at for one in await keys.all()] == [clock.now - 5]


async def test_use_of_a_key_is_noted_once_a_minute(keys: ApiKeys, clock: MovedClock) -> None:
    token = await keys.create("shop", OPENS)
    noted = []
    for wait in (0, NOTED_EVERY - 1, 1):
        clock.now += wait
        await keys.principal(token)
        noted.append((await keys.all())[0].last_used_at)
    assert noted == [clock.now - NOTED_EVERY, clock.now - NOTED_EVERY, clock.now]


@pytest.mark.parametrize(
    ("name", "scopes", "field"),
    [("Shop", OPENS, "name"), ("desk", OPENS, "name"), ("", OPENS, "name"), ("shop", (), "scope")],
)
async def test_key_without_a_name_or_a_scope_is_refused(
    keys: ApiKeys, name: str, scopes: tuple[Scope, ...], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await keys.create(name, scopes)
    assert refused.value.details["field"] == field
    assert await keys.all() == []


async def test_key_that_was_never_made_cannot_be_revoked(keys: ApiKeys) -> None:
    with pytest.raises(InvalidInputError):
        await keys.revoke("000000000000")
