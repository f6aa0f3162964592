"""OCEL 2.0 as JSON: events that belong to several objects at once, such as a case, its task, its order and a team."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import TypeAlias

from readmodel.stories import CaseStory
from starter.figures.mining.events import CUSTOMER, Event, events_of, written

MEDIA_TYPE = "application/json"

Json: TypeAlias = dict[str, object]

OF_CASES = ("type", "channel", "priority", "policy", "outcome")
OBJECT_TYPES: list[Json] = [
    {"name": "case", "attributes": [{"name": name, "type": "string"} for name in OF_CASES]},
    {"name": "task", "attributes": []},
    {"name": "order", "attributes": []},
    {"name": "team", "attributes": []},
    {"name": "staff", "attributes": []},
]


async def as_ocel(tell: Callable[[], AsyncGenerator[CaseStory, None]]) -> AsyncGenerator[str, None]:
    """The log in pieces; `tell` is asked twice for the same cases, once for the objects and once for the events."""
    yield f'{{"objectTypes":{json.dumps(OBJECT_TYPES)},"objects":['
    seen: set[str] = set()
    async with aclosing(tell()) as stories:
        async for story in stories:
            for one in _new_objects(story, seen):
                yield _listed(one, first=len(seen) == 1)
    yield '],"events":['
    types: dict[str, set[str]] = {}
    begun = False
    async with aclosing(tell()) as stories:
        async for story in stories:
            for event in events_of(story):
                attributes = types.setdefault(event.activity, set())
                attributes |= {"transition", *event.facts}
                yield _listed(_event(story, event), first=not begun)
                begun = True
    yield f'],"eventTypes":{json.dumps([_type(name, types[name]) for name in sorted(types)])}}}'


def _listed(one: Json, *, first: bool) -> str:
    return ("" if first else ",\n") + json.dumps(one)


def _new_objects(story: CaseStory, seen: set[str]) -> Iterator[Json]:
    for one in _objects(story):
        if str(one["id"]) not in seen:
            seen.add(str(one["id"]))
            yield one


def _objects(story: CaseStory) -> Iterator[Json]:
    case, events = story.case, events_of(story)
    values = {"type": case.case_type, "channel": case.channel, "priority": case.priority, "policy": case.policy}
    about = {**values, "outcome": case.outcome}
    known = [{"name": name, "value": value, "time": written(case.opened_at)} for name, value in about.items() if value]
    order = [{"objectId": f"order:{case.order_id}", "qualifier": "about"}] if case.order_id else []
    yield {"id": case.case_id, "type": "case", "attributes": known, "relationships": order}
    if case.order_id:
        yield _plain(f"order:{case.order_id}", "order")
    for event in events:
        for object_id, kind, _ in _of(story, event):
            if kind != "case":
                yield _plain(object_id, kind)


def _plain(object_id: str, kind: str) -> Json:
    return {"id": object_id, "type": kind, "attributes": [], "relationships": []}


def _of(story: CaseStory, event: Event) -> Iterator[tuple[str, str, str]]:
    """The objects of an event: id, type, and what they are to it."""
    case_id = story.case.case_id
    yield case_id, "case", "of"
    if event.task:
        yield f"{case_id}/{event.task}", "task", "about"
    if team := event.facts.get("team"):
        yield f"team:{team}", "team", "of"
    if event.who != CUSTOMER:
        yield f"staff:{event.who}", "staff", "by"


def _event(story: CaseStory, event: Event) -> Json:
    facts = {"transition": event.transition, **event.facts}
    return {
        "id": f"{story.case.case_id}:{event.seq}",
        "type": event.activity,
        "time": written(event.at),
        "attributes": [{"name": name, "value": str(value)} for name, value in facts.items()],
        "relationships": [{"objectId": one, "qualifier": qualifier} for one, _, qualifier in _of(story, event)],
    }


def _type(name: str, attributes: set[str]) -> Json:
    return {"name": name, "attributes": [{"name": one, "type": "string"} for one in sorted(attributes)]}
