"""What people ask of a case beyond its tasks: words from and to its customer, and a supervisor who steps in.

Every type of case takes these requests; what they mean in each of them, the case says.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.messages import Identifier, Request, Text
from domain.people import Actor, Channel
from domain.sla.spans import DAY, PolicySpan

MOST_ATTACHMENTS = 10
"""Files that come with one message of a customer."""


class Reply(Request):
    """An agent writes to the customer. Delivered, it counts as first response and as a status update."""

    text: Text
    await_answer: bool = False


class AddNote(Request):
    """An internal note; the customer never sees it."""

    text: Text


class CustomerReply(Request):
    """The customer wrote; files that they sent along on their own page lie beside the case."""

    text: Text
    channel: Channel | None = None
    attachments: tuple[Identifier, ...] = Field(default=(), max_length=MOST_ATTACHMENTS)


class MakePromise(Request):
    """Promise the customer something within a time; `tell` writes to them, unless they have heard it already."""

    text: Text
    within: PolicySpan = Field(gt=0, le=90 * DAY)
    tell: bool = True


class KeepPromise(Request):
    """What was promised is done."""

    promise: Identifier
    text: Text | None = None


class Reassign(Request):
    """Supervisor: give a task to somebody."""

    task_id: Identifier
    to: Actor
    reason: Text


class ExtendClock(Request):
    """Supervisor: more time for one clock, within the policy's limit."""

    clock: Identifier
    by: PolicySpan = Field(gt=0)
    reason: Text


class PauseClock(Request):
    """Supervisor: stop one clock until it is resumed."""

    clock: Identifier
    reason: Text


class ResumeClock(Request):
    """Supervisor: let a paused clock run again."""

    clock: Identifier
    reason: Text


class SendUpdateNow(Request):
    """Supervisor: send the customer a status update at once."""

    reason: Text


class ChangePriority(Request):
    """Supervisor: change the priority; clocks keep what was consumed."""

    priority: Identifier
    reason: Text


class AdoptPolicy(Request):
    """Supervisor: pin the case to another published policy; clocks keep what was consumed."""

    policy: Annotated[str, Field(min_length=1, max_length=80)]
    reason: Text


class CloseCase(Request):
    """Supervisor: close the case without the customer's confirmation."""

    reason: Text
