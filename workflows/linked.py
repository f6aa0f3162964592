"""Opening a case out of another one: on the register first, so that doors and events find it, then as a child."""

from __future__ import annotations

import hashlib

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows import options
from workflows.starting import launch_of

with workflow.unsafe.imports_passed_through():
    from activities.openings.activities import OpeningActivities
    from domain.deeds import OpeningOrder, StartCase
    from domain.linked.starts import LinkedStart
    from domain.policy import Policy


async def start_linked(deed: StartCase, start: LinkedStart, source: str, policy: Policy) -> bool:
    """Start the case, or find it started; False if its number is another's, who has used the same reference before.

    It outlives whoever opened it: a complaint that is closed leaves a return on its way.
    """
    request = start.model_dump_json()
    order = OpeningOrder(
        case_id=deed.case_id,
        source=source,
        reference=deed.key,
        order_id=deed.order_id,
        request=request,
        request_hash=hashlib.sha256(request.encode()).hexdigest(),
    )
    summary = f"Put {deed.case_id} on the register"
    ours = await workflow.execute_activity_method(
        OpeningActivities.reserve_opening, order, summary=summary, **options.REGISTER
    )
    if not ours:
        return False
    launch = launch_of(start, policy)
    try:
        await workflow.start_child_workflow(
            launch.workflow,
            start,
            id=launch.case_id,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            search_attributes=launch.shown,
            static_summary=launch.summary,
            static_details=launch.details,
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.info("linked_case_was_started_already")
    await workflow.execute_activity_method(
        OpeningActivities.mark_opening_started,
        deed.case_id,
        summary=f"{deed.case_id} runs",
        **options.REGISTER,
    )
    return True
