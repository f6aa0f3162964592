"""A sandbox for the worker's instances of cases, wary of two faults of the SDK (temporalio 1.35).

**A query that waited for a worker** brings along what happened meanwhile. The SDK works through that before it asks, at
the time of whatever workflow task began last, were it one that a killed worker never finished; the commands go out with
the next task. A replay decides at that task's own time, and so otherwise, and the case is stuck for good. From inside,
the case cannot know. Seen from here, a worker that just got a case replays it, takes one step that is no replay, and is
then asked by a query that belongs to no task: either a task came before the query, or there was none. The query is
refused, the case dropped and replayed. If there was a task, it is done by then, and the next query finds all replayed;
if there was none, the next query is refused as well, until the task has come. With the case the worker drops what stood
behind the query: a task comes again when its time is over (ten seconds), a query has to be asked again.

**Two tasks without commands in a row**, and an update right after them: whoever replays that far takes the second for a
heartbeat and works it through together with the update, at the update's time; later replays, which see that the update
was accepted, keep the two apart (github.com/temporalio/sdk-rust, issues 1146 and 1606). So the second of two such tasks
gets a command that says nothing: an event of the history, no billable action.
"""

from __future__ import annotations

from dataclasses import dataclass

from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
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

SIGN_OF_LIFE = "settled"
"""The entry of a case's memo that is written by a task which has nothing to say after one that had nothing either."""

_YES = Payload(metadata={"encoding": b"json/plain"}, data=b"true")


@dataclass(frozen=True)
class WaryWorkflowRunner(SandboxedWorkflowRunner):
    """Makes instances that do not trust their first step when a query follows on it, and are never silent twice."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance in the sandbox, watched."""
        return Watched(super().create_instance(det))


class Watched(WorkflowInstance):
    """An instance, how many steps it took that were no replay, and whether the last step had nothing to say."""

    def __init__(self, inside: WorkflowInstance) -> None:
        self._inside = inside
        self._has_replayed = False
        self._steps = 0
        self._was_silent = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        asked = {job.query_workflow.query_id for job in act.jobs if job.HasField("query_workflow")}
        if QUERY_WITHOUT_TASK in asked and self._has_replayed and self._steps == 1:
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = f"a query came before the workflow task that it may belong to; {ASK_AGAIN}"
            return refused
        if not asked:
            self._has_replayed |= act.is_replaying
            self._steps += not act.is_replaying
        completion = self._inside.activate(act)
        if not asked and completion.HasField("successful"):
            self._break_silence(act, completion)
        return completion

    def _break_silence(self, act: WorkflowActivation, completion: WorkflowActivationCompletion) -> None:
        """Give the second of two steps without commands one. A replay comes to the same, for it sees the same steps."""
        if any(_is_written(command) for command in completion.successful.commands):
            self._was_silent = False
        elif any(_is_replayed(job) for job in act.jobs):
            if self._was_silent:
                memo = completion.successful.commands.add().modify_workflow_properties.upserted_memo
                memo.fields[SIGN_OF_LIFE].CopyFrom(_YES)
            self._was_silent = not self._was_silent

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext | None:
        return self._inside.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: CommandInfo | None) -> StorageDriverStoreContext:
        return self._inside.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._inside.get_info()

    def get_thread_id(self) -> int | None:
        return self._inside.get_thread_id()


def _is_replayed(job: WorkflowActivationJob) -> bool:
    """Whether a replay sees this too, were no command to come of it. It sees no update that was refused."""
    return not (job.HasField("do_update") or job.HasField("remove_from_cache"))


def _is_written(command: WorkflowCommand) -> bool:
    """Whether a command becomes an event; a refusal does not."""
    return not command.update_response.HasField("rejected")
