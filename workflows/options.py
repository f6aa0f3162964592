"""Timeouts, retries and limits of every activity and workflow: the only place that has them."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class ActivityOptions(TypedDict, total=False):
    """The keyword arguments of `execute_activity` that stand here."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    retry_policy: RetryPolicy


UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)

LOOK_UP: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": UNTIL_IT_WORKS}
"""Customer and order are read before anything is promised in words; the clocks run from the opening meanwhile."""

SEND: ActivityOptions = {
    # Longer than an attempt's lease on its message (45 s), so that a retry never waits for one that has died.
    "start_to_close_timeout": timedelta(seconds=60),
    "schedule_to_close_timeout": timedelta(minutes=5),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
    ),
}
"""One channel is tried for five minutes; then the next one has its turn, well inside a 4-hour update."""

NOTIFY: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=15), "retry_policy": UNTIL_IT_WORKS}
GRANT: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
ARCHIVE: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
DIGEST: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}

LONG_HISTORY = 1_400
"""Events after which a case continues as new at its next quiet moment; a run stays under 2,000."""

KEPT_ENTRIES = 200
"""Timeline entries that a continued case carries along; older ones go to the archive."""
