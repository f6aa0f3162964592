"""Trying a policy out on a page: fields as people write them, what would have come of it, and what is no policy."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from domain.errors import InvalidInputError
from starter.desk.policy_trial import patch_of
from tests.starter.api.calling import AGENT, LEAD, SUPERVISOR, Api
from tests.starter.desk.test_pages import NASTY


def test_lines_are_the_merge_patch_that_they_mean() -> None:
    text = " complaint.tiers.1.time = 45m\ncomplaint.tiers.1.expected_share=0.7\n\nteams.legal.absent = []\n"
    assert patch_of(text) == {
        "complaint": {"tiers": {"1": {"time": "45m", "expected_share": 0.7}}},
        "teams": {"legal": {"absent": []}},
    }
    assert patch_of(" \n") == {}


def test_what_is_no_json_is_a_text() -> None:
    for text in ("NaN", "[" * 4_000, "45m"):
        assert patch_of(f"a = {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("complaint", 1),
        ("a = 1\n= 2", 2),
        ("a.b = 1\na.b = 2", 2),
        ("a = 1\na.b = 2", 2),
        ("a..b = 1", 1),
        ("a =", 1),
        ("a." * 4_000 + "a = 1", 1),
    ],
)
def test_line_that_says_nothing_is_refused_by_its_number(text: str, line: int) -> None:
    with pytest.raises(InvalidInputError, match=f"changes, line {line}: expected"):
        patch_of(text)


async def test_changed_fields_are_tried_over_recorded_cases_and_nothing_is_put_into_force(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    before = await api.store.policies.publications()
    changes = quote("complaint.tiers.1.time = 45m")
    page = await api.get(f"/desk/policies/try?days=7&changes={changes}", who)
    assert page.status_code == 200
    assert "cases of 7 days would have come to" in page.text
    assert "<del>30 min</del>" in page.text
    assert "<ins>45 min</ins>" in page.text
    assert await api.store.policies.publications() == before


async def test_what_is_no_policy_is_told_beside_what_was_typed(api: Api) -> None:
    changes = quote(f"complaint.tiers.1.team = {NASTY}")
    answered = await api.get(f"/desk/policies/try?changes={changes}", await api.person(SUPERVISOR))
    assert answered.status_code == 422
    assert 'role="alert"' in answered.text
    assert "&lt;script&gt;" in answered.text
    assert "<script>" not in answered.text


async def test_try_without_anything_to_try_says_what_is_wanted(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    assert "Nothing to try yet" in (await api.get("/desk/policies/try?version=&changes=&days=30", who)).text
    assert "Nothing to try yet" not in (await api.get("/desk/policies/try", who)).text


async def test_only_who_sees_all_cases_tries_policies(api: Api) -> None:
    for somebody in (AGENT, LEAD):
        who = await api.person(somebody)
        assert (await api.get("/desk/policies/try", who)).status_code == 403
        assert "/desk/policies/try" not in (await api.get("/desk/policies", who)).text
