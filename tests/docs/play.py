"""Carries out the blocks of one page, in order, in the present folder: ``python -m tests.docs.play PAGE``.

Python blocks share one namespace; console lines run as a user would type them, with their output compared
where the page shows any ("..." stands for anything). Runs as a process of its own, so that nothing a page
does outlives it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.pages import Block, blocks

LIMIT_S = 120
SHOWN = ("text", "json")
_ASSIGNMENT = re.compile(r"[A-Z_]+=.*")


def play(page: Path) -> None:
    """Carry out every block of the page.

    Raises:
        AssertionError: A block doesn't do what the page says; begins with its place.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page.read_text(encoding="utf-8")):
        if "not executed" in block.notes:
            assert block.notes["not executed"], f"{page.name}:{block.line}: say why it isn't executed"
        elif "file" in block.notes:
            Path(block.notes["file"]).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            padding = "\n" * (block.line - 1)
            exec(compile(padding + block.text, str(page), "exec"), namespace)
        elif block.language == "console":
            _type(page, block)
        elif block.language == "toml" and "config" in block.notes:
            _load(page, block)
        else:
            assert block.language in SHOWN, (
                f"{page.name}:{block.line}: a block of {block.language or 'no language'!r} is never checked: "
                f"make it one of python, console, toml (after <!-- config -->) or, to be looked at, {SHOWN}"
            )


def _type(page: Path, block: Block) -> None:
    """Run the ``$`` lines of a block and compare what each prints."""
    entries = re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)
    assert not entries[0].strip(), f"{page.name}:{block.line}: a console block begins with '$ '"
    expected_code = int(block.notes.get("exit", "0"))
    for entry in entries[1:]:
        command, _, shown = entry.partition("\n")
        done = _run(page, block, command)
        printed = done.stdout + done.stderr
        assert done.returncode == expected_code, (
            f"{page.name}:{block.line}: {command!r} exits with {done.returncode}, "
            f"expected {expected_code}:\n{printed[-3000:]}"
        )
        pattern = ".*".join(re.escape(part) for part in " ".join(shown.split()).split("..."))
        assert re.search(pattern, " ".join(printed.split())), (
            f"{page.name}:{block.line}: {command!r} doesn't print what the page shows, but:\n{printed[-3000:]}"
        )


def _run(page: Path, block: Block, command: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command, comments=True)
    environment = dict(os.environ)
    while words and _ASSIGNMENT.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    programs = {"navila": [str(Path(sys.executable).with_name("navila"))], "python": [sys.executable]}
    assert words[:1] in (["navila"], ["python"]), (
        f"{page.name}:{block.line}: {command!r} isn't navila or python; mark the block "
        "<!-- not executed: reason --> if it can't run here"
    )
    return subprocess.run(
        [*programs[words[0]], *words[1:]],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def _load(page: Path, block: Block) -> None:
    from navila_sdk.config import load_config

    path = Path(f"config-line-{block.line}.toml")
    path.write_text(block.text, encoding="utf-8")
    load_config(path)


if __name__ == "__main__":
    play(Path(sys.argv[1]))
