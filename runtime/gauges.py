"""Open cases by type and tier for Prometheus, counted by the server: a worker knows only the cases in its cache."""

from __future__ import annotations

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from domain.catalog import CASE_TYPES, COMPLAINT

TIERS = range(1, 10)
log = structlog.get_logger()


async def watch_open_cases(client: Client, interval: float) -> None:
    """Set the gauge `duecourse_open_cases` every `interval` seconds until cancelled."""
    gauge = client.service_client.config.runtime.metric_meter.create_gauge("duecourse_open_cases", "Open cases")  # type: ignore[union-attr]
    while True:
        try:
            for tier in TIERS:
                count = await client.count_workflows(_running(COMPLAINT.name, f" AND CaseTier = {tier}"))
                gauge.set(count.count, {"type": COMPLAINT.name, "tier": str(tier)})
            for name in CASE_TYPES.keys() - {COMPLAINT.name}:
                count = await client.count_workflows(_running(name))
                gauge.set(count.count, {"type": name, "tier": ""})
        except RPCError as error:
            log.warning("open_cases_not_counted", status=str(error.status))
        await asyncio.sleep(interval)


def _running(case_type: str, more: str = "") -> str:
    return f"ExecutionStatus = 'Running' AND CaseType = '{case_type}'{more}"
