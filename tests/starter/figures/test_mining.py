"""Event logs for process mining: whole, readable by others, and without anybody's words."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from domain.timeline import Entry
from readmodel.stories import CaseStory
from starter.doors import Store
from starter.figures.mining.events import events_of
from tests.starter.api.calling import AGENT, SUPERVISOR, Api
from tests.starter.figures.conftest import NUMBERS, SINCE, UNTIL

XES = "{http://www.xes-standard.org/}"
SAID = ("A new one is on its way", "it leaks again", "The kettle leaks", "K000001")


async def log(api: Api, what: str) -> str:
    answered = await api.get(f"/v1/exports/{what}?since={SINCE}&until={UNTIL}", await api.person(SUPERVISOR))
    assert answered.status_code == 200
    assert not [words for words in SAID if words in answered.text]
    return answered.text


async def entries(store: Store, case_id: str) -> list[Entry]:
    return await store.readmodel.timeline(case_id)


async def test_xes_has_a_trace_for_each_case_and_an_event_for_each_line(api: Api, store: Store) -> None:
    root = ET.fromstring(await log(api, "xes"))  # noqa: S314 - our own document
    head = [*["extension"] * 4, *["global"] * 2, *["classifier"] * 2, "string"]
    assert [child.tag.removeprefix(XES) for child in root] == [*head, *["trace"] * len(NUMBERS)]
    traces = {str(_of(trace)["concept:name"]): trace.findall(f"{XES}event") for trace in root.iter(f"{XES}trace")}
    assert {*traces} == {*NUMBERS}
    for case_id, events in traces.items():
        assert len(events) == len(await entries(store, case_id))
    first = [_of(event) for event in traces["CFIGURESAAAAAA"]]
    assert first[0]["concept:name"] == "received"
    assert {"lifecycle:transition", "org:resource", "time:timestamp"} <= first[0].keys()
    work = [one["lifecycle:transition"] for one in first if one["concept:name"] == "resolve_complaint"]
    assert work[:3] == ["schedule", "assign", "complete"]


def _of(element: ET.Element) -> dict[str, str]:
    return {child.attrib["key"]: child.attrib["value"] for child in element if "key" in child.attrib}


async def test_ocel_names_every_object_and_every_type_that_events_refer_to(api: Api, store: Store) -> None:
    found: dict[str, Any] = json.loads(await log(api, "ocel"))
    assert {*found} == {"objectTypes", "eventTypes", "objects", "events"}
    objects = {one["id"]: one["type"] for one in found["objects"]}
    assert len(objects) == len(found["objects"])
    assert {*objects.values()} <= {one["name"] for one in found["objectTypes"]}
    assert (objects[f"staff:{AGENT}"], objects["CFIGURESAAAAAA/T1"]) == ("staff", "task")
    types = {one["name"]: {attribute["name"] for attribute in one["attributes"]} for one in found["eventTypes"]}
    lines = [line for case_id in NUMBERS for line in await entries(store, case_id)]
    assert len(found["events"]) == len(lines) == len({event["id"] for event in found["events"]})
    for event in found["events"]:
        assert {one["name"] for one in event["attributes"]} <= types[event["type"]]
        assert {one["objectId"] for one in event["relationships"]} <= objects.keys()
    assert Counter(objects.values())["case"] == len(NUMBERS)


async def test_log_of_no_case_is_a_log(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    empty = (await api.get("/v1/exports/ocel?since=1&until=2", who)).json()
    assert (empty["objects"], empty["events"], empty["eventTypes"]) == ([], [], [])
    assert ET.fromstring((await api.get("/v1/exports/xes?since=1&until=2", who)).text) is not None  # noqa: S314


@pytest.mark.parametrize(
    ("by", "who"), [("K000001", "customer"), ("online-01", "online-01"), ("duecourse", "duecourse")]
)
async def test_customer_is_nobody_in_particular_and_reasons_are_left_out(store: Store, by: str, who: str) -> None:
    case = await store.readmodel.case("CFIGURESAAAAAA")
    assert case
    line = Entry(seq=1, at=1, what="task_claimed", by=by, facts={"task": "T9", "reason": "they shouted", "tier": 2})
    (event,) = events_of(CaseStory(case, [line]))
    assert (event.who, dict(event.facts), event.activity) == (who, {"tier": 2}, "task_claimed")
