"""The case types there are, as lists, boards and forms know them."""

from __future__ import annotations

import pytest

from domain.catalog import CASE_TYPES, DELIVERY
from domain.worked_case import CHECK_DELIVERY, CONTACT


@pytest.mark.parametrize("name", CASE_TYPES)
def test_every_type_has_statuses_tasks_and_an_end(name: str) -> None:
    found = CASE_TYPES[name]
    assert found.name == name
    assert found.under_way
    assert found.over
    assert not set(found.under_way) & set(found.over)
    assert {task.kind for task in found.tasks} >= {CONTACT, CHECK_DELIVERY}


def test_only_what_nobody_asked_for_is_not_withdrawn() -> None:
    assert [found for found in CASE_TYPES.values() if found.withdraw is None] == [DELIVERY]
