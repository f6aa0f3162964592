"""XES (IEEE 1849-2016): an event log with a trace for each case."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from xml.sax.saxutils import quoteattr

from readmodel.stories import CaseStory
from starter.figures.mining.events import Event, events_of, written

MEDIA_TYPE = "application/xml"

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace">
<string key="concept:name" value="UNKNOWN"/>
</global>
<global scope="event">
<string key="concept:name" value="UNKNOWN"/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:resource" value="UNKNOWN"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may have, however they are written."""


async def as_xes(stories: AsyncGenerator[CaseStory, None]) -> AsyncGenerator[str, None]:
    """The log, a case at a time."""
    yield HEAD
    async with aclosing(stories):
        async for story in stories:
            yield "\n".join(_trace(story)) + "\n"
    yield "</log>\n"


def _trace(story: CaseStory) -> Iterator[str]:
    case = story.case
    yield "<trace>"
    about = {"type": case.case_type, "channel": case.channel, "priority": case.priority, "policy": case.policy}
    for key, value in {"concept:name": case.case_id, **about, "outcome": case.outcome}.items():
        if value is not None:
            yield _attribute(key, value)
    for event in events_of(story):
        yield f"<event>{''.join(_event(event))}</event>"
    yield "</trace>"


def _event(event: Event) -> Iterator[str]:
    yield _attribute("concept:name", event.activity)
    yield _attribute("lifecycle:transition", event.transition)
    yield _attribute("org:resource", event.who)
    yield f'<date key="time:timestamp" value="{written(event.at)}"/>'
    if event.task:
        yield _attribute("concept:instance", event.task)
    for name, value in event.facts.items():
        yield _attribute(name, value)


def _attribute(key: str, value: str | int | bool) -> str:
    if isinstance(value, bool):
        return f'<boolean key="{key}" value="{str(value).lower()}"/>'
    if isinstance(value, int):
        return f'<int key="{key}" value="{value}"/>'
    text = quoteattr(_NOT_XML.sub("\ufffd", value))
    return f'<string key="{key}" value={text}/>'
