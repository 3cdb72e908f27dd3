"""Isaac's application: started once in a process before anything of Isaac is imported, left running between worlds.

Isaac Sim can't be started twice in a process, and closing it may end the process. So a world that's closed leaves it
running; Isaac Sim closes itself when the interpreter exits, after the world that may still be open then.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import weakref
from collections.abc import Generator
from typing import Any, Protocol, TextIO, cast

import attrs

from navila_isaac.faults import WorldBusyError
from navila_isaac.options import PATH
from navila_sdk.errors import ConfigError


@attrs.frozen(slots=True)
class AppSettings:
    """What the application is started with; nothing of it can change afterwards.

    Attributes:
        device: Where physics and rays run.
        headless: Without a window.
        fast_shutdown: Whether it ends the process itself when it's closed.
    """

    device: str
    headless: bool
    fast_shutdown: bool

    def arguments(self) -> dict[str, Any]:
        """Return the settings as Isaac Lab's launcher takes them; cameras are always on."""
        return {
            "device": self.device,
            "headless": self.headless,
            "enable_cameras": True,
            "fast_shutdown": self.fast_shutdown,
        }


class Closable(Protocol):
    """A world, as far as its process is concerned."""

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


_running: tuple[AppSettings, Any] | None = None
_open: weakref.ref[Closable] | None = None


def ensure_app(settings: AppSettings) -> None:
    """Start Isaac if it isn't running.

    Raises:
        ConfigError: It runs with other settings, or this isn't the main thread.
    """
    global _running
    if _running is not None:
        if _running[0] != settings:
            raise ConfigError(
                f"Isaac runs in this process with {_running[0]}, which can't be changed to {settings}: use one "
                f"{PATH}.device, .headless and .fast_shutdown in a process"
            )
        return
    if threading.current_thread() is not threading.main_thread():
        raise ConfigError("Isaac must be started from the main thread: connect there")
    with undisturbed():
        # Isaac Lab is on no machine this is checked on.
        from isaaclab.app import AppLauncher  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

        launched = AppLauncher(settings.arguments())  # pyright: ignore[reportUnknownVariableType]
        _running = settings, cast("Any", launched.app)
    # Later than Isaac Sim's own, and so called earlier: a world must be gone before its simulator is.
    atexit.register(_close_open)


@contextlib.contextmanager
def undisturbed() -> Generator[None]:
    """Keep what Isaac's start-up takes over: signals, and the standard output.

    The SDK stops robots on Ctrl-C and SIGTERM, and answers ``--json`` on the standard output. Isaac's launcher puts
    handlers of its own in place of the first and resets the second, and its native log goes there for as long as it
    runs: from here on it goes to the standard error, and only Python's ``sys.stdout`` to where both went before.
    """
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    out = sys.stdout
    ours = _native_output_to_errors()
    try:
        yield
    finally:
        sys.stdout = ours if ours is not None and out is sys.__stdout__ else out
        for number, handler in kept.items():
            signal.signal(number, handler)


def _native_output_to_errors() -> TextIO | None:
    """Send file descriptor 1 to the standard error; return a stream to where it went, None where there is no such."""
    own, errors = sys.__stdout__, sys.__stderr__
    if own is None or errors is None:
        return None
    try:
        own.flush()
        kept = os.dup(own.fileno())
        os.dup2(errors.fileno(), own.fileno())
    except (OSError, ValueError):
        return None
    return open(kept, "w", encoding=own.encoding, errors=own.errors, buffering=1)


def claim(world: Closable) -> None:
    """Note that a world is open, until it's closed or gone."""
    global _open
    _open = weakref.ref(world)


def check_free() -> None:
    """Refuse a second world.

    Raises:
        WorldBusyError: One is open.
    """
    world = _open() if _open is not None else None
    if world is not None and not world.closed:
        raise WorldBusyError(
            "this process has a world of Isaac's open, and Isaac holds one at a time: close that robot first, or use "
            "another process"
        )


def _close_open() -> None:
    world = _open() if _open is not None else None
    if world is not None:
        world.close()
