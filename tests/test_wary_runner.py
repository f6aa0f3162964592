"""Which queries are refused because what they brought along may have been worked through at the wrong time."""

from __future__ import annotations

from typing import cast

import pytest
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance

from runtime.plugin import duecourse_plugin
from runtime.wary_runner import ASK_AGAIN, QUERY_WITHOUT_TASK, WaryWorkflowRunner, Watched


class Inside:
    """An instance to which everything happens without a fault."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Nothing to do."""
        return WorkflowActivationCompletion(run_id=act.run_id)


def step(*, replaying: bool = False) -> WorkflowActivation:
    act = WorkflowActivation(run_id="r", is_replaying=replaying)
    act.jobs.add().fire_timer.seq = 1
    return act


def query(query_id: str = QUERY_WITHOUT_TASK) -> WorkflowActivation:
    act = WorkflowActivation(run_id="r", is_replaying=True)
    act.jobs.add().query_workflow.query_id = query_id
    return act


def just_given() -> Watched:
    """A case as a worker has it that just got it and has replayed it."""
    case = Watched(cast(WorkflowInstance, Inside()))
    case.activate(step(replaying=True))
    return case


def refused(completion: WorkflowActivationCompletion) -> bool:
    return completion.failed.failure.message.endswith(ASK_AGAIN)


def test_query_right_after_the_first_step_is_refused_so_that_the_case_is_dropped() -> None:
    case = just_given()
    case.activate(step())
    assert refused(case.activate(query()))


@pytest.mark.parametrize("steps", [0, 2])
def test_case_that_only_replayed_or_went_on_for_longer_answers(steps: int) -> None:
    case = just_given()
    for _ in range(steps):
        case.activate(step())
    assert not refused(case.activate(query()))


def test_case_that_has_just_been_opened_answers() -> None:
    """Before its first task is done nobody may ask it anything."""
    case = Watched(cast(WorkflowInstance, Inside()))
    case.activate(step())
    assert not refused(case.activate(query()))


def test_query_that_belongs_to_a_task_is_answered() -> None:
    case = just_given()
    case.activate(step())
    assert not refused(case.activate(query("1")))


def test_plugin_brings_the_wary_runner() -> None:
    runner = duecourse_plugin().workflow_runner
    assert callable(runner)
    assert isinstance(runner(None), WaryWorkflowRunner)
