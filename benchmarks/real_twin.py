"""What the measurements over DDS share: a twin in a process of its own, and tables."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import numpy as np

from navila_sdk.testing.trace import TwinTrace

NAVILA = (sys.executable, "-m", "navila_sdk.cli.main")
LIMIT_S = 120.0


class Twin:
    """A twin in a process of its own."""

    def __init__(self, robot: str, domain: int, folder: Path, *arguments: str) -> None:
        path = folder / f"{robot}-{domain}-{time.monotonic_ns()}.jsonl"
        self.trace = TwinTrace(path)
        command = [*NAVILA, "twin", robot, "--domain", str(domain), "--json", "--trace", str(path), *arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, text=True
        )
        atexit.register(self.process.kill)
        self.wait_for("ready")

    def events(self) -> list[dict]:
        """Everything that happened so far."""
        return self.trace.events()

    def ticks(self, since: int = 0) -> list[dict]:
        """Every step so far, or those among the events from one on."""
        return self.trace.ticks(since)

    def wait_for(self, name: str) -> dict:
        """The first event of that name, once it happened."""
        return self.trace.wait_for(name, LIMIT_S, check=self._check)

    def _check(self) -> None:
        if self.process.poll() is not None:
            raise SystemExit(f"the twin left: {self.process.communicate()[1].strip()}")

    def cpu_s(self) -> float:
        """Processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> dict:
        """Stop it and return its last words; a second call returns them again."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=30)
        return next((event for event in reversed(self.events()) if event["event"] == "leaves"), {})


def percentiles(name: str, values: np.ndarray) -> str:
    """A table's row: the median, the 99th percentile and the greatest."""
    if not len(values):
        return f"| {name} | - | - | - |"
    p50, p99 = np.percentile(values, [50, 99])
    return f"| {name} | {p50:.2f} | {p99:.2f} | {values.max():.2f} |"


def said(text: str) -> str:
    """What somebody said, as a table's cell holds it."""
    return " ".join(text.replace("|", "/").split())[:140]
