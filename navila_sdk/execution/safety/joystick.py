"""The e-stop on a joystick: any button of it, by the kernel's own joystick interface (Linux, no library).

A joystick that goes away while the robot drives counts as pressed: nobody could press it any more.
"""

from __future__ import annotations

import contextlib
import glob
import os
import select
import struct
import threading
from collections.abc import Callable, Generator

from navila_sdk.errors import ConfigError

# struct js_event of linux/joystick.h: time in ms, value, type, number.
_EVENT = struct.Struct("<IhBB")
_BUTTON, _INITIAL = 0x01, 0x80
_LOOK_S = 0.1
_ANY = "/dev/input/js*"


@contextlib.contextmanager
def estop_joystick(device: str, stop: Callable[[str], None]) -> Generator[tuple[str, ...]]:
    """Call ``stop`` when a button is pressed, until the block ends; give the devices that are listened to.

    Args:
        device: A device, "auto" for every joystick there is, or "none".
        stop: Latches the e-stop; gets the cause. Called from a thread of its own.

    Raises:
        ConfigError: A device that was named can't be opened.
    """
    with contextlib.ExitStack() as stack:
        opened = _opened(device, stack)
        if not opened:
            yield ()
            return
        done = threading.Event()
        thread = threading.Thread(target=_listen, args=(opened, stop, done), name="navila-estop-joystick", daemon=True)
        thread.start()
        try:
            yield tuple(opened.values())
        finally:
            done.set()
            thread.join(timeout=1.0)


def _opened(device: str, stack: contextlib.ExitStack) -> dict[int, str]:
    """Return the devices by their descriptors; those nobody named are left out where they can't be opened."""
    names = sorted(glob.glob(_ANY)) if device == "auto" else [] if device == "none" else [device]
    opened: dict[int, str] = {}
    for name in names:
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            if device == "auto":
                continue
            raise ConfigError(
                f"safety.joystick: {name!r:.80} can't be opened: {error.strerror}; name a device such as "
                '/dev/input/js0, "auto" or "none"'
            ) from None
        stack.callback(os.close, fd)
        opened[fd] = name
    return opened


def _listen(opened: dict[int, str], stop: Callable[[str], None], done: threading.Event) -> None:
    left = dict(opened)
    while left and not done.is_set():
        ready, _, _ = select.select(list(left), [], [], _LOOK_S)
        for fd in ready:
            try:
                data = os.read(fd, 64 * _EVENT.size)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                stop(f"the joystick {left.pop(fd)} went away")
            elif _pressed(data):
                stop(f"a button of {left[fd]} was pressed")


def _pressed(data: bytes) -> bool:
    """Return whether a button went down; the events that only tell the state at the start don't count."""
    whole = data[: len(data) // _EVENT.size * _EVENT.size]
    return any(kind & _BUTTON and not kind & _INITIAL and value != 0 for _, value, kind, _ in _EVENT.iter_unpack(whole))
