"""The faults of a twin's camera: gone, black, or frozen on one picture."""

from __future__ import annotations

from collections.abc import Callable

from navila_unitree.twin.faults import Faults
from navila_unitree.twin.sight import encoded

GONE = 3202
"""What the video service answers while its camera is gone."""


class Shutter:
    """Answers requests for a picture.

    Args:
        take: Makes a JPEG.
        faults: What shall go wrong.
        size_px: Width and height of a black picture.
    """

    def __init__(self, take: Callable[[], bytes], faults: Faults, size_px: tuple[int, int] = (64, 48)) -> None:
        self._take, self._faults, self._size_px = take, faults, size_px
        self._frozen: bytes | None = None

    def __call__(self, _: list[int]) -> tuple[int, list[int]]:
        """Return the service's code and the picture's bytes."""
        import numpy as np

        faults = self._faults
        if faults.on("camera-gone"):
            return GONE, []
        if faults.on("camera-black"):
            width_px, height_px = self._size_px
            return 0, list(encoded(np.zeros((height_px, width_px, 3), np.uint8)))
        if faults.on("camera-frozen"):
            self._frozen = self._frozen or self._take()
            return 0, list(self._frozen)
        return 0, list(self._take())
