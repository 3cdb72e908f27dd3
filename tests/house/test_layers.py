"""Imports never point upward."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.house.imports import When, imports
from tests.house.layers import LAYERS, MEANT, layer_of
from tests.house.source import ROOT, Finding, Source, none_of, sample, sources

_FACADE = "navila_sdk"
_FREE_OF_LAYERS = {"__version__"}


def upward(source: Source) -> Iterator[Finding]:
    """Imports of a layer above the file's own."""
    if source.module == _FACADE:
        return
    own = layer_of(source.module)
    if own is None:
        yield source.finding(1, "belongs to no layer: add its name to the table in tests/house/layers.py")
        return
    for found in imports(source):
        if found.module.split(".")[0] != _FACADE or found.when is When.TYPING:
            continue
        if found.module == _FACADE and set(found.names) <= _FREE_OF_LAYERS and found.names:
            continue
        targets = [f"{_FACADE}.{name}" for name in found.names or ("",)] if found.module == _FACADE else [found.module]
        for target in targets:
            yield from _judge(source, own, target, found.line, found.when)


def _judge(source: Source, own: int, target: str, line: int, when: When) -> Iterator[Finding]:
    other = layer_of(target)
    if other is None:
        yield source.finding(
            line, f"imports {target!r}: name the module that defines it, below navila_sdk, not the facade"
        )
        return
    rooms = (source.module.split(".")[1], target.split(".")[1])
    if other > own and not (when is When.CALLED and rooms in MEANT):
        yield source.finding(
            line,
            f"{rooms[0]} (layer {own}) imports {target} (layer {other}) {when.value}: move what is shared "
            "down, or hand it in as an argument; where it's meant, say why in tests/house/layers.py",
        )


def test_imports_point_down() -> None:
    none_of(finding for source in sources("navila_sdk") for finding in upward(source))


def test_every_exception_is_needed() -> None:
    used = {
        (source.module.split(".")[1], found.module.split(".")[1])
        for source in sources("navila_sdk")
        if source.module != _FACADE
        for found in imports(source)
        if found.module.startswith(_FACADE + ".") and found.when is When.CALLED
    }
    unneeded = set(MEANT) - used
    assert not unneeded, f"take these out of MEANT in tests/house/layers.py: {unneeded}"


def test_the_architecture_page_shows_the_same_layers() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\d+\. ((?:`\w+` ?)+)$", page, re.MULTILINE)
    drawn = tuple(frozenset(re.findall(r"\w+", row)) for row in shown)
    assert drawn == LAYERS, "docs/architecture.md and tests/house/layers.py show different layers"


def test_no_room_stands_in_two_layers() -> None:
    rooms = [room for layer in LAYERS for room in layer]
    assert len(rooms) == len(set(rooms))


def test_the_rule_bites() -> None:
    path = "navila_sdk/actions.py"
    for text in (
        "from navila_sdk.cli.main import main",
        "def f():\n    from navila_sdk.robot import Robot",
        "try:\n    import navila_sdk.api\nexcept ImportError:\n    pass",
        "from navila_sdk import Robot",
        "from .cli import main",
    ):
        assert list(upward(sample(text, path))), text
    for text in (
        "from navila_sdk.units import shifted_text",
        "if TYPE_CHECKING:\n    from navila_sdk.robot import Robot",
        "from navila_sdk import __version__",
    ):
        assert not list(upward(sample(text, path))), text
    assert list(upward(sample("", "navila_sdk/newcomer.py")))
