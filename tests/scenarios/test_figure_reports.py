"""A report is drawn by a workflow that a schedule starts, for the time that the schedule meant."""

from __future__ import annotations

from temporalio.client import WorkflowExecutionStatus

from activities.figures.kept import ReportShelf
from domain.figures.periods import Period
from starter.figures.reporting import Report
from starter.standing import BEGINS
from tests.world import World
from workflows.reports import ReportWorkflow


async def test_workflow_draws_the_report_of_the_last_day_once(shared_world: World) -> None:
    queue = shared_world.settings.task_queue
    drawn = [
        await shared_world.client.execute_workflow(
            ReportWorkflow.run, Period.DAY, id=f"report-{number}:{queue}", task_queue=queue
        )
        for number in (1, 2)
    ]
    assert [one.new for one in drawn] == [True, False]
    assert drawn[0].until - drawn[0].since == 86_400_000
    kept = await ReportShelf(shared_world.engine).find(Period.DAY, drawn[0].since)
    assert kept
    report = Report.of(kept)
    assert (report.content.since, report.content.until) == (drawn[0].since, drawn[0].until)
    assert report.content.figures
    description = await shared_world.client.get_workflow_handle(f"report-1:{queue}").describe()
    assert description.status is WorkflowExecutionStatus.COMPLETED


def test_every_period_has_its_schedule() -> None:
    assert {*BEGINS} == {*Period}
