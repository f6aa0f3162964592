"""How a command runs: open the doors, do one thing, print what came of it, and turn a refusal into words and a code."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, TypeVar

import typer

from starter.cli.exits import ExitCode, exit_code_of
from starter.cli.screen import print_json, stderr, with_local_times

if TYPE_CHECKING:
    from runtime.settings import Settings
    from starter.doors import Doors, Store

T = TypeVar("T")
Opened = TypeVar("Opened")


def _told_of_a_new_store(settings: Settings) -> Settings:
    """The settings, once it was said that there is no store yet where commands look for one."""
    if not settings.store_url and not (settings.home / "duecourse.db").exists():
        new = f"there was no store in {settings.home.resolve()}: a new one is made there, and it is empty."
        hint = "Is Duecourse running from another folder? Go there, or set DUECOURSE_HOME."
        stderr().print(f"{new} {hint}", markup=False)
    return settings


def doors() -> AbstractAsyncContextManager[Doors]:
    """The doors of this installation; tests put others here."""
    from starter.doors import open_doors
    from starter.installation import present_settings

    return open_doors(_told_of_a_new_store(present_settings()))


def store() -> AbstractAsyncContextManager[Store]:
    """The store of this installation, for what needs no server; tests put others here."""
    from starter.doors import open_store
    from starter.installation import present_settings

    return open_store(_told_of_a_new_store(present_settings()))


def through_doors(work: Callable[[Doors], Awaitable[T]], *, as_json: bool) -> T:
    """Do something that needs the service."""
    return _run(doors, work, as_json)


def through_store(work: Callable[[Store], Awaitable[T]], *, as_json: bool) -> T:
    """Do something that needs the store only."""
    return _run(store, work, as_json)


def _run(
    opening: Callable[[], AbstractAsyncContextManager[Opened]],
    work: Callable[[Opened], Awaitable[T]],
    as_json: bool,
) -> T:
    async def within() -> T:
        async with opening() as opened:
            return await work(opened)

    silence_temporal()
    with refusals_told(as_json=as_json):
        return asyncio.run(within())


def silence_temporal() -> None:
    """Keep the client's warnings to itself: whether the server answers is said in our own words."""
    logging.getLogger("temporal").addHandler(logging.NullHandler())


@contextmanager
def refusals_told(*, as_json: bool) -> Iterator[None]:
    """Say what was refused and leave with its exit code; whatever nobody foresaw shows its traceback and leaves with 1.

    Raises:
        typer.Exit: always, when something was refused or failed.
    """
    from pydantic import ValidationError

    from domain.errors import CaseError

    try:
        yield
    except CaseError as error:
        _tell(error.code, error.message, error.details, as_json)
        raise typer.Exit(exit_code_of(error.code)) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        _tell("invalid_input", f"{field}: {said}", {"field": field}, as_json)
        raise typer.Exit(ExitCode.USAGE) from None
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        stderr().print(traceback.format_exc(), markup=False, style="dim")
        _tell("unexpected", f"{type(error).__name__}: {error}", {}, as_json)
        raise typer.Exit(ExitCode.UNEXPECTED) from error


def _tell(code: str, message: str, details: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json({"error": {"code": code, "message": message, "details": details}})
    else:
        stderr().print(f"[bold red]{code}[/]", end="  ")
        stderr().print(with_local_times(message), markup=False)
