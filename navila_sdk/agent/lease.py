"""One agent a robot: a lock that dies with its process, and says who holds it."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Generator
from pathlib import Path

from navila_sdk.errors import CapabilityError, RobotBusyError


@contextlib.contextmanager
def lease(robot: str, folder: Path | None = None) -> Generator[Path]:
    """Hold a robot for this process alone.

    Args:
        robot: What tells it from other robots: embodiment, world, interface.
        folder: Where locks lie; the system's temporary folder where it isn't given.

    Raises:
        RobotBusyError: Another process holds it.
        CapabilityError: This system has no such locks.
    """
    try:
        import fcntl
    except ImportError:
        raise CapabilityError("an agent needs file locks, which this system lacks; run it on Linux") from None
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", robot)[:120]
    path = (folder or Path(tempfile.gettempdir())) / f"navila-agent-{name}.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read(40).strip() or "unknown"
            raise RobotBusyError(
                f"another agent drives {robot} already (process {holder}); stop that one first, "
                "or name another interface"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        # The file stays: taking it away would let two processes lock two files of one name.
        yield path
