"""What must be there before Isaac can start, asked for in the order of cost; nothing of it is imported."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import attrs

from navila_isaac.faults import NoGpuError
from navila_sdk.errors import MissingDependencyError

VERSION = "2.3"
SOURCE_VERSION = "0.54"
"""What a checkout of Isaac Lab 2.3.2 calls itself when it's installed from source."""
PYTHON = (3, 11)
INSTALL = 'pip install "isaaclab[isaacsim]==2.3.*" --extra-index-url https://pypi.nvidia.com'
_DRIVER = Path("/proc/driver/nvidia/version")


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _has_simulator() -> bool:
    return importlib.util.find_spec("isaacsim") is not None


def _has_gpu() -> bool:
    return sys.platform != "linux" or _DRIVER.exists()


@attrs.frozen(slots=True)
class Machine:
    """What a machine offers, as far as it can be told without starting anything.

    Attributes:
        python: Its version, major and minor.
        version: Returns a distribution's version, None where it isn't installed.
        has_simulator: Returns whether Isaac Sim can be imported, from wheels or a folder of its own.
        has_gpu: Returns whether a driver has found an NVIDIA card.
    """

    python: tuple[int, int] = attrs.field(factory=lambda: (sys.version_info.major, sys.version_info.minor))
    version: Callable[[str], str | None] = _version
    has_simulator: Callable[[], bool] = _has_simulator
    has_gpu: Callable[[], bool] = _has_gpu


def check(machine: Machine | None = None) -> None:
    """Make sure that Isaac can be started here.

    Raises:
        MissingDependencyError: Isaac Lab or Isaac Sim isn't installed, or one of another version, or Python is.
        NoGpuError: No NVIDIA card.
    """
    machine = machine or Machine()
    found = machine.version("isaaclab")
    if machine.python != PYTHON:
        ours, theirs = (".".join(str(part) for part in version) for version in (machine.python, PYTHON))
        raise MissingDependencyError(
            f"the world 'isaac' needs Isaac Lab {VERSION}, which runs on Python {theirs} only; this is Python {ours}. "
            f"Make an environment of Python {theirs}, then: {INSTALL}"
        )
    if found is None:
        raise MissingDependencyError(f"the world 'isaac' needs Isaac Lab {VERSION}, which isn't installed: {INSTALL}")
    if ".".join(found.split(".")[:2]) not in (VERSION, SOURCE_VERSION):
        raise MissingDependencyError(
            f"the world 'isaac' is written for Isaac Lab {VERSION}, and {found} is installed: {INSTALL}"
        )
    if not machine.has_simulator():
        raise MissingDependencyError(f"Isaac Lab {found} is installed without Isaac Sim: {INSTALL}")
    if not machine.has_gpu():
        raise NoGpuError(
            "Isaac Sim needs an NVIDIA RTX card, and no driver of one is loaded here (/proc/driver/nvidia/version is "
            "missing); in a container, pass the card through. The world 'mujoco' needs none"
        )
