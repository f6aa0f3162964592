"""One plugin for client, worker, test environment and replayer: data converter and sandbox.

The stories run in the sandbox. What they build on is passed through, also the plumbing that all of them share, because
every open case would otherwise carry its own copy (the plumbing alone 90 KB of 300 KB, and a third of what opening a
case takes the worker); clocks and dice are kept out of it by lint and by a test instead.
"""

from __future__ import annotations

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from runtime.wary_runner import WaryWorkflowRunner

PASSED_THROUGH = (
    "domain",
    "activities",
    "runtime",
    "annotated_types",
    "pydantic",
    "pydantic_core",
    "structlog",
    "transitions",
    "workflows.awaited",
    "workflows.base",
    "workflows.courier",
    "workflows.face",
    "workflows.options",
    "workflows.shop",
    "workflows.shop_case",
    "workflows.verbs",
    "workflows.wake",
    "workflows.watch",
)


def _runner(_given: WorkflowRunner | None) -> WorkflowRunner:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return WaryWorkflowRunner(restrictions=restrictions)


def duecourse_plugin() -> SimplePlugin:
    """The plugin that everything which speaks to Temporal is built with."""
    return SimplePlugin("duecourse", data_converter=pydantic_data_converter, workflow_runner=_runner)
