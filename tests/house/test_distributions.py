"""Every distribution is complete: typed, licensed, of one version, and its records name their plugin API."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

import navila_sdk
from tests.house.source import DISTRIBUTIONS, LIBRARIES, PACKAGES, ROOT, Finding, Source, none_of, sample, sources

API = "1"
GROUPS = ("navila.embodiments", "navila.worlds", "navila.planners")
_RECORDS = frozenset({"Embodiment", "WorldRecord", "PlannerRecord"})


def _manifest(folder: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))


def silent_about_api(source: Source) -> Iterator[Finding]:
    """Records built without saying which plugin API they are written for."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in _RECORDS and all(keyword.arg not in {"navila_api", None} for keyword in node.keywords):
            yield source.finding(node, f'{name}(...) doesn\'t say navila_api="{API}": write it into the record')


@pytest.mark.parametrize("package", PACKAGES)
def test_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file(), f"{package}/py.typed is missing: add an empty file"


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_is_licensed(folder: str) -> None:
    project = _manifest(folder)["project"]
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE"]
    text = (ROOT / folder / "LICENSE").read_text(encoding="utf-8")
    assert text == (ROOT / "LICENSE").read_text(encoding="utf-8"), f"{folder}/LICENSE isn't the root's"


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_says_what_it_is(folder: str) -> None:
    project = _manifest(folder)["project"]
    assert project["description"].strip()
    assert (ROOT / folder / project["readme"]).stat().st_size > 0
    assert project["requires-python"] == _manifest(".")["project"]["requires-python"]


def test_versions_are_equal() -> None:
    versions = {folder: _manifest(folder)["project"]["version"] for folder in DISTRIBUTIONS}
    versions["navila_sdk.__version__"] = navila_sdk.__version__
    assert len(set(versions.values())) == 1, f"one release, one version; found {versions}"


def test_the_changelog_knows_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert {"Unreleased", navila_sdk.__version__} & set(headings), (
        f"CHANGELOG.md has no section [Unreleased] or [{navila_sdk.__version__}]; found {headings}"
    )


def test_records_name_their_api() -> None:
    none_of(finding for source in sources(*PACKAGES, "examples") for finding in silent_about_api(source))


def test_the_rule_bites() -> None:
    assert list(silent_about_api(sample('Embodiment(name="x")')))
    assert not list(silent_about_api(sample('navila.WorldRecord("x", make, navila_api="1")')))


def _points() -> list[importlib.metadata.EntryPoint]:
    return [
        point
        for group in GROUPS
        for point in importlib.metadata.entry_points(group=group)
        if point.dist is not None and point.dist.name.startswith("navila-")
    ]


@pytest.mark.parametrize("point", _points(), ids=lambda point: point.value)
def test_entry_point_leads_to_a_record(point: importlib.metadata.EntryPoint) -> None:
    record = point.load()
    assert type(record).__name__ in _RECORDS
    assert record.name == point.name
    assert record.navila_api == API


def test_every_distribution_registers_something() -> None:
    benchmarks = importlib.metadata.entry_points(group="navila.benchmarks")
    registered = {point.dist.name for point in [*_points(), *benchmarks] if point.dist is not None}
    libraries = {f"plugins/{name}" for name in LIBRARIES}
    assert registered == {_manifest(folder)["project"]["name"] for folder in set(DISTRIBUTIONS) - libraries}
