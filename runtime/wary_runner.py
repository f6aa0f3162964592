"""A sandbox whose cases forget what a query that waited for a worker has told them.

Such a query brings along what happened meanwhile. The SDK (temporalio 1.35) works through that before it asks, at the
time of whatever workflow task began last, were it one that a killed worker never finished; the commands go out with the
next task. A replay decides at that task's own time, and so otherwise, and the case is stuck for good.

From inside, the case cannot know. Seen from here, a worker that just got a case replays it, takes one step that is no
replay, and is then asked by a query that belongs to no task: either a task came before the query, or there was none.
The query is refused and the case dropped and replayed, once for each run that a worker gets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

ASK_AGAIN = "ask again"
"""Ends the sentence of every query that failed for no fault of its own."""

QUERY_WITHOUT_TASK = "legacy_query"
"""The id that the SDK's core gives to a query which comes on its own."""

MOST_REMEMBERED = 100_000
"""Runs of which it is remembered that they were replayed; afterwards all may be replayed once more."""


@dataclass(frozen=True)
class WaryWorkflowRunner(SandboxedWorkflowRunner):
    """Makes instances that do not trust their first step when a query follows on it."""

    _replayed: set[str] = field(default_factory=set, init=False, compare=False)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance in the sandbox, watched."""
        return Watched(super().create_instance(det), self._replayed)


class Watched(WorkflowInstance):
    """An instance, and how many steps it took that were no replay."""

    def __init__(self, inside: WorkflowInstance, replayed: set[str]) -> None:
        self._inside = inside
        self._replayed = replayed
        self._has_replayed = False
        self._steps = 0

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        asked = {job.query_workflow.query_id for job in act.jobs if job.HasField("query_workflow")}
        if QUERY_WITHOUT_TASK in asked and self._has_replayed and self._steps == 1 and act.run_id not in self._replayed:
            if len(self._replayed) >= MOST_REMEMBERED:
                self._replayed.clear()
            self._replayed.add(act.run_id)
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = f"a query came before the workflow task that it may belong to; {ASK_AGAIN}"
            return refused
        if not asked:
            self._has_replayed |= act.is_replaying
            self._steps += not act.is_replaying
        return self._inside.activate(act)

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext | None:
        return self._inside.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: CommandInfo | None) -> StorageDriverStoreContext:
        return self._inside.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._inside.get_info()

    def get_thread_id(self) -> int | None:
        return self._inside.get_thread_id()
