"""Whether every message can be written: its Jinja text parses, mentions what there is, and needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from jinja2 import Template, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from activities.notifications.templates import environment as message_environment
from domain.customer_page import PAGE_WORDS
from domain.deeds import Words
from domain.policy import Policy
from domain.sla.rule_check import Finding, expected_one_of
from domain.templates import VARIABLES, Doing

OPTIONAL = frozenset({"next_update_by", "due_by", "answer_by", "order_id", "compensation"}) | {
    "changes",
    "collect",
    "refund",
    "delivery_on",
    "reason",
    "goods",
    "parcel",
    "kept",
    "paid_back",
    "sent_home",
    "linked",
}
"""Variables that a message may have to do without, whichever template it is."""

SAMPLE: Words = {
    "case_number": "C-20260105-0001",
    "subject": "Late delivery",
    "tier": 1,
    "tier_name": "front line",
    "next_update_by": 1_767_600_000_000,
    "due_by": 1_767_600_000_000,
    "answer_by": 1_767_600_000_000,
    "text": "A new parcel is on its way.",
    "order_id": "O-1001",
    "compensation": "20.00 CNY",
    "other_case": "C-20260104-0009",
    "order_number": "202600001",
    "stage": "deciding",
    "changes": "2 × Kettle",
    "collect": "12.00 CNY",
    "refund": "8.00 CNY",
    "delivery_on": "2026-01-09",
    "reason": "out_of_stock",
    "kind": "refund",
    "goods": "1 × Kettle",
    "parcel": "SF0001",
    "kept": "2",
    "paid_back": "yes",
    "sent_home": "yes",
    "news": "arrived",
    "problem": "late",
    "linked": ({"number": "R-20260104-0010", "kind": "return", "stage": "in_transit"},),
}
"""Words for trying out a template; `doing` takes each of its values in turn."""


SAMPLE_PAGE: Words = {"page": "https://service.example.com/my/C7Q2", "page_until": 1_767_600_000_000}
"""Words for the line below messages."""


def _local_time(instant: object) -> str:
    if not isinstance(instant, int):
        raise TypeError(f"local_time needs an instant, got {instant}")
    return "2026-01-05 16:00"


def _shown(value: object) -> object:
    if value is None:
        raise TypeError("a value that is not there would be written as None")
    return value


@cache
def _environment() -> SandboxedEnvironment:
    """The environment that messages are written in, except that a value which is None is an error."""
    environment = message_environment()
    environment.finalize = _shown
    environment.globals.clear()  # or functions such as range would pass for variables
    environment.filters["local_time"] = _local_time
    return environment


def find_wording_problems(policy: Policy) -> list[Finding]:
    """What is wrong with subjects and bodies, and with the line below them, in the order of the policy."""
    return [*_messages(policy), *_lines_below(policy)]


def _messages(policy: Policy) -> Iterator[Finding]:
    return (
        Finding(("templates", name, language, part), problem)
        for name, written in policy.templates.items()
        for language, template in written.items()
        for part, text in (("subject", template.subject), ("body", template.body))
        for problem in problems_of(text)
    )


def _lines_below(policy: Policy) -> Iterator[Finding]:
    for language, text in policy.customer_page.below_messages.items():
        problems = problems_of(text, PAGE_WORDS)
        if not problems and "page" not in meta.find_undeclared_variables(_environment().parse(text)):
            problems = ("expected the address of the page: {{ page }}",)
        yield from (Finding(("customer_page", "below_messages", language), problem) for problem in problems)


@lru_cache(maxsize=512)
def problems_of(text: str, known: frozenset[str] = VARIABLES) -> tuple[str, ...]:
    """What is wrong with one Jinja text: first whether it can be read, then whether it can be written out."""
    if not text.strip():
        return ("expected some text",)
    try:
        tree = _environment().parse(text)
        if unknown := tuple(_unknown_parts(tree)):
            return unknown
        mentioned = meta.find_undeclared_variables(tree)
        unknown = tuple(_unknown_variables(mentioned, known))
        return unknown or tuple(_failures(_environment().from_string(text), mentioned))
    except TemplateSyntaxError as error:
        return (f"expected a Jinja template, but its line {error.lineno} is none: {error.message}",)


def _unknown_variables(mentioned: set[str], known: frozenset[str]) -> Iterator[str]:
    for name in sorted(mentioned - known):
        yield f"mentions a variable that no message has: {expected_one_of(sorted(known), name)}"


def _unknown_parts(tree: nodes.Template) -> Iterator[str]:
    filters = ((node.name, _environment().filters) for node in tree.find_all(nodes.Filter))
    tests = ((node.name, _environment().tests) for node in tree.find_all(nodes.Test))
    for name, known in (*filters, *tests):
        if name not in known:
            yield f"expected local_time or a filter or test of Jinja, got {name!r}"
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield f"expected no {type(node).__name__.lower()}, since a template stands alone"


def _failures(template: Template, mentioned: set[str]) -> Iterator[str]:
    for absent in (None, *sorted(mentioned & OPTIONAL)):
        words = {**SAMPLE, **SAMPLE_PAGE} if absent is None else {**SAMPLE, **SAMPLE_PAGE, absent: None}
        try:
            for doing in Doing:
                template.render(words, doing=doing.value)
        except Exception as error:  # a template can fail in every way that an expression can
            without = f" without {absent}, so write {{% if {absent} %}}" if absent else ""
            yield f"cannot be written{without}: {error}"
