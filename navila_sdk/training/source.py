"""What version of this code a training runs, for the card of what comes out: a commit where there is one."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
from pathlib import Path

_HERE = Path(__file__).resolve().parents[1]
_DISTRIBUTION = "navila-sdk"
_GIT_S = 10.0


def source_version(package: Path = _HERE, distribution: str = _DISTRIBUTION) -> str:
    """Return the commit of a package's code, or the version of its distribution where no commit is known.

    A commit is known where the package lies in a git work tree that holds it (with ``-dirty`` behind it where files of
    the package differ from the commit), or was installed from a repository (PEP 610).

    Args:
        package: Its folder.
        distribution: What it's installed as.
    """
    # A virtual environment may lie in a work tree of something else altogether.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py"):
        commit = _git(package, "rev-parse", "--short=12", "HEAD")
        if commit:
            return f"{commit}-dirty" if _git(package, "status", "--porcelain", "--", ".") else commit
    try:
        installed = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""
    try:
        said = json.loads(installed.read_text("direct_url.json") or "{}")
        return str(said["vcs_info"]["commit_id"])[:12]
    except (KeyError, TypeError, ValueError):
        return f"{distribution} {installed.version}"


def _git(folder: Path, *words: str) -> str:
    """Return what git prints; nothing where it fails or isn't there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=_GIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
