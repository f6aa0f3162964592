"""Timeouts, retries and limits of every activity and workflow: the only place that has them."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class ActivityOptions(TypedDict, total=False):
    """The keyword arguments of `execute_activity` that stand here."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)

LOOK_UP: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": UNTIL_IT_WORKS}
"""Customer and order are read before anything is promised in words; the clocks run from the opening meanwhile."""

SEND: ActivityOptions = {
    # Longer than an attempt may work (45 s). One whose worker has died is noticed by its heartbeat, which begins only
    # with an attempt that takes long, and its lease on the message is over by then.
    "start_to_close_timeout": timedelta(seconds=60),
    "heartbeat_timeout": timedelta(seconds=15),
    "schedule_to_close_timeout": timedelta(minutes=5),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
    ),
}
"""One channel is tried for five minutes; then the next one has its turn, well inside a 4-hour update."""

REPORT_WITHIN = timedelta(seconds=30)
"""How long a promise waits for the report of a message that may have kept it: until a dead worker's attempt is noticed,
and the next one. A channel that is down longer must not keep a breach from the record."""

ATTEMPTS_WITHOUT_WORD = 3
"""How often a message goes through the same channel when nobody reported on it, for want of workers."""

NOTIFY: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=15), "retry_policy": UNTIL_IT_WORKS}
ASSIGN: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=15), "retry_policy": UNTIL_IT_WORKS}
"""Meanwhile the task lies in its queue, where anybody may take it."""

GRANT: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
RECORD: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
SHOP: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
"""A shop that is away is asked until it answers; meanwhile the case goes on telling its customer."""

REGISTER: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}

RELAY: ActivityOptions = {
    "start_to_close_timeout": timedelta(hours=2),
    "heartbeat_timeout": timedelta(seconds=15),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=10)
    ),
}
"""It works for an hour at a time; a worker that died with it is noticed by its heartbeat."""

RECONCILE: ActivityOptions = {
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(minutes=2),
    "retry_policy": UNTIL_IT_WORKS,
}
REPORT: ActivityOptions = {"start_to_close_timeout": timedelta(minutes=30), "retry_policy": UNTIL_IT_WORKS}
"""After a rebuild of the read model every case is counted before a report is drawn."""

ARCHIVE: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}
DIGEST: ActivityOptions = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": UNTIL_IT_WORKS}

LONG_HISTORY = 1_400
"""Events after which a case continues as new at its next quiet moment; a run stays under 2,000."""

KEPT_ENTRIES = 200
"""Timeline entries that a continued case carries along; older ones go to the archive."""
