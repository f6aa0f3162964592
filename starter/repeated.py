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


def content_hash(new: NewCase) -> str:
    """Of what was handed in, whoever of the staff entered it."""
    said = new.model_copy(update={"asked_by": None}) if isinstance(new, NewOrderChange | NewReturn) else new
    return hashlib.sha256(said.model_dump_json().encode()).hexdigest()


def require_same(known: Opening, content: str) -> None:
    """Refuse other content under a reference that has a case.

    Raises:
        ReferenceUsedError: what was handed in first was another thing; names the case.
    """
    if known.request_hash != content and known.source not in NOT_HANDED_IN:
        raise ReferenceUsedError(
            f"the reference {known.reference} is that of case {known.case_id}, which was opened with other content: "
            "tell that case, or use another reference",
            field="reference",
            case_id=known.case_id,
        )


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
