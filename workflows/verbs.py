"""Updates made from decisions: one line for each thing that people may ask.

An update's validator asks the decision and throws the act away, so a refusal leaves no event; the handler asks again
and does the act. Both are made here, together, so no update can exist whose validator was forgotten (re-decorating one
in a subclass would drop it silently).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from temporalio import workflow

from domain.case import Act
from domain.messages import Answer, Request


class Asked(Protocol):
    """A workflow that can be asked: what an update needs of it."""

    def check(self, request: Request, decide: Callable[[Any, Any], Act]) -> None:
        """Refuse what cannot be done; changes nothing."""

    def act_on(self, request: Request, decide: Callable[[Any, Any], Act]) -> Answer:
        """Do what was asked, once."""


def verb(name: str, request_type: type[Request], decide: Callable[[Any, Any], Act]) -> Any:
    """The update `name`, taking `request_type` and answering with `Answer`; refused as `decide` refuses."""

    def handler(self: Asked, request: Request) -> Answer:
        return self.act_on(request, decide)

    def validator(self: Asked, request: Request) -> None:
        self.check(request, decide)

    for function, returned in ((handler, Answer), (validator, None)):
        function.__name__ = name
        function.__annotations__ = {"request": request_type, "return": returned}
    handler.__doc__ = request_type.__doc__
    update = workflow.update(name=name, description=(request_type.__doc__ or name).strip().splitlines()[0])(handler)
    update.validator(validator)
    return update
