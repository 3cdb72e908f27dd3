"""What the house rules look at: the files of the tree, parsed once, and how a finding is told."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ("booster", "go2", "h1", "habitat", "isaac", "mujoco", "nano", "t1", "unitree", "vlnce")
LIBRARIES = ("booster", "unitree")
"""Those that register nothing: what other plugins share."""
PACKAGES = ("navila_sdk", *(f"plugins/{name}/navila_{name}" for name in PLUGINS))
DISTRIBUTIONS = (".", *(f"plugins/{name}" for name in PLUGINS))


@attrs.frozen
class Finding:
    """A place that breaks a rule, and how to mend it."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        where = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{where}:{self.line}: {self.what}"


@attrs.frozen
class Source:
    """A Python file."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def module(self) -> str:
        """Dotted name, for a file of navila_sdk."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def finding(self, node: ast.AST | int, what: str) -> Finding:
        return Finding(self.path, node if isinstance(node, int) else getattr(node, "lineno", 1), what)


@functools.cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@functools.cache
def tree_files() -> tuple[Path, ...]:
    """Every file that is part of the project: what git tracks or would track."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        paths: Iterable[Path] = (ROOT / name for name in listing.split("\0") if name)
    except (OSError, subprocess.CalledProcessError):
        paths = (path for path in ROOT.rglob("*") if not _is_hidden(path))
    return tuple(sorted(path for path in paths if path.is_file()))


def _is_hidden(path: Path) -> bool:
    inside = path.relative_to(ROOT).parts
    return "__pycache__" in inside or any(part.startswith(".") and part != ".ci" for part in inside)


def sources(*folders: str) -> Iterator[Source]:
    """Every Python file below the folders, given relative to the root."""
    homes = [ROOT / folder for folder in folders]
    for path in tree_files():
        if path.suffix == ".py" and any(path.is_relative_to(home) for home in homes):
            yield Source(path, path.read_text(encoding="utf-8"))


def sample(text: str, path: str = "navila_sdk/sample.py") -> Source:
    """A made-up file, to show that a rule bites."""
    return Source(ROOT / path, text)


def none_of(findings: Iterable[Finding]) -> None:
    """Fail with every finding, one per line."""
    found = [str(finding) for finding in findings]
    assert not found, "\n" + "\n".join(found)
