"""Local accounts: argon2 in the store, one answer for whatever is wrong, no way in once they are disabled."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import ACCOUNTS
from domain.errors import InvalidInputError
from domain.people import Role
from starter.access.accounts import Accounts
from tests.starter.access.conftest import QUICK, MovedClock

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(engine: AsyncEngine, clock: MovedClock) -> Accounts:
    return Accounts(engine, clock=clock, hasher=QUICK)


async def stored(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        hashed: str = (await connection.execute(select(ACCOUNTS.c.password_hash))).scalar_one()
    return hashed


async def test_account_opens_with_its_password_and_with_no_other(accounts: Accounts) -> None:
    assert await accounts.create("online-01", PASSWORD)
    account = await accounts.with_password("online-01", PASSWORD)
    assert account is not None
    assert (account.staff_id, account.role) == ("online-01", None)
    assert await accounts.with_password("online-01", PASSWORD + "!") is None
    assert await accounts.with_password("online-02", PASSWORD) is None


async def test_password_is_stored_as_argon2_makes_it(accounts: Accounts, engine: AsyncEngine) -> None:
    await accounts.create("online-01", PASSWORD)
    assert (await stored(engine)).startswith("$argon2id$")
    assert PASSWORD not in await stored(engine)


async def test_unknown_account_costs_as_much_as_a_wrong_password(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.create("online-01", PASSWORD)
    verified: list[str] = []

    def verify(self: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed)
        return False

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    await accounts.with_password("online-01", "wrong")
    await accounts.with_password("nobody", "wrong")
    assert [hashed[:10] for hashed in verified] == ["$argon2id$"] * 2


async def test_second_account_of_the_same_person_changes_nothing(accounts: Accounts) -> None:
    await accounts.create("online-01", PASSWORD)
    assert not await accounts.create("online-01", "another password")
    assert await accounts.with_password("online-01", PASSWORD)


async def test_disabled_account_opens_again_with_a_new_password_only(accounts: Accounts) -> None:
    await accounts.create("online-01", PASSWORD)
    await accounts.disable("online-01")
    assert await accounts.with_password("online-01", PASSWORD) is None
    await accounts.change_password("online-01", "something else now")
    assert await accounts.with_password("online-01", PASSWORD) is None
    assert await accounts.with_password("online-01", "something else now")


async def test_hash_of_a_weaker_time_is_made_anew_at_the_next_sign_in(accounts: Accounts, engine: AsyncEngine) -> None:
    await accounts.create("online-01", PASSWORD)
    before = await stored(engine)
    stronger = Accounts(engine, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert await stronger.with_password("online-01", PASSWORD)
    assert "t=2" in await stored(engine) != before
    assert await stronger.with_password("online-01", PASSWORD)


async def test_auditor_is_one_by_their_account(accounts: Accounts) -> None:
    await accounts.create("auditor-01", PASSWORD, Role.AUDITOR)
    account = await accounts.get("auditor-01")
    assert account is not None
    assert account.role is Role.AUDITOR


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 257])
async def test_password_that_is_too_short_or_too_long_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InvalidInputError, match="12 to 256 characters"):
        await accounts.create("online-01", password)
    assert await accounts.get("online-01") is None


async def test_account_that_is_not_there_cannot_be_changed(accounts: Accounts) -> None:
    with pytest.raises(InvalidInputError):
        await accounts.disable("online-01")
    with pytest.raises(InvalidInputError):
        await accounts.change_password("online-01", PASSWORD)
    with pytest.raises(InvalidInputError):
        await accounts.create("no blanks", PASSWORD)
