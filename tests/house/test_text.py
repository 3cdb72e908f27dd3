"""No file of the project speaks of the machine it was written on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, Finding, Source, none_of, sample, tree_files

# Put together here, so that this file doesn't break its own rule.
_HOMES = [f"/{name}" for name in ("work", "root", "opt")]
_NOTES = "shared" + "/"
_MACHINE = re.compile(r"(?<![\w.~$})-])(?:" + "|".join(_HOMES) + r")(?![\w-])")
_ELSEWHERE = re.compile(rf"(?<![\w/]){_NOTES}(?:design|golden|hooks|reference)")
_BINARY = frozenset({".png", ".jpg", ".npz", ".onnx", ".mcap", ".gif", ".webp", ".stl", ".obj", ".safetensors", ".gz"})


def machine_paths(source: Source) -> Iterator[Finding]:
    """Lines that name a folder which only exists on someone's machine."""
    for number, line in enumerate(source.lines, 1):
        if found := _MACHINE.search(line) or _ELSEWHERE.search(line):
            yield source.finding(
                number, f"{found.group()!r} exists on one machine only: write it relative to the repository"
            )


def _texts() -> Iterator[Source]:
    for path in tree_files():
        # Data was measured elsewhere and is kept byte for byte.
        if path.suffix not in _BINARY and not path.is_relative_to(ROOT / "tests" / "data"):
            yield Source(path, path.read_text(encoding="utf-8"))


def test_no_machine_paths() -> None:
    none_of(finding for source in _texts() for finding in machine_paths(source))


@pytest.mark.parametrize("line", [f"cd {_HOMES[0]}/main", f"{_HOMES[1]!r}", f"see {_NOTES}design.md"])
def test_the_rule_bites(line: str) -> None:
    assert list(machine_paths(sample(line)))


@pytest.mark.parametrize("line", ["paths/work", "https://host/root/x", "/workspace", "${X}/opt", "a shared/own part"])
def test_the_rule_leaves_others_alone(line: str) -> None:
    assert not list(machine_paths(sample(line)))


def test_text_is_plain() -> None:
    """Unix line ends, a newline at the end, no tabs in Python."""
    for source in _texts():
        name = source.path.relative_to(ROOT)
        raw = source.path.read_bytes()
        assert b"\r\n" not in raw, f"{name}: Windows line ends; save it with \\n"
        assert not raw or raw.endswith(b"\n"), f"{name}: no newline at the end; add one"
