"""Takes third-person pictures of an episode at a steady rate, where the world can draw itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from navila_sdk.events import Commanded, Event
from navila_sdk.robot import Robot


class Filmer:
    """An event listener that hands a picture to ``sink`` every ``1 / rate_hz`` seconds of the robot's clock.

    Args:
        robot: Whose world is drawn; one that can't draw itself gives no pictures.
        sink: Gets each picture, uint8 (H, W, 3), and its time.
        rate_hz: Pictures per second.
        size_px: Width and height.
    """

    def __init__(
        self,
        robot: Robot,
        sink: Callable[[NDArray[Any], float], None],
        rate_hz: float = 4.0,
        size_px: tuple[int, int] = (256, 192),
    ) -> None:
        self._robot = robot
        self._sink = sink
        self._period_s = 1 / rate_hz
        self._size_px = size_px
        self._next_s = 0.0

    def __call__(self, event: Event) -> None:
        """Take a picture when one is due."""
        if not isinstance(event, Commanded) or event.time_s < self._next_s:
            return
        self._next_s = event.time_s + self._period_s
        picture = self._robot.picture(*self._size_px)
        if picture is not None:
            self._sink(picture, event.time_s)
