"""A robot that a guard reaches without any vendor: a file, to which each stop adds a byte."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.hardware.guard import Stop


def reach(given: Mapping[str, Any], left: Callable[[], bool]) -> Stop | None:
    """Return what stops it; ``refuses`` and ``asleep`` are robots that don't answer."""
    if given.get("refuses"):
        raise RobotUnreachableError("nobody answers")
    while given.get("asleep"):
        if left():
            Path(given["file"]).write_bytes(b"left")
            return None
        time.sleep(0.01)
    print("a vendor's prints")  # noqa: T201 - they mustn't be taken for the guard's word

    def stop() -> None:
        with Path(given["file"]).open("ab") as file:
            file.write(b"0")

    return stop
