"""Policy files as trees whose every value knows its file and line, and how one file extends another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from domain.errors import PolicyUnknownError
from domain.sla.rule_check import FieldPath

# The C loader reads the charter in a tenth of the time, but not every build of PyYAML has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SHIPPED = Path(__file__).parent / "shipped"


class Problem(NamedTuple):
    """One thing that is wrong: where, and what was expected there. Lines count from 1."""

    file: str
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.field}: {self.problem}" if self.field else f"{place}: {self.problem}"


@dataclass(frozen=True)
class Node:
    """A value of a policy file. The values of a mapping stand at the line of their key."""

    kind: Literal["scalar", "list", "mapping"]
    file: str
    line: int
    value: object = None
    children: dict[str | int, Node] = field(default_factory=dict)

    def find(self, path: Iterable[str | int]) -> Node | None:
        """The value below this one at `path`, None where there is none."""
        node: Node | None = self
        for part in path:
            if node is None:
                return None
            node = node.children.get(part) or node.children.get(str(part))
        return node

    def nearest(self, path: FieldPath) -> Node:
        """The value at `path`, or what is nearest above it: where a missing value would have to stand."""
        found = (self.find(path[:length]) for length in range(len(path), -1, -1))
        return next((node for node in found if node is not None), self)

    def put(self, path: FieldPath, node: Node | None) -> Node:
        """This tree with another value at `path`, or without that value; as it is if nothing can stand there."""
        key, *below = path
        key = key if key in self.children else str(key)
        children = dict(self.children)
        if below and key in children:
            children[key] = children[key].put(tuple(below), node)
        elif node is None:
            children.pop(key, None)
        elif not below:
            children[key] = node
        return replace(self, children=children)

    def plain(self) -> object:
        """The bare value, as YAML means it."""
        if self.kind == "mapping":
            return {key: node.plain() for key, node in self.children.items()}
        return [node.plain() for node in self.children.values()] if self.kind == "list" else self.value

    def problem(self, path: FieldPath, text: str) -> Problem:
        """Something that is wrong at `path` of this tree."""
        place = self.nearest(path)
        return Problem(place.file, place.line, ".".join(str(part) for part in path), text)


class _Composer:
    """Turns the nodes of one YAML file into ours and collects what is wrong on the way."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self._constructor = yaml.constructor.SafeConstructor()
        self._open: set[int] = set()

    def node(self, source: yaml.Node, path: FieldPath, line: int) -> Node:
        """One value with everything below it; aliases stand where they are used."""
        if id(source) in self._open:
            self.note(path, line, "expected a value that does not contain itself")
            return Node("scalar", self.file, line)
        self._open.add(id(source))
        match source:
            case yaml.MappingNode():
                node = Node("mapping", self.file, line, children=self._entries(source, path))
            case yaml.SequenceNode():
                items = ((at, item, item.start_mark.line + 1) for at, item in enumerate(source.value))
                children: dict[str | int, Node] = {at: self.node(item, (*path, at), row) for at, item, row in items}
                node = Node("list", self.file, line, children=children)
            case _:
                node = Node("scalar", self.file, line, value=self._scalar(source, path, line))
        self._open.discard(id(source))
        return node

    def _entries(self, source: yaml.MappingNode, path: FieldPath) -> dict[str | int, Node]:
        entries: dict[str | int, Node] = {}
        for key, value in source.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.note(path, line, "expected keys that are plain words")
            elif key.value in entries:
                first = entries[key.value].line
                self.note((*path, key.value), line, f"expected each key once, but it also stands in line {first}")
            else:
                entries[key.value] = self.node(value, (*path, key.value), line)
        return entries

    def _scalar(self, source: yaml.Node, path: FieldPath, line: int) -> object:
        try:
            return self._constructor.construct_object(source)
        except (yaml.YAMLError, ValueError) as error:
            reason = error.problem if isinstance(error, yaml.MarkedYAMLError) else error
            self.note(path, line, f"expected a text, number or date: {reason}")
            return None

    def note(self, path: FieldPath, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, ".".join(str(part) for part in path), text))


def shipped() -> tuple[str, ...]:
    """Names of the policies that come with Duecourse."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def find_policy(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The file of a policy: a shipped one by its name, any other by its path.

    What a policy extends is looked for `beside` it first.

    Raises:
        PolicyUnknownError: there is no such file; details list the shipped policies.
    """
    name = str(name_or_path)
    candidates = [Path(name)]
    if Path(name).name == name:
        candidates.insert(0, SHIPPED / f"{name}.yaml")
        if beside is not None:
            candidates[:0] = [beside.with_name(name), beside.with_name(f"{name}.yaml")]
    elif beside is not None:
        candidates.insert(0, beside.parent / name)
    for path in candidates:
        if path.is_file() and not (beside is not None and path.resolve() == beside.resolve()):
            return path
    raise PolicyUnknownError(
        f"there is no policy {name}: expected a file or one of {', '.join(shipped())}",
        name=name,
        shipped=shipped(),
    )


def read_tree(path: Path, problems: list[Problem], extended_by: tuple[Path, ...] = ()) -> Node | None:
    """A policy file merged over what it extends; None, and more in `problems`, when it cannot be read."""
    own = _parse(path, problems)
    extends = own.children.get("extends") if own else None
    if own is None or extends is None:
        return own
    below = (*extended_by, path.resolve())
    try:
        base = find_policy(str(extends.value), beside=path)
    except PolicyUnknownError as error:
        problems.append(own.problem(("extends",), error.message))
        return None
    if base.resolve() in below:
        problems.append(own.problem(("extends",), f"expected no circle, but {base.name} extends this policy"))
        return None
    inherited = read_tree(base, problems, below)
    return merge(inherited, own) if inherited else None


def _parse(path: Path, problems: list[Problem]) -> Node | None:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(str(path), line, "", f"expected YAML: {error.problem}"))
        return None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), 1, "", f"expected YAML in UTF-8: {' '.join(str(error).split())}"))
        return None
    if not isinstance(root, yaml.MappingNode):
        problems.append(Problem(str(path), 1, "", "expected a mapping with the fields of a policy"))
        return None
    return _Composer(str(path), problems).node(root, (), 1)


def merge(base: Node, own: Node) -> Node:
    """`own` over `base`: mappings are merged key by key, null takes a key away, anything else replaces."""
    if base.kind != "mapping" or own.kind != "mapping":
        return own
    children = dict(base.children)
    for key, node in own.children.items():
        if node.kind == "scalar" and node.value is None:
            children.pop(key, None)
        else:
            children[key] = merge(children[key], node) if key in children else node
    return replace(own, children=children)
