"""What a webhook says: an event of a case in the envelope of CloudEvents 1.0, as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from activities.subscriptions.port import CaseEvent
from domain.sla.spans import Instant

TYPE = "duecourse.case."
"""What the type of an event begins with; the name of the timeline's line follows."""

PING = "duecourse.ping"


def source_of(task_queue: str) -> str:
    """Where events come from: two installations may post to one receiver."""
    return f"urn:duecourse:{task_queue}"


def of_event(event: CaseEvent, source: str) -> str:
    """The envelope of an event of a case."""
    line = event.model_dump(mode="json", exclude={"id", "case"})
    return _sealed(event.id, f"{TYPE}{event.what}", source, event.at, event.case.case_id, {**line, **_case(event)})


def of_ping(event_id: str, source: str, at: Instant) -> str:
    """The envelope of a trial."""
    return _sealed(event_id, PING, source, at, None, {})


def _case(event: CaseEvent) -> dict[str, object]:
    return {"case_id": event.case.case_id, "case": event.case.model_dump(mode="json", exclude={"case_id"})}


def _sealed(event_id: str, kind: str, source: str, at: Instant, subject: str | None, content: dict[str, object]) -> str:
    when = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    about = {"subject": subject} if subject else {}
    envelope = {"specversion": "1.0", "id": event_id, "type": kind, "source": source, "time": when, **about}
    return json.dumps({**envelope, "datacontenttype": "application/json", "data": content}, ensure_ascii=False)
