"""How long promises wait for a report: until the case wakes by itself, and once more after a downtime."""

from __future__ import annotations

from domain.case_clocks import UnderWay
from domain.sla.rules import ClockKind
from workflows.awaited import AwaitedReport

WITHIN, OUTCOME = 30, 100
MESSAGE = UnderWay(frozenset({ClockKind.STATUS_UPDATE}), since=1_000)


def under_way() -> AwaitedReport:
    report = AwaitedReport(WITHIN, OUTCOME)
    report.set_out(MESSAGE)
    return report


def test_promise_waits_for_the_message_that_is_under_way() -> None:
    report = under_way()
    assert (report.by, report.back_by) == (1_030, 1_100)
    assert report.awaited(1_029, overdue=False) == MESSAGE
    report.came()
    assert report.awaited(1_029, overdue=False) is None


def test_request_after_the_time_does_not_end_the_wait_for_the_report_may_be_in_the_same_task() -> None:
    report = under_way()
    assert report.awaited(1_031, overdue=False) == MESSAGE
    report.rang(1_031)
    assert report.awaited(1_031, overdue=False) is None


def test_wake_before_the_time_ends_nothing() -> None:
    report = under_way()
    report.rang(1_029)
    assert report.awaited(1_040, overdue=False) == MESSAGE


def test_after_a_downtime_the_report_is_awaited_once_more() -> None:
    report = under_way()
    report.rang(5_000)
    assert report.awaited(5_000, overdue=True) == MESSAGE
    assert report.by == 5_030
    report.rang(9_000)
    assert report.awaited(9_000, overdue=True) is None


def test_next_attempt_is_awaited_anew() -> None:
    report = under_way()
    report.rang(1_030)
    report.expect(1_050)
    assert report.awaited(1_060, overdue=False) == MESSAGE
    assert (report.by, report.back_by) == (1_080, 1_150)
