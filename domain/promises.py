"""What somebody promises a customer on the way: recorded, watched by a clock of its own, kept or missed."""

from __future__ import annotations

from domain import requests as r
from domain.case import Act
from domain.conversation import write
from domain.errors import PromiseNotFoundError, WrongStatusError
from domain.messages import Promise
from domain.rights import STAFF, require_role, require_unresolved
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.worked_case import WorkedCase


def make_promise(case: WorkedCase, request: r.MakePromise) -> Act:
    """Promise the customer something by a stated time; unless they heard it already, they are written to."""
    require_role(request.actor, *STAFF)
    require_unresolved(case)

    def act(now: Instant) -> None:
        name, by = f"P{case.number('promise_made')}", request.actor
        clock = case.start_clock(ClockKind.PROMISE, request.within, now, f"{by.id} promised it", task=name)
        due = case.due(clock) or now + request.within
        promise = Promise(id=name, text=request.text, made_by=by.id, made_at=now, due=due)
        case.state.promises.append(promise)
        case.note(now, "promised", by, text=request.text, promise=name, due=due)
        if request.tell:
            about = f"Promise {name} of {by.id} to the customer"
            write(case, case.message_template, now, about, author=by.id, text=request.text)

    return act


def keep_promise(case: WorkedCase, request: r.KeepPromise) -> Act:
    """Put on record that a promise was kept, in time or late."""
    require_role(request.actor, *STAFF)
    promise = _find(case, request.promise)
    if promise.kept_at is not None:
        raise WrongStatusError(f"promise {promise.id} was kept already", status=case.status, possible=[])

    def act(now: Instant) -> None:
        promise.kept_at = now
        case.note(now, "promise_kept", request.actor, text=request.text, promise=promise.id)
        case.meet(ClockKind.PROMISE, now, f"{request.actor.id} kept it", promise.id)

    return act


def _find(case: WorkedCase, name: str) -> Promise:
    """A promise by its id.

    Raises:
        PromiseNotFoundError: details list those that are to be kept.
    """
    for promise in case.state.promises:
        if promise.id == name:
            return promise
    open_ones = [promise.id for promise in case.open_promises]
    raise PromiseNotFoundError(f"there is no promise {name}", field="promise", promise=name, open=open_ones)
