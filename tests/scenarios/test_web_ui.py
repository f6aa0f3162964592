"""What a supervisor sees in Temporal's own Web UI: summaries, details, search attributes, and nothing personal."""

from __future__ import annotations

import json
import re

from temporalio.api.enums.v1 import EventType
from temporalio.converter import DataConverter

from runtime.search_attributes import CASE_DUE_AT, CASE_STATUS, CASE_TEAM, CASE_TIER
from tests.world import MINUTE, World


async def test_history_reads_as_the_case(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.reply()
    await case.forward(31 * MINUTE)
    summaries = []
    for event in (await case.handle.fetch_history()).events:
        if event.user_metadata.HasField("summary"):
            (text,) = await DataConverter.default.decode([event.user_metadata.summary])
            summaries.append((EventType.Name(event.event_type).removeprefix("EVENT_TYPE_"), text))
    said = [text for _, text in summaries]
    assert said[0] == "Complaint by email"
    assert "Acknowledged: tier 1, what happens next and by when, by email" in said
    assert any(
        kind == "TIMER_STARTED" and re.fullmatch(r"tier 1 time · remind in 1[45] min.*", text)
        for kind, text in summaries
    )
    assert "Tier 2 takes over: told the customer, by email" in said


async def test_current_details_say_where_the_case_stands(world: World) -> None:
    case = await world.open()
    await case.claim()
    details = (await case.handle.query("__temporal_workflow_metadata")).current_details
    assert "**Tier 1 · in progress** · team online · email" in details
    assert "task T1 Resolve the complaint: reserved, online-01 since" in details
    assert re.search(r"tier 1 time: running, (30|29) min", details)


async def test_search_attributes_find_the_case(world: World) -> None:
    case = await world.open()
    found = (await case.handle.describe()).typed_search_attributes
    assert (found.get(CASE_STATUS), found.get(CASE_TIER), found.get(CASE_TEAM)) == ("in_progress", 1, "online")
    due = found.get(CASE_DUE_AT)
    assert due is not None
    await case.forward(31 * MINUTE)
    later = (await case.handle.describe()).typed_search_attributes
    assert (later.get(CASE_TIER), later.get(CASE_TEAM)) == (2, "specialists")


async def test_nothing_personal_in_ids_attributes_and_summaries(world: World) -> None:
    secret = "Ms Wang of 12 Pear Lane"
    case = await world.open(subject=f"{secret} complains", description=secret, reference=f"mail from {secret}")
    await case.claim()
    await case.reply(text=f"Dear {secret}")
    description = (await case.handle.describe()).raw_description
    shown = [
        case.case_id,
        str(description.workflow_execution_info.search_attributes),
        str(description.execution_config),
    ]
    for event in (await case.handle.fetch_history()).events:
        shown.append(str(event.user_metadata))
        shown.append(str(event.upsert_workflow_search_attributes_event_attributes.search_attributes))
    shown.append((await case.handle.query("__temporal_workflow_metadata")).current_details)
    assert "Wang" not in json.dumps(shown)
