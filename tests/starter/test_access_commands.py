"""`duecourse access …`: secrets are printed once, lists show none, and what was taken back opens nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import ACCOUNTS, API_KEYS, OIDC_PEOPLE
from activities.store.database import open_database
from domain.errors import NotAllowedError
from starter.access.accounts import Accounts
from starter.access.keys import ApiKeys
from starter.access.oidc.people import OidcPeople
from starter.access.principals import Principal, Scope
from starter.cli.exits import ExitCode
from tests.starter.command_line import CommandLine


@asynccontextmanager
async def tables(cli: CommandLine) -> AsyncIterator[AsyncEngine]:
    """The store's tables, which are there already."""
    engine = open_database(cli.settings.database)
    yield engine
    await engine.dispose()


@pytest.fixture(autouse=True)
def nobody_before(cli: CommandLine) -> Iterator[None]:
    async def empty() -> None:
        async with tables(cli) as engine, engine.begin() as connection:
            for table in (ACCOUNTS, API_KEYS, OIDC_PEOPLE):
                await connection.execute(delete(table))

    asyncio.run(empty())
    yield
    asyncio.run(empty())


def principal(cli: CommandLine, key: str) -> Principal | None:
    async def ask() -> Principal | None:
        async with tables(cli) as engine:
            return await ApiKeys(engine).principal(key)

    return asyncio.run(ask())


def opens(cli: CommandLine, staff_id: str, password: str) -> bool:
    async def ask() -> bool:
        async with tables(cli) as engine:
            return await Accounts(engine).with_password(staff_id, password) is not None

    return asyncio.run(ask())


def test_staff_id_is_freed_for_whoever_signs_in_with_it_next(cli: CommandLine) -> None:
    async def come(subject: str) -> bool:
        async with tables(cli) as engine:
            try:
                await OidcPeople(engine).come("online-01", "https://id.example", subject, None)
            except NotAllowedError:
                return False
        return True

    assert asyncio.run(come("u1"))
    assert not asyncio.run(come("u2"))
    assert cli.json("access", "person", "forget", "online-01") == {"staff_id": "online-01", "forgotten": True}
    assert asyncio.run(come("u2"))
    assert cli.run("access", "person", "forget", "phone-01")[1].strip() == "was not known"


def test_key_is_printed_once_and_opens_what_it_is_for(cli: CommandLine) -> None:
    code, out, _ = cli.run("access", "key", "create", "shop", "--scope", "cases:open", "--scope", "cases:read")
    assert code == ExitCode.OK
    found = principal(cli, out.strip())
    assert found is not None
    assert (found.name, found.scopes) == ("shop", frozenset({Scope.OPEN_CASES, Scope.READ_CASES}))
    [listed] = cli.json("access", "key", "list")
    assert (listed["name"], listed["scopes"]) == ("shop", ["cases:open", "cases:read"])
    secret = out.strip().split("_", 2)[2]
    assert secret not in str(listed)
    assert secret not in cli.run("access", "key", "list")[1]


def test_revoked_key_opens_nothing(cli: CommandLine) -> None:
    key = cli.json("access", "key", "create", "shop", "--scope", "all")["key"]
    prefix = key.split("_")[1]
    assert cli.json("access", "key", "revoke", prefix) == {"prefix": prefix, "revoked": True}
    assert cli.json("access", "key", "revoke", prefix)["revoked"] is False
    assert principal(cli, key) is None


def test_key_is_taken_back_by_what_its_owner_has_of_it(cli: CommandLine) -> None:
    for parts in (2, 3):
        key = cli.json("access", "key", "create", "shop", "--scope", "all")["key"]
        assert cli.json("access", "key", "revoke", "_".join(key.split("_", 2)[:parts]))["revoked"] is True
        assert principal(cli, key) is None


def test_list_of_keys_has_each_prefix_whole_however_many_scopes_there_are(cli: CommandLine) -> None:
    key = cli.json("access", "key", "create", "a-shop-with-a-long-name", "--scope", "all")["key"]
    listed = cli.run("access", "key", "list")[1]
    assert key.split("_")[1] in listed
    assert "a-shop-with-a-long-name" in listed


@pytest.mark.parametrize("wrong", [("Shop", "all"), ("shop", "cases:burn"), ("desk", "all")])
def test_key_that_cannot_be_is_refused(cli: CommandLine, wrong: tuple[str, str]) -> None:
    name, scope = wrong
    refused = cli.json("access", "key", "create", name, "--scope", scope, code=ExitCode.USAGE)
    assert refused["error"]["code"] == "invalid_input"
    assert cli.json("access", "key", "list") == []


def test_account_opens_with_the_password_that_is_printed_until_it_is_disabled(cli: CommandLine) -> None:
    first = cli.json("access", "account", "create", "online-01")["password"]
    assert opens(cli, "online-01", first)
    second = cli.json("access", "account", "password", "online-01")["password"]
    assert (opens(cli, "online-01", first), opens(cli, "online-01", second)) == (False, True)
    cli.json("access", "account", "disable", "online-01")
    assert not opens(cli, "online-01", second)


def test_password_that_is_given_is_not_printed(cli: CommandLine) -> None:
    command = ("access", "account", "create", "online-01", "--password-stdin", "--json")
    code, out, _ = cli.run(*command, stdin="correct horse battery\n")
    assert (code, "correct" in out) == (ExitCode.OK, False)
    assert opens(cli, "online-01", "correct horse battery")


def test_account_is_for_the_staff_of_the_policy_and_for_auditors(cli: CommandLine) -> None:
    refused = cli.json("access", "account", "create", "somebody", code=ExitCode.REFUSED)
    assert refused["error"]["code"] == "not_allowed"
    assert cli.json("access", "account", "create", "somebody", "--auditor")["password"]
    again = cli.json("access", "account", "create", "somebody", "--auditor", code=ExitCode.USAGE)
    assert again["error"]["details"]["field"] == "staff_id"
