"""What was handed in before under the same source and reference: is it the same again, and is its case still open."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

from temporalio.client import Client, WorkflowExecutionStatus

from activities.openings.register import Opening
from domain.complaint.linking import SOURCE as OPENED_BY_COMPLAINTS
from domain.errors import CaseNotFoundError, ReferenceUsedError
from starter.new_complaint import NewComplaint
from starter.new_delivery import SOURCE as FOUND_BY_US
from starter.new_delivery import NewDelivery
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.refusals import translated

NewCase: TypeAlias = NewComplaint | NewOrderChange | NewReturn | NewDelivery

NOT_HANDED_IN = (OPENED_BY_COMPLAINTS, FOUND_BY_US)
"""Sources whose references we make ourselves: one names one thing, and nobody's words are lost when it comes again."""


_BEGINNING = ("source", "reference", "channel", "customer_id")
_IN_THE_FIRST_FORM: dict[type[NewCase], frozenset[str]] = {
    NewComplaint: frozenset(
        {*_BEGINNING, "order_id", "subject", "description", "said_at", "crisis_level", "upset", "business_unit"}
    ),
    NewOrderChange: frozenset({*_BEGINNING, "order_id", "wanted", "asked_by"}),
    NewReturn: frozenset({*_BEGINNING, "order_id", "wanted", "asked_by"}),
    NewDelivery: frozenset({"customer_id", "order_id", "parcel_id", "problem"}),
}
"""What the hashes that were kept first cover, even where it stands at its default. What is added later stays out."""


def content_hash(new: NewCase) -> str:
    """Of what was handed in, whoever of the staff entered it. What stands at its default is as if it were not there."""
    return _digest(_said(new).model_dump_json(exclude_defaults=True))


def require_same(known: Opening, new: NewCase) -> None:
    """Refuse other content under a reference that has a case.

    Raises:
        ReferenceUsedError: what was handed in first was another thing; names the case.
    """
    if known.source in NOT_HANDED_IN or known.request_hash in (content_hash(new), _first_form(new)):
        return
    raise ReferenceUsedError(
        f"the reference {known.reference} is that of case {known.case_id}, which was opened with other content: "
        "tell that case, or use another reference",
        field="reference",
        case_id=known.case_id,
    )


def _first_form(new: NewCase) -> str | None:
    """The hash as it was kept first; None where something is said that could not be said then."""
    said, covered = _said(new), _IN_THE_FIRST_FORM[type(new)]
    if not said.model_dump(exclude_defaults=True).keys() <= covered:
        return None
    return _digest(said.model_dump_json(include=set(covered)))


def _said(new: NewCase) -> NewCase:
    return new.model_copy(update={"asked_by": None}) if isinstance(new, NewOrderChange | NewReturn) else new


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


async def is_open(client: Client, case_id: str) -> bool:
    """Whether a case that was started still runs. One that the server has forgotten ended long ago.

    Raises:
        UnavailableError: Temporal does not answer.
    """
    try:
        with translated(case_id):
            description = await client.get_workflow_handle(case_id).describe()
    except CaseNotFoundError:
        return False
    return description.status is WorkflowExecutionStatus.RUNNING
