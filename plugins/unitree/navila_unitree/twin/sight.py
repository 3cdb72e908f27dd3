"""A twin's eyes: a second body, put where the first one is, that looks through the robot's own camera and LiDAR.

It has a thread of its own, as pictures take longer than steps.
"""

from __future__ import annotations

import io
import math
import threading
import time
from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera, Embodiment
from navila_sdk.geometry import Pose2
from navila_sdk.twin import TwinRequest
from navila_sdk.world import Placeable
from navila_unitree.lens import Lens, Sampler

JPEG_QUALITY = 85
WIDE = math.radians(112)


class Sight:
    """Takes pictures and clouds on request.

    Args:
        request: What the twin is asked to be.
        mount: Where the camera really sits; None for the record's own.
        lens: Its fisheye, at the size of its pictures; None for a straight camera.
        pose: Where the body is in the scene.
    """

    def __init__(
        self, request: TwinRequest, mount: Camera | None, lens: Lens | None, pose: Callable[[], Pose2]
    ) -> None:
        body = attrs.evolve(request.embodiment, camera=_wide(request.embodiment, mount, lens))
        looker = request.body(body, True)
        if not isinstance(looker, Placeable):
            looker.close()
            raise TypeError(f"a body to look from must be placeable; got {type(looker).__name__}")
        self._looker: Placeable = looker
        self._pose = pose
        self._bend = _bender(body.camera, lens) if lens else None
        self._lock = threading.Lock()

    def jpeg(self) -> bytes:
        """Return what the camera sees now."""
        with self._lock:
            self._looker.place(self._pose())
            rgb = self._looker.observe().rgb
        return encoded(self._bend(rgb) if self._bend else rgb)

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


def encoded(rgb: NDArray[np.uint8]) -> bytes:
    """Return a picture, uint8 (H, W, 3), as a JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _wide(body: Embodiment, mount: Camera | None, lens: Lens | None) -> Camera:
    """Return a straight camera that sees all the lens does."""
    camera = mount or body.camera
    if lens is None:
        return attrs.evolve(camera, rate_hz=100.0)
    width_px = lens.width_px
    x, y = lens.rays()
    aspect = float(np.abs(y).max() / math.tan(WIDE / 2))
    height_px = min(width_px, math.ceil(width_px * min(aspect, 1.0)))
    del x
    return attrs.evolve(camera, hfov_rad=WIDE, width_px=width_px, height_px=height_px, rate_hz=100.0)


def _bender(camera: Camera, lens: Lens) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]]:
    """Return what makes the fisheye's picture of the straight camera's."""
    x, y = lens.rays()
    focal_px = camera.width_px / 2 / math.tan(camera.hfov_rad / 2)
    size = (camera.height_px, camera.width_px)
    return Sampler(camera.width_px / 2 + focal_px * x, camera.height_px / 2 + focal_px * y, size)
