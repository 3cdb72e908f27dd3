"""Markdown pages as lists of fenced blocks, each with the notes (HTML comments) that stand before it.

Notes a page can use, each on its own line right before a fence:
``<!-- not executed: reason -->``, ``<!-- exit: 2 -->``, ``<!-- config -->``, ``<!-- file: name.py -->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
NOTES = ("not executed", "exit", "config", "file")
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)\s*$")
_NOTE = re.compile(r"^<!-- (?P<name>[a-z ]+?)(?:: (?P<value>.+?))? -->$")


@attrs.frozen
class Block:
    """A fenced block; ``line`` is that of its first line of content."""

    language: str
    text: str
    line: int
    notes: Mapping[str, str]


def pages() -> list[Path]:
    """Every page whose snippets must hold."""
    own = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")]
    return [*own, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = text.splitlines()
    notes: dict[str, str] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        if fence := _FENCE.match(line):
            start = number + 1
            number = start
            while number < len(lines) and lines[number].strip() != "```":
                number += 1
            if number == len(lines):
                raise ValueError(f"line {start}: the fence is never closed")
            indent = len(fence["indent"])
            content = "\n".join(inner[indent:] for inner in lines[start:number])
            yield Block(fence["language"], content + "\n", start + 1, notes)
            notes = {}
        elif note := _NOTE.match(line.strip()):
            if note["name"] not in NOTES:
                raise ValueError(f"line {number + 1}: unknown note {note['name']!r}; known: {', '.join(NOTES)}")
            notes = {**notes, note["name"]: note["value"] or ""}
        elif line.strip():
            notes = {}
        number += 1
