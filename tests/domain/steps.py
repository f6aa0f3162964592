"""Steps of clocks, and policies about status updates, in these tests."""

from __future__ import annotations

from typing import Any

from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import DAY
from tests.domain.cases import Running, changed, charter

SEND: dict[str, Any] = {"do": "send_update", "before": "1m"}
BREACH: dict[str, Any] = {"do": "breach", "at": 1}
COMPENSATE: dict[str, Any] = {"do": "compensate", "at": 1}
GUARANTEE = {"grant": {"minor": 500, "currency": "CNY"}}


def fixed() -> Policy:
    return changed("fixed", status_update={"cadence": "fixed"})


def slow(name: str = "slow", **clocks: dict[str, Any]) -> Policy:
    """A policy under which nothing but status updates happens for a long time."""
    tiers = charter().model_dump(mode="json")["complaint"]["tiers"]
    for tier in tiers.values():
        tier["time"] = 90 * DAY
    clocks["status_update"] = {"steps": [SEND, BREACH]} | clocks.get("status_update", {})
    first = {"steps": [{"do": "breach", "at": 1}], "by_channel": dict.fromkeys(Channel, 60 * DAY), "guarantee": None}
    return changed(name, complaint={"tiers": tiers}, first_response=first, **clocks)


def templates(case: Running) -> list[str]:
    return [message.template.value for message in case.messages]
