"""What an installed Duecourse has: the texts, the templates and the dress of the desk, with their licences."""

from __future__ import annotations

from fnmatch import fnmatch

from setuptools import find_namespace_packages  # type: ignore[import-untyped]

from tests.repository import ROOT, files, project

SETTINGS = project()["tool"]["setuptools"]


def test_everything_that_pages_are_made_of_is_installed() -> None:
    packages = {*find_namespace_packages(str(ROOT), include=SETTINGS["packages"]["find"]["include"])}
    made_of = [path for path in files() if path.parts[:2] == ("starter", "desk") and path.suffix != ".py"]
    assert len(made_of) > 10
    for path in made_of:
        assert ".".join(path.parent.parts) in packages, path
        assert any(fnmatch(path.name, glob) for glob in SETTINGS["package-data"]["*"]), path


def test_what_others_wrote_stands_beside_its_licence() -> None:
    folder = ROOT / "starter" / "desk" / "static"
    licences = {path.name.split("-")[0]: path.read_text(encoding="utf-8") for path in folder.glob("*-licence.txt")}
    theirs = {path.name.split(".")[0] for path in folder.glob("*.min.*")}
    assert {*licences} == theirs
    assert all("Permission" in text for text in licences.values())
