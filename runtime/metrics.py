"""What a case's new timeline entries say to metrics and logs: counts and codes, never anybody's words."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging import Logger, LoggerAdapter
from typing import Any

from temporalio.common import MetricMeter

from domain.case import Case
from domain.timeline import Entry

LOGGED = ("task", "kind", "tier", "former_tier", "team", "clock", "step", "late_by_ms", "status", "trigger", "channel")
"""Facts that may be logged; reasons and texts are people's words and stay on the timeline."""

COUNTED = {
    "breached": "duecourse_breaches",
    "late_by_system": "duecourse_steps_late",
    "delivery_failed": "duecourse_deliveries_failed",
    "delivery_unknown": "duecourse_deliveries_unknown",
    "tier_entered": "duecourse_tiers_entered",
    "case_ended": "duecourse_cases_ended",
}


def tell(
    log: Logger | LoggerAdapter[Any], meter: MetricMeter, case_type: str, case: Case, entries: Iterable[Entry]
) -> None:
    """Count and log new entries. Logger and meter are Temporal's own, which stay silent during a replay.

    What is counted is logged as information. The rest is for debugging: a line for each entry would cost a tenth of a
    worker's time, and the timeline itself is the record.
    """
    for entry in entries:
        level = logging.INFO if entry.what in COUNTED else logging.DEBUG
        if log.isEnabledFor(level):
            facts = {name: entry.facts[name] for name in LOGGED if entry.facts.get(name) is not None}
            about = {"case_id": case.state.case_id, "seq": entry.seq, "by": entry.by, **facts}
            log.log(level, entry.what, extra={"case": about})
        if counter := COUNTED.get(entry.what):
            labels = {
                "type": case_type,
                "tier": str(case.tier or ""),
                "kind": str(entry.facts.get("kind") or entry.facts.get("step") or ""),
            }
            meter.create_counter(counter).add(1, labels)
        if entry.what == "breached" and entry.facts.get("kind") == "status_update":
            meter.create_counter("duecourse_updates_late").add(1, {"type": case_type, "tier": str(case.tier or "")})
