"""The policy pages: what was put into force, a policy in words, what changes between two versions."""

from __future__ import annotations

import re

import pytest

from domain.errors import PolicyUnknownError
from domain.people import Language
from starter.desk.phrases import translated
from starter.desk.texts import Texts
from starter.policies.publish import publishable
from tests.starter.api.calling import AGENT, Api
from tests.starter.command_line import charter
from tests.starter.desk.test_pages import NASTY

OTHER = "charter@0123456789ab"


async def publish(api: Api) -> str:
    """Publish the charter, after another version of it, with a reason that somebody meant badly."""
    ready = publishable("charter")
    await api.store.policies.publish(OTHER, "charter", ready.document, by="supervisor-01", reason=NASTY)
    await api.store.policies.publish(ready.version, "charter", ready.document)
    await api.store.policies.return_to(ready.version)
    return ready.version


async def test_versions_stand_newest_first_with_who_and_why(api: Api) -> None:
    version = await publish(api)
    page = (await api.get("/desk/policies", await api.person(AGENT))).text
    assert page.index(f'href="/desk/policies/{version}"') < page.index(f'href="/desk/policies/{OTHER}"')
    assert page.count("<strong>in force</strong>") == 1
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


async def test_policy_is_told_in_the_readers_words_with_its_next_fortnight(api: Api) -> None:
    version = await publish(api)
    who = await api.person("online-07")
    english = (await api.get(f"/desk/policies/{version}", {**who, "Accept-Language": "en"})).text
    chinese = (await api.get(f"/desk/policies/{version}", {**who, "Accept-Language": "zh"})).text
    assert "after 50%: remind whoever has it" in english
    assert "经过 50% 后：提醒处理人" in chinese
    for page in (english, chinese):
        assert len(re.findall(r"<li>\S+ 20\d\d-\d\d-\d\d  ", page)) == 14
    assert f"old={OTHER.replace('@', '%40')}" in english


async def test_name_alone_leads_to_what_is_in_force(api: Api) -> None:
    version = await publish(api)
    answered = await api.get("/desk/policies/charter", await api.person(AGENT))
    assert (answered.status_code, answered.headers["Location"]) == (303, f"/desk/policies/{version}")


async def test_same_content_does_not_differ(api: Api) -> None:
    same = f"old={charter().version}&new={charter().version}"
    page = (await api.get(f"/desk/policies/difference?{same}", await api.person(AGENT))).text
    assert "These versions say the same." in page


async def test_difference_is_told_field_by_field(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    other = charter().model_copy(update={"late_tolerance": 7_000})

    async def policy(version: str) -> object:
        return other if version == OTHER else charter()

    monkeypatch.setattr(api.service, "policy", policy)
    asked = f"/desk/policies/difference?old={charter().version}&new={OTHER}"
    page = (await api.get(asked, await api.person(AGENT))).text
    assert re.search(r"late_tolerance</code>.*<ins>7 s</ins>", page)


async def test_version_that_was_never_published_is_named_as_such_in_both_languages(api: Api) -> None:
    with pytest.raises(PolicyUnknownError) as refused:
        await api.store.policies.load("charter@ffffffffffff")
    assert refused.value.message == "the policy version charter@ffffffffffff was never published"
    said = translated(Texts(Language.ZH_CN), refused.value.message, str)
    assert said == "政策版本 charter@ffffffffffff 从未发布"


async def test_compare_leads_to_the_difference_and_is_taken_for_no_policy(api: Api) -> None:
    asked = "old=charter%40000000000000&new=charter%40ffffffffffff"
    answered = await api.get(f"/desk/policies/compare?{asked}", await api.person(AGENT))
    assert (answered.status_code, answered.headers["location"]) == (303, f"/desk/policies/difference?{asked}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("difference?old=charter&new=charter", 422),
        ("difference", 422),
        ("nothing", 404),
        ("%3Cb%3E", 422),
    ],
)
async def test_what_is_no_policy_is_refused(api: Api, path: str, status: int) -> None:
    assert (await api.get(f"/desk/policies/{path}", await api.person(AGENT))).status_code == status
