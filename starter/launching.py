"""Starting the workflow of a case once."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from starter.policy_shelf import PolicyShelf
from starter.refusals import translated
from workflows.starting import Start, input_of, launch_of


async def launch(client: Client, task_queue: str, policies: PolicyShelf, start: Start) -> bool:
    """Start the workflow; False if it was started before."""
    prepared = launch_of(start, await policies.policy(input_of(start).policy))
    try:
        with translated(prepared.case_id):
            await client.start_workflow(
                prepared.workflow,
                start,
                id=prepared.case_id,
                task_queue=task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=prepared.shown,
                static_summary=prepared.summary,
                static_details=prepared.details,
            )
    except WorkflowAlreadyStartedError:
        return False
    return True
