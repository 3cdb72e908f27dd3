"""The front door: every public name exists, and type checkers see the same names as the interpreter."""

from __future__ import annotations

import ast

import pytest

import navila_sdk
from tests.house.source import ROOT, Source

_FACADE = ROOT / "navila_sdk" / "__init__.py"
_PUBLIC = sorted(name for name in dir(navila_sdk) if not name.startswith("_"))
_PARTS_OF_THE_FACADE = {"Any", "TYPE_CHECKING", "annotations", "importlib"}


def _promised() -> set[str]:
    """The names dir() offers that are neither submodules nor the facade's own imports."""
    folder = _FACADE.parent
    rooms = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    return set(_PUBLIC) - rooms - _PARTS_OF_THE_FACADE


@pytest.mark.parametrize("name", sorted(_promised()))
def test_exists(name: str) -> None:
    assert getattr(navila_sdk, name) is not None


def test_type_checkers_see_the_same_names() -> None:
    tree = Source(_FACADE, _FACADE.read_text(encoding="utf-8")).tree
    declared = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert declared == _promised(), (
        "navila_sdk/__init__.py: the TYPE_CHECKING block and _HOMES differ by "
        f"{sorted(declared ^ _promised())}; give both the same names"
    )


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = navila_sdk.no_such_name
