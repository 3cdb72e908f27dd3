"""Who of this computer is on a DDS domain: found through locked files, as asking over DDS may already crash.

Two programs that drive one robot fight over it. Two versions of one middleware on a domain may not match, and one may
crash while it discovers the other. Both show here before anything is sent.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.errors import RobotBusyError, RobotError


@attrs.frozen(slots=True, kw_only=True)
class Presence:
    """A process on a domain.

    Attributes:
        role: "driver" or "twin".
        robot: Name of the embodiment it drives or plays.
        domain: DDS domain.
        interface: Network interface.
        middleware: Product and version of its DDS: "CycloneDDS 0.10.2". Different products don't meet.
        pid: Its process.
    """

    role: str
    robot: str
    domain: int
    interface: str
    middleware: str
    pid: int


class Claim:
    """This process's own presence; let go of by ``release``, or by the death of the process.

    Args:
        mine: What to announce.
        folder: Where the files lie; the user's own below the temporary folder where it isn't given.

    Raises:
        RobotError: Another process on the domain has another version of the middleware.
        RobotBusyError: Another process has the same role for the same robot.
    """

    def __init__(self, mine: Presence, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"navila-dds-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for other in self._others():
            _refuse(mine, other)
        self._path = self._folder / f"{mine.domain}-{mine.pid}-{mine.role}.json"
        self._file = self._path.open("w", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        json.dump(attrs.asdict(mine), self._file)
        self._file.flush()

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if not self._file.closed:
            self._path.unlink(missing_ok=True)
            self._file.close()

    def _others(self) -> Iterator[Presence]:
        for path in sorted(self._folder.glob("*.json")):
            found = _living(path)
            if found is not None:
                yield found


def present(domain: int, interface: str) -> list[Presence]:
    """Return who of this user's processes is on a domain and interface."""
    folder = Path(tempfile.gettempdir()) / f"navila-dds-{os.getuid()}"
    found = [_living(path) for path in sorted(folder.glob(f"{domain}-*.json"))]
    return [one for one in found if one is not None and one.interface == interface]


def _living(path: Path) -> Presence | None:
    """Return whose file it is; None, and the file removed, where its process is gone."""
    with contextlib.suppress(OSError, ValueError, TypeError), path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            said = cast("dict[str, Any]", json.load(file))
            return Presence(**said)
        path.unlink(missing_ok=True)
    return None


def _refuse(mine: Presence, other: Presence) -> None:
    if (other.domain, other.interface) != (mine.domain, mine.interface):
        return
    product, version = mine.middleware.rsplit(" ", 1)
    others, its = other.middleware.rsplit(" ", 1)
    if product != others:
        return
    where = f"domain {mine.domain} of {mine.interface}"
    if version.split(".")[0] != its.split(".")[0]:
        raise RobotError(
            f"{other.robot}'s {other.role} (process {other.pid}) is on {where} with {other.middleware}, and here it's "
            f"{version}: these don't understand each other, and one may crash; install the same version in both "
            "environments"
        )
    if other.role == mine.role:
        does = "drives" if mine.role == "driver" else "plays"
        raise RobotBusyError(
            f"process {other.pid} already {does} {other.robot} on {where}; "
            "end it first, or choose another domain (driver.domain)"
        )
