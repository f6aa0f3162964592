"""Logging: structlog for everything, as JSON for machines or in colour for a person.

Temporal's workflow logger stays silent during a replay; its records and those of Temporal's core come through the same
formatter, because a core that writes to an undrained stdout would hang the worker.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

_RUNTIMES: list[Runtime] = []
"""Kept while the process lives: one whose last owner is its own thread, forwarding a log, panics (temporalio 1.35)."""


def configure_logs(form: Literal["json", "console"], level: str) -> None:
    """Send structlog and the standard library's logging through one formatter to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _bind_case,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = _coloured() if form == "console" else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _coloured() -> Any:
    # The default shows what every variable held, and there are words of customers among them.
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _bind_case(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Lift the case's facts to the top and drop what Temporal adds in its own words."""
    case = event.pop("case", None)
    if isinstance(case, dict):
        event.update(case)
        for name in ("temporal_workflow", "temporal_activity"):
            event.pop(name, None)
        text = str(event.get("event", ""))
        event["event"] = text.split(" ({", 1)[0]
    return event


def telemetry(metrics_address: str = "") -> Runtime:
    """Temporal's core with its logs forwarded to ours and, with an address, metrics for Prometheus."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporal"))
    runtime = Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(
                filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding
            ),
            metrics=PrometheusConfig(bind_address=metrics_address, counters_total_suffix=True)
            if metrics_address
            else None,
        )
    )
    _RUNTIMES.append(runtime)
    return runtime
