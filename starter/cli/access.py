"""`duecourse access …`: who may come in through the API. Secrets are printed once; nobody can show them again."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, given, named
from starter.cli.screen import local, print_json, stdout
from starter.cli.session import through_store

if TYPE_CHECKING:
    from activities.notifications.links import PageLink
    from starter.access.keys import ApiKey
    from starter.doors import Store

app = typer.Typer(no_args_is_help=True, help="Say who may come in through the API.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys of systems.")
accounts_app = typer.Typer(no_args_is_help=True, help="Local accounts of staff.")
people_app = typer.Typer(no_args_is_help=True, help="People whom an OpenID Connect server lets in.")
app.add_typer(keys_app, name="key")
app.add_typer(accounts_app, name="account")
app.add_typer(people_app, name="person")

StaffId = Annotated[str, named("STAFF_ID", help="As in the policy's teams; of an auditor any new one.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin instead of making one up.")
]


@keys_app.command("create")
def create_key(
    name: Annotated[str, named("NAME", help="What the system is called, and the source of the cases it opens.")],
    scope: Annotated[
        list[str],
        given("--scope", metavar="SCOPE", help="Such as cases:open; may come again. `all` is all there are."),
    ],
    as_json: Json = False,
) -> None:
    """Make a key for a system and print it, this once."""

    async def work(store: Store) -> str:
        from domain.errors import InvalidInputError
        from starter.access.keys import ApiKeys
        from starter.access.principals import Scope

        wanted = list(Scope) if scope == ["all"] else scope
        if unknown := sorted(set(wanted) - set(Scope)):
            expected = ", ".join(Scope)
            raise InvalidInputError(f"--scope: expected some of {expected}; got {', '.join(unknown)}", field="scope")
        return await ApiKeys(store.engine).create(name, [Scope(one) for one in wanted])

    key = through_store(work, as_json=as_json)
    if as_json:
        print_json({"name": name, "key": key})
    else:
        stdout().print(key, markup=False)


@keys_app.command("list")
def list_keys(as_json: Json = False) -> None:
    """List the keys that were made, without their secrets."""

    async def work(store: Store) -> list[ApiKey]:
        from starter.access.keys import ApiKeys

        return await ApiKeys(store.engine).all()

    keys = through_store(work, as_json=as_json)
    if as_json:
        print_json([_shown(key) for key in keys])
        return
    _table(
        ("prefix", "name", "scopes", "made", "used last", "revoked"),
        [
            (
                key.prefix,
                key.name,
                " ".join(sorted(key.scopes)),
                local(key.created_at),
                local(key.last_used_at),
                local(key.revoked_at),
            )
            for key in keys
        ],
    )


@keys_app.command("revoke")
def revoke_key(
    prefix: Annotated[str, named("PREFIX", help="Of the key, as in the list, or the key.")], as_json: Json = False
) -> None:
    """Take a key back; the next request with it is refused."""

    async def work(store: Store) -> bool:
        from starter.access.keys import ApiKeys

        return await ApiKeys(store.engine).revoke(prefix)

    changed = through_store(work, as_json=as_json)
    _say({"prefix": prefix, "revoked": changed}, "revoked" if changed else "was revoked before", as_json=as_json)


@accounts_app.command("create")
def create_account(
    staff_id: StaffId,
    auditor: Annotated[
        bool, typer.Option("--auditor", help="Of somebody who is in no team: reads everything, writes nothing.")
    ] = False,
    password_stdin: PasswordStdin = False,
    as_json: Json = False,
) -> None:
    """Make an account and print its password, this once."""
    from starter.access.secrets import new_password

    given_one = _read_password() if password_stdin else None
    password = given_one or new_password()

    async def work(store: Store) -> None:
        from domain.errors import InvalidInputError
        from domain.people import Role
        from starter.access.accounts import Accounts
        from starter.actors import staff_member

        if not auditor:
            staff_member(await store.policy(), staff_id)
        if not await Accounts(store.engine).create(staff_id, password, Role.AUDITOR if auditor else None):
            raise InvalidInputError(f"{staff_id} has an account already", field="staff_id")

    through_store(work, as_json=as_json)
    _tell_password(staff_id, None if given_one else password, as_json=as_json)


@accounts_app.command("password")
def change_password(staff_id: StaffId, password_stdin: PasswordStdin = False, as_json: Json = False) -> None:
    """Give an account another password, printed this once; whoever is signed in with it has to sign in again."""
    from starter.access.secrets import new_password

    given_one = _read_password() if password_stdin else None
    password = given_one or new_password()

    async def work(store: Store) -> None:
        from starter.access.accounts import Accounts
        from starter.access.sessions import Sessions

        await Accounts(store.engine).change_password(staff_id, password)
        await Sessions(store.engine).end_all(staff_id)

    through_store(work, as_json=as_json)
    _tell_password(staff_id, None if given_one else password, as_json=as_json)


@accounts_app.command("disable")
def disable_account(staff_id: StaffId, as_json: Json = False) -> None:
    """Let nobody in with this account any more; a new password lets them in again."""

    async def work(store: Store) -> None:
        from starter.access.accounts import Accounts
        from starter.access.sessions import Sessions

        await Accounts(store.engine).disable(staff_id)
        await Sessions(store.engine).end_all(staff_id)

    through_store(work, as_json=as_json)
    _say({"staff_id": staff_id, "disabled": True}, "disabled", as_json=as_json)


@people_app.command("forget")
def forget_person(staff_id: StaffId, as_json: Json = False) -> None:
    """Free a staff id for whoever signs in with it next, and sign out who had it."""

    async def work(store: Store) -> bool:
        from starter.access.oidc.people import OidcPeople
        from starter.access.sessions import Sessions

        await Sessions(store.engine).end_all(staff_id)
        return await OidcPeople(store.engine).forget(staff_id)

    known = through_store(work, as_json=as_json)
    _say({"staff_id": staff_id, "forgotten": known}, "forgotten" if known else "was not known", as_json=as_json)


@app.command("link")
def make_link(case: Annotated[str, named("CASE", help="Number of the case.")], as_json: Json = False) -> None:
    """Print a link to the customer's page of a case; whoever has it can act as that customer."""

    async def work(store: Store) -> PageLink:
        from activities.clock import wall_clock
        from domain.errors import InvalidInputError
        from starter.api.house import require_number
        from starter.page_links import page_links

        require_number(case)
        links = page_links(store.settings)
        if links is None:
            raise InvalidInputError("set DUECOURSE_LINK_SECRETS and DUECOURSE_CUSTOMER_URL", field="link_secrets")
        return links.to(case, wall_clock() + (await store.policy()).customer_page.link_lasts)

    link = through_store(work, as_json=as_json)
    if as_json:
        print_json({"case": case, "link": link.address, "until": link.until})
    else:
        stdout().print(link.address, markup=False, soft_wrap=True)


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\n")


def _tell_password(staff_id: str, password: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"staff_id": staff_id, **({"password": password} if password else {})})
    else:
        stdout().print(password or "done", markup=False)


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "prefix": key.prefix,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _say(content: dict[str, object], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(content)
    else:
        stdout().print(words)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from starter.cli.tables import plain_table

    table = plain_table(*heads)
    for column, head in zip(table.columns, heads, strict=True):
        # What is to be copied is whole on any screen; what is long goes on in the next line.
        column.no_wrap, column.overflow = head != "scopes", "fold"
        column.min_width = 0 if head == "scopes" else None
    for row in rows:
        table.add_row(*row)
    stdout().print(table)
