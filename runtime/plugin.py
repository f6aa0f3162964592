"""One plugin for client, worker, test environment and replayer: data converter and sandbox.

The workflow modules themselves run in the sandbox. What they build on is passed through, because every open case would
otherwise carry its own copy (671 KB against 82 KB); clocks and dice are kept out of it by lint and by a test instead.
"""

from __future__ import annotations

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "domain",
    "activities",
    "runtime",
    "annotated_types",
    "pydantic",
    "pydantic_core",
    "structlog",
    "transitions",
)


def _runner(_given: WorkflowRunner | None) -> WorkflowRunner:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def duecourse_plugin() -> SimplePlugin:
    """The plugin that everything which speaks to Temporal is built with."""
    return SimplePlugin("duecourse", data_converter=pydantic_data_converter, workflow_runner=_runner)
