"""Two processes on loopback: a twin, and a program that drives it through the vendor's SDK."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from navila_sdk.testing.trace import TwinTrace

NAVILA = (sys.executable, "-m", "navila_sdk.cli.main")
LIMIT_S = 90

_installed = all(importlib.util.find_spec(name) for name in ("cyclonedds", "unitree_sdk2py"))
needs_sdk = pytest.mark.skipif(
    not _installed,
    reason="the vendor's SDK isn't installed: pip install cyclonedds==11.0.1, then "
    "pip install --no-deps unitree_sdk2==1.0.1",
)
_numbers = itertools.count()


def fresh_domain() -> int:
    """A DDS domain of this test's own, as tests run side by side; above 101, ports are anybody's on Linux."""
    return 1 + (os.getpid() * 13 + next(_numbers)) % 100


@attrs.define
class Twin:
    """A twin in a process of its own."""

    process: subprocess.Popen[str]
    domain: int
    trace: TwinTrace

    def ticks(self) -> list[dict[str, Any]]:
        """Every step so far: time_s, pose, twist, command."""
        return self.trace.ticks()

    def events(self) -> list[dict[str, Any]]:
        """Everything that happened so far."""
        return self.trace.events()

    def told(self, event: str) -> bool:
        return any(line["event"] == event for line in self.events())

    def wait_for(self, event: str, limit_s: float = LIMIT_S, after: int = 0) -> dict[str, Any]:
        """The first event of that name, once it happened; the first ``after`` events of any name don't count."""
        return self.trace.wait_for(event, limit_s, after, self._check)

    def _check(self) -> None:
        assert self.process.poll() is None, f"the twin left: {self.process.communicate()}"

    def moving(self) -> bool:
        ticks = self.ticks()
        return bool(ticks) and any(abs(part) > 1e-6 for part in ticks[-1]["command"])


@contextmanager
def twin(robot: str, folder: Path, *arguments: str, domain: int | None = None, awaited: bool = True) -> Iterator[Twin]:
    """Play a robot's side until the block ends; a client that is patient needn't wait until it's ready."""
    domain = fresh_domain() if domain is None else domain
    trace = folder / f"{robot}-{domain}.jsonl"
    command = [*NAVILA, "twin", robot, "--domain", str(domain), "--json", "--trace", str(trace)]
    # A busy machine can't do all that a robot says at a robot's rates.
    seldom = ("--set", "driver.low_hz=50", *(() if robot == "t1" else ("--set", "driver.map_hz=2")))
    process = subprocess.Popen(
        [*command, "--for", str(2 * LIMIT_S), *seldom, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    running = Twin(process, domain, TwinTrace(trace))
    try:
        if awaited:
            running.wait_for("ready")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def client_command(robot: str, domain: int, instruction: str, *arguments: str) -> list[str]:
    """The command line that drives a twin."""
    link = ("--set", "driver.interface=lo", "--set", f"driver.domain={domain}")
    # A busy machine takes its time to simulate a picture; none of these tests is about that.
    patience = (
        "--set",
        "executor.stalled_after_s=10",
        "--set",
        "driver.timeout_s=40",
        "--set",
        "driver.camera_stale_s=15",
        "--set",
        "driver.camera_hz=2",
    )
    command = [
        *NAVILA,
        "run",
        instruction,
        "--embodiment",
        robot,
        "--world",
        "real",
        "--no-film",
        "--set",
        "default_planner=oracle",
    ]
    return [*command, *link, *patience, *arguments]


def start(robot: str, domain: int, folder: Path, instruction: str, *arguments: str) -> subprocess.Popen[str]:
    """Begin to drive a twin."""
    command = client_command(robot, domain, instruction, "--json", *arguments)
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(
    robot: str, domain: int, folder: Path, instruction: str, *arguments: str
) -> tuple[int, dict[str, Any] | None, str]:
    """Drive a twin to the end: exit code, the JSON object, and what was said on standard error."""
    process = start(robot, domain, folder, instruction, *arguments)
    out, err = process.communicate(timeout=LIMIT_S)
    return process.returncode, json.loads(out) if out.strip() else None, err
