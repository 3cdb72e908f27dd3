"""A twin's eyes behind the vendor's fisheye: a straight, wide camera, and the lens bent back over its picture."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Camera, Embodiment
from navila_sdk.geometry import Pose2
from navila_sdk.hardware import sight as shared
from navila_sdk.hardware.sight import Snapshots, encoded
from navila_sdk.twin import TwinRequest
from navila_unitree.lens import Lens, Sampler

__all__ = ["Sight", "Snapshots", "encoded"]

WIDE = math.radians(112)


class Sight(shared.Sight):
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
        camera = _wide(request.embodiment, mount, lens)
        super().__init__(request, camera, pose, _bender(camera, lens) if lens else None)


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
