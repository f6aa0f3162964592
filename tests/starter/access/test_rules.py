"""The table of rules: every verb and every route is in it, and it keeps nobody out whom the domain lets in."""

from __future__ import annotations

import pytest

from domain.people import Role
from starter.access.rules import RULES, VERB_RULES
from starter.verbs import VERBS
from worker import WORKFLOWS
from workflows.base import CaseWorkflow

UPDATES = {
    name
    for workflow in WORKFLOWS
    if issubclass(workflow, CaseWorkflow)
    for name in dir(workflow)
    if hasattr(getattr(workflow, name), "__temporal_update_definition") or hasattr(getattr(workflow, name), "_defn")
}


def test_every_verb_of_the_domain_is_an_update_of_a_workflow_and_has_a_rule() -> None:
    assert set(VERBS) == UPDATES == set(VERB_RULES)


@pytest.mark.parametrize("route", [name for name, rule in RULES.items() if not rule.public])
def test_rule_names_somebody_and_a_scope_where_systems_may(route: str) -> None:
    rule = RULES[route]
    assert rule.roles
    assert (Role.SYSTEM in rule.roles) == (rule.scope is not None)


@pytest.mark.parametrize("verb", VERBS)
def test_auditors_write_nothing_and_customers_do_not_come_in_here(verb: str) -> None:
    assert RULES[verb].roles.isdisjoint({Role.AUDITOR, Role.CUSTOMER})
