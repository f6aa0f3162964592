"""The short form of lists of people: `phone-01..phone-35` for thirty-five."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from domain.sla.rule_check import FieldPath
from starter.policies.source import Node, Problem

LONGEST_RANGE = 1_000

_LISTS: dict[FieldPath, tuple[FieldPath, ...]] = {
    ("teams",): (("members",), ("absent",)),
    ("assignment", "skills"): ((),),
    ("assignment", "shifts"): (("members",),),
}
"""The parts of a policy that have people, and where in each of their entries."""

_RANGE = re.compile(r"(?P<stem>.*?)(?P<first>\d+)\.\.(?P<other>.*?)(?P<last>\d+)")


def expand_members(tree: Node, problems: list[Problem]) -> Node:
    """The tree with every range of members written out; a single text counts as a list of one."""
    for path in list(_lists(tree)):
        if node := tree.find(path):
            tree = tree.put(path, _expanded(tree, path, node, problems))
    return tree


def _lists(tree: Node) -> Iterator[FieldPath]:
    """Where people are listed, if anybody is."""
    for whole, parts in _LISTS.items():
        node = tree.find(whole)
        for name in node.children if node else ():
            yield from ((*whole, name, *part) for part in parts)


def _expanded(tree: Node, path: FieldPath, node: Node, problems: list[Problem]) -> Node:
    written = [node] if node.kind == "scalar" and isinstance(node.value, str) else list(node.children.values())
    if not written:
        return node
    members: list[Node] = []
    for at, item in enumerate(written):
        try:
            members += [replace(item, value=member) for member in members_of(item.value)]
        except ValueError as error:
            problems.append(tree.problem((*path, at), str(error)))
            members.append(item)
    return replace(node, kind="list", value=None, children=dict(enumerate(members)))


def members_of(text: object) -> list[object]:
    """The members that a text such as `phone-01..phone-35` stands for; without `..` the value itself.

    Raises:
        ValueError: the two ends do not belong together, or the range is empty or too long.
    """
    if not isinstance(text, str) or ".." not in text:
        return [text]
    ends = _RANGE.fullmatch(text.replace(" ", ""))
    if ends and ends["stem"] == ends["other"] and len(ends["first"]) == len(ends["last"]):
        numbers = range(int(ends["first"]), int(ends["last"]) + 1)
        if 0 < len(numbers) <= LONGEST_RANGE:
            return [f"{ends['stem']}{number:0{len(ends['first'])}d}" for number in numbers]
    raise ValueError(f"expected a range of at most {LONGEST_RANGE} such as phone-01..phone-35, got {text!r}")
