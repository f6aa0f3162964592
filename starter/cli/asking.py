"""Commands that ask something of one case: each is a function that returns the request's fields, and nothing more.

`asks` gives it `--as`, `--request-id` and `--json`, makes the request, carries it to the case and prints the answer.
The request class has the name of the workflow's update in camel case, so a verb is named once.
"""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import inspect
import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from starter.cli.options import As, AsAnyone, Json, RequestId
from starter.cli.screen import print_json, stdout, words
from starter.cli.session import refusals_told, through_doors

if TYPE_CHECKING:
    from domain.messages import Answer, Request
    from domain.people import Actor
    from domain.policy import Policy
    from starter.doors import Doors

Fields: TypeAlias = Mapping[str, Any]
"""A request's own fields. `People` and `PublishedPolicy` stand for what only the store can tell."""

_LATER = ("as_", "request_id", "as_json")


@dataclass(frozen=True)
class People:
    """Members of staff by their ids, one or several."""

    ids: tuple[str, ...]
    single: bool = False

    def actors(self, policy: Policy) -> Actor | tuple[Actor, ...]:
        """Who they are, with role and teams."""
        from starter.actors import staff_member

        found = tuple(staff_member(policy, staff_id) for staff_id in self.ids)
        return found[0] if self.single else found


@dataclass(frozen=True)
class PublishedPolicy:
    """A version that was published; of a bare name the latest."""

    name: str

    async def version(self, doors: Doors) -> str:
        """`name@hash`.

        Raises:
            PolicyUnknownError: never published.
        """
        policies = doors.store.policies
        found = await (policies.load(self.name) if "@" in self.name else policies.latest(self.name))
        return found.version


def one(staff_id: str) -> People:
    """One member of staff."""
    return People((staff_id,), single=True)


def asks(verb: str, *, customers_too: bool = False) -> Callable[[Callable[..., Fields]], Callable[..., None]]:
    """Make a command of a function that returns the fields of the request `verb`.

    Args:
        verb: name of the workflow's update.
        customers_too: a customer may ask this, too.
    """

    def decorate(function: Callable[..., Fields]) -> Callable[..., None]:
        own = inspect.signature(function, eval_str=True)

        def command(**arguments: Any) -> None:
            as_, request_id, as_json = (arguments.pop(name) for name in _LATER)
            request_id = request_id or f"cli-{uuid.uuid4().hex}"
            with refusals_told(as_json=as_json):
                fields = function(**arguments)

            async def work(doors: Doors) -> Answer:
                policy = await doors.store.policy()
                actor = await _actor(doors, policy, as_, customers_too)
                asked = {name: await _resolved(doors, policy, value) for name, value in fields.items()}
                with repeatable(request_id):
                    known = {"request_id": request_id, "actor": actor}
                    return await _carry(doors, arguments["case"], verb, {**known, **asked})

            _show(through_doors(work, as_json=as_json), request_id, as_json)

        parameters = [*own.parameters.values(), *_added(customers_too)]
        command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # typer reads the options from it
            [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        )
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        command.__doc__, command.__name__ = function.__doc__, function.__name__
        return command

    return decorate


@contextmanager
def repeatable(request_id: str) -> Iterator[None]:
    """Say with which request id it is safe to ask again, where nobody knows whether the case has heard it.

    Raises:
        UnavailableError: no answer; details give the request id.
    """
    from starter.refusals import UnavailableError

    try:
        yield
    except UnavailableError as error:
        details = {**error.details, "request_id": request_id}
        raise UnavailableError(f"{error.message} (--request-id {request_id})", **details) from error


def _added(customers_too: bool) -> list[inspect.Parameter]:
    """The options that every request has."""
    keyword, required = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
    return [
        inspect.Parameter("as_", keyword, default=required, annotation=AsAnyone if customers_too else As),
        inspect.Parameter("request_id", keyword, default=None, annotation=RequestId),
        inspect.Parameter("as_json", keyword, default=False, annotation=Json),
    ]


def request_type(verb: str) -> type[Request]:
    """The class of a request: `claim_task` is asked with a `ClaimTask`."""
    from domain import messages, requests
    from domain.catalog import CASE_TYPES

    name = "".join(part.capitalize() for part in verb.split("_"))
    rooms = (requests, *(case_type.messages for case_type in CASE_TYPES.values()), messages)
    found: type[Request] = next(getattr(room, name) for room in rooms if hasattr(room, name))
    return found


def spoken(text: str) -> str:
    """Words of the command line; `-` stands for what comes through stdin."""
    return sys.stdin.read() if text == "-" else text


def read_json(option: str, text: str) -> object:
    """JSON of the command line; `-` stands for what comes through stdin.

    Raises:
        InvalidInputError: it is none.
    """
    from domain.errors import InvalidInputError

    try:
        return json.loads(spoken(text))
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{option}: expected JSON; {error}", field=option) from None


async def _resolved(doors: Doors, policy: Policy, value: object) -> object:
    if isinstance(value, People):
        return value.actors(policy)
    return await value.version(doors) if isinstance(value, PublishedPolicy) else value


async def _actor(doors: Doors, policy: Policy, actor_id: str, customers_too: bool) -> Actor:
    from starter.actors import staff_member, staff_or_customer

    if customers_too:
        return await staff_or_customer(policy, doors.store.customers, actor_id)
    return staff_member(policy, actor_id)


async def _carry(doors: Doors, case_id: str, verb: str, fields: dict[str, Any]) -> Answer:
    if verb == "merge":
        return await doors.service.merge(case_id, **fields)
    if verb == "withdraw":
        verb = await _withdrawal(doors, case_id)
    request = request_type(verb)(**fields)
    if verb == "reopen":
        from domain.complaint.messages import Reopen

        assert isinstance(request, Reopen)
        return await doors.service.reopen(case_id, request)
    return await doors.service.act(case_id, verb, request)


async def _withdrawal(doors: Doors, case_id: str) -> str:
    from domain.catalog import CASE_TYPES
    from domain.errors import OtherCaseTypeError

    case_type = CASE_TYPES[await doors.service.case_type(case_id)]
    if case_type.withdraw is None:
        said = f"{case_id} is a {case_type.title}, which nobody asked for: there is nothing to withdraw"
        raise OtherCaseTypeError(said, field="case_id")
    return case_type.withdraw


def _show(answer: Answer, request_id: str, as_json: bool) -> None:
    if as_json:
        print_json({**answer.model_dump(mode="json"), "request_id": request_id})
        return
    parts = [f"[bold]{answer.case_id}[/]", words(answer.status)]
    if answer.tier:
        parts.append(f"tier {answer.tier}")
    if answer.task_id:
        held = answer.owner and answer.task_state not in ("completed", "obsolete")
        owner = f", {answer.owner} has it" if held else ""
        parts.append(f"task {answer.task_id} {words(answer.task_state)}{owner}")
    if answer.linked:
        parts.append(f"opens [bold]{answer.linked}[/]")
    stdout().print(" · ".join(parts))
