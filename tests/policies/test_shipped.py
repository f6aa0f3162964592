"""How the shipped policies are published."""

import json

import pytest

from domain.policy import Policy
from starter.policies.publish import publishable
from starter.policies.source import shipped


@pytest.mark.parametrize("name", shipped())
def test_shipped_policy_is_published_under_its_name(name: str) -> None:
    published = publishable(name)
    assert published.policy.name == name
    assert published.version.startswith(f"{name}@")


def test_published_document_is_the_policy() -> None:
    published = publishable("charter", pace=2)
    again = Policy.model_validate_json(published.document)
    assert again == published.policy
    assert again.version == published.version
    assert json.loads(published.document)["name"] == "charter-x2"


def test_same_file_gives_the_same_version() -> None:
    assert publishable("charter").version == publishable("charter").version != publishable("rehearsal").version


def test_publishing_warns_of_holidays_that_are_not_announced_yet() -> None:
    [warning] = publishable("charter").warnings
    assert "calendars.office.holidays" in warning
