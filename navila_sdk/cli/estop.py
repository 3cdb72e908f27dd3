"""What latches the e-stop beside the program itself: a key, a signal, a joystick."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING

import attrs

from navila_sdk.execution.safety.joystick import estop_joystick
from navila_sdk.execution.safety.keyboard import estop_key

if TYPE_CHECKING:
    from navila_sdk.robot import Robot


@attrs.frozen(slots=True)
class Controls:
    """What is listened to.

    Attributes:
        key: Whether a terminal's keys are.
        joysticks: Which joysticks are.
        releases: Whether a key releases it.
    """

    key: bool
    joysticks: tuple[str, ...]
    releases: bool

    @property
    def hint(self) -> str:
        """What to press, in few words; empty where there is nothing."""
        ways = (["space"] if self.key else []) + (["any joystick button"] if self.joysticks else [])
        release = ", r: release it" if self.key and self.releases else ""
        return f"{' or '.join(ways)}: e-stop{release}" if ways else ""


@contextlib.contextmanager
def estop_controls(robot: Robot, *, may_release: bool = False) -> Generator[Controls]:
    """Listen to key, joystick and the signal SIGUSR1 until the block ends.

    Args:
        robot: Whose e-stop it is.
        may_release: Whether the key r releases it; for programs that outlive an episode.
    """
    release = robot.reset_estop if may_release else None
    with (
        _signalled(robot),
        estop_joystick(robot.safety_settings.joystick, robot.estop) as joysticks,
        estop_key(robot.estop, release) as key,
    ):
        yield Controls(key, joysticks, may_release)


@contextlib.contextmanager
def _signalled(robot: Robot) -> Generator[None]:
    which = getattr(signal, "SIGUSR1", None)
    if which is None:
        yield
        return

    def press(*_: object) -> None:
        robot.estop("the signal SIGUSR1 came")

    before = signal.signal(which, press)
    try:
        yield
    finally:
        signal.signal(which, before)
