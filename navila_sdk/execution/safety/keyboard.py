"""The e-stop key: the terminal this program runs in, at home and over SSH. It asks no window system.

Read byte by byte from the terminal itself; Ctrl-C stays what it is.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Generator
from typing import TextIO

STOP_KEYS, RELEASE_KEYS = " e", "r"
_LOOK_S = 0.1


@contextlib.contextmanager
def estop_key(
    stop: Callable[[str], None], release: Callable[[], None] | None = None, terminal: TextIO | None = None
) -> Generator[bool]:
    """Call ``stop`` when the space bar or e is pressed, until the block ends; give whether there is a keyboard.

    There is none without a terminal, in the background, or on a system without POSIX terminals.

    Args:
        stop: Latches the e-stop; gets the cause. Called from a thread of its own.
        release: Releases it, at r; None leaves that to others.
        terminal: Where to read; standard input where it isn't given.
    """
    fd = _terminal_of(terminal or sys.stdin)
    if fd is None:
        yield False
        return
    import termios
    import tty

    before = termios.tcgetattr(fd)
    done = threading.Event()
    thread = threading.Thread(target=_read, args=(fd, stop, release, done), name="navila-estop-key", daemon=True)
    tty.setcbreak(fd, termios.TCSADRAIN)
    thread.start()
    try:
        yield True
    finally:
        done.set()
        thread.join(timeout=1.0)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _terminal_of(stream: TextIO | None) -> int | None:
    """Return the descriptor of a terminal this program may read; None where there is none."""
    try:
        import termios

        if stream is None or not stream.isatty():
            return None
        fd = stream.fileno()
        termios.tcgetattr(fd)
        # A program in the background that touches its terminal is stopped by the system, with the robot still moving.
        return fd if os.tcgetpgrp(fd) == os.getpgrp() else None
    except (ImportError, OSError, ValueError):
        return None


def _read(fd: int, stop: Callable[[str], None], release: Callable[[], None] | None, done: threading.Event) -> None:
    while not done.is_set():
        try:
            ready, _, _ = select.select([fd], [], [], _LOOK_S)
            pressed = os.read(fd, 64).decode("latin-1") if ready else None
        except OSError:
            pressed = ""
        if pressed is None:
            continue
        if not pressed:
            # The terminal is gone, and with it whoever watched: the hang-up signal ends the program.
            return
        for key in pressed.lower():
            if key in STOP_KEYS:
                stop("the e-stop key was pressed")
            elif key in RELEASE_KEYS and release is not None:
                release()
