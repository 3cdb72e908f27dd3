"""Every name of habitat-sim's that the plugin touches is one that habitat-sim's own source has.

habitat_sim can't be installed from the package index, so its names are held against a list taken from its source, by
version. The types in ``api.py`` and ``module.py`` are all the plugin knows of it; pyright holds the code to those.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import numpy as np
import pytest
from navila_habitat.camera import UUIDS, SensorPlan
from navila_habitat.probe import _DRAWING
from navila_habitat.steps import Step

import navila_sdk
from tests.habitat.names import (
    PACKAGE,
    SPOKEN,
    arguments,
    facts,
    has,
    known_anywhere,
    module,
    module_types,
    used_types,
)

TOUCHING = ("simulation.py", "setup.py", "ground.py", "navmesh.py", "floor.py", "build.py")
GONE = {
    # What VLN-CE's habitat-sim 0.1.7 lacks of what the plugin uses.
    ("module", "CameraSensorSpec"),
    ("PathFinder", "nav_mesh_settings"),
    ("PathFinder.get_topdown_view", "eps"),
    ("SemanticObject", "semantic_id"),
    ("SensorSpec", "far"),
    ("SensorSpec", "hfov"),
}


def missing(version: str) -> Iterator[tuple[str, str]]:
    for owner, member, wanted in used_types():
        if not owner or owner == "Quaternion":
            continue
        found = arguments(owner, member, version)
        if found is False:
            yield owner, member
        elif wanted is not None and isinstance(found, list):
            known = found[: len(wanted)] if len(found) >= len(wanted) else found
            yield from ((f"{owner}.{member}", name) for name in wanted if name not in known and found)
        elif wanted is not None:
            yield f"{owner}.{member}", "is an attribute"
    for name, wanted in module_types("HabitatSim"):
        if not has("module", name, version):
            yield "module", name
        for argument in wanted or ():
            if name in {"Simulator", "RigidState"}:
                continue  # attrs without annotation, and pybind11 without names: given by position
            if argument not in (arguments(name, "__init__", version) or ()):
                yield f"{name}()", argument
    yield from (("physics", name) for name, _ in module_types("Physics") if not has("physics", name, version))
    yield from (
        ("SensorType", name)
        for name, _ in module_types("SensorTypes")
        if arguments("SensorType", name, version) is False
    )
    yield from (
        ("SensorSubType", name)
        for name, _ in module_types("SensorSubTypes")
        if arguments("SensorSubType", name, version) is False
    )
    yield from (("moves", str(step)) for step in Step if not has("moves", str(step), version))


@pytest.mark.parametrize("version", SPOKEN)
def test_every_version_spoken_has_every_name(version: str) -> None:
    assert sorted(missing(version)) == []


def test_the_list_says_what_the_old_version_lacks() -> None:
    assert set(missing("0.1.7")) >= GONE


def test_magnum_is_called_as_habitat_sim_calls_it() -> None:
    assert dict(module_types("Magnum")) == facts()["magnum"]
    members = {member for owner, member, _ in used_types() if owner == "Quaternion"}
    assert members == set(facts()["magnum"]["Quaternion"])


def test_sensor_kinds_are_enum_members() -> None:
    assert set(UUIDS) <= {name for name, _ in module_types("SensorTypes")}
    assert SensorPlan("COLOR", (0, 0, 0), (0, 0, 0), 90, 1, 1).uuid == "rgb"


def attributes(tree: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def keywords(tree: ast.AST) -> set[str]:
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}


SDK = Path(navila_sdk.__file__).parent
SHARED = ("embodiment.py", "errors.py", "geometry.py", "world.py", "scenes/occupancy.py", "scenes/scene.py")


@functools.cache
def ours() -> frozenset[str]:
    """Every name the plugin or the SDK's values define, and what Python's and numpy's own have."""
    names = {name for owner in (builtins, np, np.ndarray, Path, str, dict) for name in dir(owner)}
    for path in (*PACKAGE.glob("*.py"), *(SDK / name for name in SHARED)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, (ast.AnnAssign, ast.Assign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
            elif _own(node):
                names.add(node.attr)
    return frozenset(names)


def _own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def strangers(tree: ast.AST) -> set[str]:
    """Attributes and keywords that are neither habitat-sim's nor anybody's here."""
    return (attributes(tree) | keywords(tree)) - known_anywhere() - ours() - ELSEWHERE


# Of the standard library, attrs and SciPy, in these files.
_ELSEWHERE = """TemporaryDirectory astuple contextmanager dist distance_transform_edt eq evolve frozen hexdigest hypot
inf isfinite replace sha256 slots st_mtime_ns st_size"""
ELSEWHERE = frozenset(_ELSEWHERE.split())


@pytest.mark.parametrize("file", TOUCHING)
def test_no_name_is_a_stranger(file: str) -> None:
    assert strangers(module(file)) == set()


@pytest.mark.parametrize(
    "line",
    ["finder.snap_piont(x)", "sim.SimulatorConfig()", "backend.allow_slide = True", "sim.ActuationSpec(ammount=1)"],
)
def test_the_scanner_bites(line: str) -> None:
    assert strangers(ast.parse(line))


def test_the_probe_speaks_the_same_names() -> None:
    tree = ast.parse(_DRAWING)
    top = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "habitat_sim"
    }
    assert top
    assert all(has("module", name, version) for name in top for version in SPOKEN)
    assert attributes(tree) - known_anywhere() - {"argv", "exit", "_exit", "fork", "waitpid"} == set()
