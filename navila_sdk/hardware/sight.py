"""A twin's eyes: a second body, put where the first one is, that looks through the robot's own camera and LiDAR.

It has a thread of its own, as pictures take longer than steps.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera
from navila_sdk.geometry import Pose2
from navila_sdk.twin import TwinRequest
from navila_sdk.world import Placeable

JPEG_QUALITY = 85
Bend = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


class Sight:
    """Takes pictures and clouds on request.

    Args:
        request: What the twin is asked to be.
        camera: What it looks through.
        pose: Where the body is in the scene.
        bend: Makes the real camera's picture of the straight one, uint8 (H, W, 3) both; None where it is straight.
    """

    def __init__(
        self, request: TwinRequest, camera: Camera, pose: Callable[[], Pose2], bend: Bend | None = None
    ) -> None:
        looker = request.body(attrs.evolve(request.embodiment, camera=camera), True)
        if not isinstance(looker, Placeable):
            looker.close()
            raise TypeError(f"a body to look from must be placeable; got {type(looker).__name__}")
        self._looker: Placeable = looker
        self._pose = pose
        self._bend = bend
        self._lock = threading.Lock()
        self._taken = 0

    def jpeg(self) -> bytes:
        """Return what the camera sees now."""
        with self._lock:
            self._looker.place(self._pose())
            rgb = self._looker.observe().rgb
            self._taken += 1
            number = self._taken
        return encoded(self._bend(rgb) if self._bend else rgb, number)

    def cloud(self) -> NDArray[np.float32]:
        """Return what the LiDAR sees now, float32 (N, 3), in the base frame; empty without a LiDAR."""
        with self._lock:
            self._looker.place(self._pose())
            cloud = self._looker.cloud()
        return np.empty((0, 3), np.float32) if cloud is None else cloud.points_m

    def close(self) -> None:
        """Let go of the body."""
        with self._lock:
            self._looker.close()


class Snapshots:
    """Keeps a JPEG fresh while someone asks for it; answers at once.

    Args:
        take: Makes one.
        rate_hz: How many per second at most.
    """

    def __init__(self, take: Callable[[], bytes], rate_hz: float) -> None:
        self._take, self._period_s = take, 1 / rate_hz
        self._lock = threading.Lock()
        self._latest: tuple[float, bytes] | None = None

    def __call__(self) -> bytes:
        """Return a JPEG at most one period old."""
        with self._lock:
            now_s = time.monotonic()
            if self._latest is None or now_s - self._latest[0] >= self._period_s:
                self._latest = (now_s, self._take())
            return self._latest[1]


def encoded(rgb: NDArray[np.uint8], number: int = 0) -> bytes:
    """Return a picture, uint8 (H, W, 3), as a JPEG; its number makes it differ from the one before, as noise would."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=JPEG_QUALITY, comment=f"{number}")
    return out.getvalue()
