"""Errors of Temporal's client turned into our own refusals, so that every door speaks of cases and not of RPCs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain import errors
from domain.numbers import is_complaint


class UnavailableError(errors.CaseError):
    """No answer in time: no worker runs, or the server is down. The request may be repeated with the same id."""

    code = "unavailable"


def _all_codes(base: type[errors.CaseError]) -> dict[str, type[errors.CaseError]]:
    found = {base.code: base}
    for sub in base.__subclasses__():
        found |= _all_codes(sub)
    return found


_NO_SUCH_VERB = re.compile(r"Update handler for '(\w+)' expected but not found.*known updates: \[([\w ]*)\]")
"""What the SDK says of an update that the workflow does not have (temporalio 1.35)."""


def as_refusal(error: ApplicationError, case_id: str | None = None) -> errors.CaseError:
    """The refusal that a case answered with; an unknown code becomes the general one."""
    if unknown := _NO_SUCH_VERB.search(error.message):
        verb, possible = unknown[1].replace("_", " "), sorted(unknown[2].split())
        message = f"{case_id or 'this case'} is of a type that is not asked to {verb}"
        return errors.OtherCaseTypeError(message, verb=unknown[1], possible=possible)
    kind = _all_codes(errors.CaseError).get(error.type or "", errors.CaseError)
    details = error.details[0] if error.details and isinstance(error.details[0], dict) else {}
    return kind(error.message, **details)


@contextmanager
def translated(case_id: str | None = None) -> Iterator[None]:
    """Run a call to Temporal's client, about one case or about many, and raise refusals instead of its errors.

    Raises:
        CaseError: what the case refused.
        CaseNotFoundError: there is no such case.
        WrongStatusError: the case is over and takes no requests.
        UnavailableError: no answer in time.
        CancelledError: whoever asked was cancelled.
    """
    try:
        yield
    except WorkflowUpdateFailedError as error:
        if isinstance(error.cause, ApplicationError):
            raise as_refusal(error.cause, case_id) from None
        raise UnavailableError(f"case {case_id} could not answer: {error.cause}") from error
    except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
        # The SDK says the same of an update that got no answer and of one whose caller was cancelled. Cancellation has
        # to stay one: who repeats what was unavailable would go on for ever.
        if (asking := asyncio.current_task()) and asking.cancelling():
            raise asyncio.CancelledError from error
        raise UnavailableError(f"case {case_id} did not answer in time; repeat the request") from error
    except WorkflowQueryFailedError as error:
        raise UnavailableError(f"case {case_id} could not be read: {error}") from error
    except RPCError as error:
        raise _of_rpc(error, case_id) from error


def _of_rpc(error: RPCError, case_id: str | None) -> errors.CaseError:
    if case_id is None:
        return UnavailableError(f"Temporal did not answer: {error.message}")
    if error.status is RPCStatusCode.NOT_FOUND:
        if "already completed" in error.message:
            return _over(case_id)
        return errors.CaseNotFoundError(f"there is no case {case_id}", field="case_id")
    if error.status in (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.UNAVAILABLE):
        return UnavailableError(f"case {case_id} did not answer in time; repeat the request")
    return UnavailableError(f"case {case_id}: {error.message}")


def _over(case_id: str) -> errors.WrongStatusError:
    """Only complaints are reopened."""
    if is_complaint(case_id):
        return errors.WrongStatusError(f"case {case_id} is over: reopen it to go on", possible=["reopen"])
    return errors.WrongStatusError(f"case {case_id} is over, and is not reopened: open a new one", possible=[])
