"""One exception tree: the drawing at the top of errors.py is true, and every error is met by a test."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

import navila_sdk
from navila_sdk import errors
from tests.house.source import Finding, Source, none_of, sample, sources

_BRANCH = re.compile(r"^ {4}(?P<stem>[│ ]*)(?P<arm>[├└]── )?(?P<name>\w+) +(?P<text>\S.*)$")
_CLASSES: dict[str, type[errors.NavilaError]] = {
    name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, errors.NavilaError)
}

# Signals inside one room, caught there: no caller ever meets them.
_SIGNALS = {
    "RefusedError": "ends the reading of a sentence; becomes Unparsed",
    "ReplayEndError": "ends a replay where its recording ends",
}


def _drawn() -> dict[str, str]:
    """Each name in the drawing with the name of its parent ("" for the root)."""
    parents: dict[str, str] = {}
    open_branches: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := _BRANCH.match(line):
            depth = (len(found["stem"]) + len(found["arm"] or "")) // 4
            del open_branches[depth:]
            parents[found["name"]] = open_branches[-1] if open_branches else ""
            open_branches.append(found["name"])
    return parents


def strays(source: Source) -> Iterator[Finding]:
    """Exceptions of the core that stand outside the tree; a private one never leaves its module."""
    if source.path.name == "errors.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in _SIGNALS:
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            if any(base in _CLASSES or base.endswith(("Error", "Exception")) for base in bases):
                yield source.finding(
                    node,
                    f"{node.name} is an error outside the tree: define it in errors.py, or make it private",
                )


def test_the_drawing_is_true() -> None:
    real = {name: cls.__bases__[0].__name__ for name, cls in _CLASSES.items()}
    real["NavilaError"] = ""
    assert _drawn() == real, "the drawing at the top of errors.py and its classes differ"


def test_the_drawn_exit_codes_are_true() -> None:
    drawn = dict(re.findall(r"(\w+) +exit (\d)", errors.__doc__ or ""))
    assert drawn == {"NavilaError": "1", "UserInputError": "2"}
    for cls in _CLASSES.values():
        expected = 2 if issubclass(cls, errors.UserInputError) else 1
        assert cls.exit_code == expected, f"{cls.__name__}.exit_code is {cls.exit_code}, expected {expected}"


def test_there_is_one_tree() -> None:
    none_of(finding for source in sources("navila_sdk") for finding in strays(source))


def test_signals_are_needed_and_no_part_of_the_front_door() -> None:
    defined = {
        node.name
        for source in sources("navila_sdk")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }
    assert set(_SIGNALS) <= defined
    assert not set(_SIGNALS) & set(dir(navila_sdk))


def test_the_rule_bites() -> None:
    assert list(strays(sample("class Odd(ValueError):\n    pass")))
    assert list(strays(sample("class Odd(errors.PlannerError):\n    pass")))
    assert not list(strays(sample("class Fine:\n    pass")))


@pytest.mark.parametrize("name", sorted(_CLASSES))
def test_every_error_is_met_by_a_test(name: str) -> None:
    word = re.compile(rf"\b{name}\b")
    tests = [source for source in sources("tests") if "house" not in source.path.parts]
    assert any(word.search(source.text) for source in tests), (
        f"no test mentions {name}: show in tests/ when it's raised and what it says"
    )


@pytest.mark.parametrize("name", sorted(_CLASSES))
def test_every_error_is_public(name: str) -> None:
    assert getattr(navila_sdk, name) is _CLASSES[name]
