"""Throwaway distributions: a package and its dist-info written into a folder that stands on the path."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROBOT = """
from navila_sdk.testing import fake_embodiment

robot = fake_embodiment("{name}")
"""


class Site:
    """A folder of installed throwaway distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def add(
        self,
        distribution: str,
        source: str | None,
        entries: Mapping[str, Mapping[str, str]],
        version: str = "1.0",
        extra_metadata: str = "",
    ) -> None:
        """Install one distribution whose module is its name; no module if ``source`` is None."""
        module = distribution.replace("-", "_")
        if source is not None:
            (self.folder / f"{module}.py").write_text(source)
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        head = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{extra_metadata}"
        (info / "METADATA").write_text(f"{head}\nName: not this one\n")
        lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(lines))
        (info / "RECORD").write_text(f"{module}.py,,\n" if source is not None else "")

    def add_robot(self, distribution: str, name: str, source: str | None = ROBOT, version: str = "1.0") -> None:
        """Install one distribution that registers its ``robot`` as an embodiment."""
        module = distribution.replace("-", "_")
        text = source.replace("{name}", name) if source is not None else None
        self.add(distribution, text, {"navila.embodiments": {name: f"{module}:robot"}}, version)


def navila(
    *args: str, cwd: Path, site: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, with a clean environment."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NAVILA_", "COV_"))}
    clean["NAVILA_CONFIG_DIR"] = str(cwd / "no-user-config")
    if site is not None:
        clean["PYTHONPATH"] = str(site)
    return subprocess.run(
        [sys.executable, "-c", "from navila_sdk.cli.main import main; main()", *args],
        cwd=cwd,
        env={**clean, **(env or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
