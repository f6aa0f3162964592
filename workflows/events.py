"""Events: a relay brings them to cases, a comparison finds what it missed, another relay tells subscribers of cases.

A relay is one long activity with a heartbeat, once for all workers, and not a schedule every second or a loop with
timers: it costs a handful of events an hour however many events it tells, one worker at a time has it, and when that
one is gone another one goes on within the heartbeat's timeout.
"""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.events.activities import EventActivities
    from activities.subscriptions.activities import SubscriptionActivities


@workflow.defn
class EventRelayWorkflow:
    """Tells events to cases, for ever."""

    @workflow.run
    async def run(self) -> None:
        """An hour of telling for each run."""
        await workflow.execute_activity_method(
            EventActivities.relay_events, summary="Tell events to cases as they come", **options.RELAY
        )
        workflow.continue_as_new()


@workflow.defn
class SubscriberWorkflow:
    """Tells other systems of what happens in cases, for ever."""

    @workflow.run
    async def run(self) -> None:
        """An hour of telling for each run."""
        await workflow.execute_activity_method(
            SubscriptionActivities.tell_subscribers, summary="Tell subscribers of what happens", **options.RELAY
        )
        workflow.continue_as_new()


@workflow.defn
class ReconcileWorkflow:
    """Finds what cases have missed."""

    @workflow.run
    async def run(self) -> int:
        """One look at late parcels and one comparison of all open cases; returns how many had missed something."""
        await workflow.execute_activity_method(
            EventActivities.watch_deliveries, summary="Look for late parcels", **options.RECONCILE
        )
        return await workflow.execute_activity_method(
            EventActivities.reconcile_cases, summary="Compare open cases with shop and carrier", **options.RECONCILE
        )
