"""The files of this repository, as tests read them."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CODE = ("activities", "domain", "readmodel", "runtime", "starter", "worker.py", "workflows")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root; without git, all that was written."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        answer = ""
    named = [Path(name) for name in answer.split("\0") if name] or list(walked(Path()))
    return tuple(sorted(path for path in named if (ROOT / path).is_file()))


def walked(folder: Path) -> Iterator[Path]:
    """The files below a folder, leaving out hidden folders and what is made rather than written."""
    for entry in sorted((ROOT / folder).iterdir()):
        path = folder / entry.name
        if not entry.is_dir():
            yield path
        elif entry.name == ".ci" or not (
            entry.name.startswith(".") or entry.name in {"__pycache__", "build", "dist", "node_modules", "var"}
        ):
            yield from walked(path)


def modules(*tops: str) -> list[Path]:
    """The Python files below these top-level names."""
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in tops]


def text(path: Path | str) -> str | None:
    """A file's text, or None for a picture and the like."""
    raw = (ROOT / path).read_bytes()
    try:
        return None if b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return None


def parsed(path: Path) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse((ROOT / path).read_bytes(), filename=str(path))


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
