"""The embodiment's camera as Habitat's sensors are described, and what they deliver as our pictures."""

from __future__ import annotations

import math
from typing import Any, Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_habitat.frames import Triple, mount_of
from navila_sdk.embodiment import Camera

Kind = Literal["COLOR", "DEPTH", "SEMANTIC"]
"""habitat_sim's own names of what a sensor sees."""

UUIDS: dict[Kind, str] = {"COLOR": "rgb", "DEPTH": "depth", "SEMANTIC": "semantic"}
FAR_M = 1000.0


@attrs.frozen(slots=True)
class SensorPlan:
    """A pinhole sensor on the body.

    Attributes:
        kind: What it sees.
        position: Of its centre, in the body frame: x right, y up, z back.
        orientation: Turns about x, y and z in radians; a positive one about x looks up.
        hfov_deg: Horizontal field of view; pixels are square.
        width_px: Picture width.
        height_px: Picture height.
    """

    kind: Kind
    position: Triple
    orientation: Triple
    hfov_deg: float
    width_px: int
    height_px: int

    @property
    def uuid(self) -> str:
        """Its name among the simulator's observations."""
        return UUIDS[self.kind]


def sensors_of(camera: Camera, *, depth: bool = False, semantic: bool = False) -> tuple[SensorPlan, ...]:
    """Return the sensors that see what a camera sees: colour, and depth and semantic ids where they're asked for.

    Args:
        camera: Mount, optics and size of the pictures.
        depth: Whether depth is wanted.
        semantic: Whether semantic ids are wanted.
    """
    wanted: dict[Kind, bool] = {"COLOR": True, "DEPTH": depth, "SEMANTIC": semantic}
    position = mount_of(camera.x_m, camera.y_m, camera.z_m)
    looking = (-camera.pitch_rad + 0.0, 0.0, 0.0)
    hfov_deg = math.degrees(camera.hfov_rad)
    return tuple(
        SensorPlan(kind, position, looking, hfov_deg, camera.width_px, camera.height_px)
        for kind, asked in wanted.items()
        if asked
    )


def rgb_of(raw: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a colour observation (H, W, 3 or 4) as a picture of its own, uint8 (H, W, 3): the buffer is drawn over."""
    picture = np.empty((*raw.shape[:2], 3), np.uint8)
    for channel in range(3):  # five times as fast as all at once
        picture[..., channel] = raw[..., channel]
    return picture


def depth_of(raw: NDArray[Any]) -> NDArray[np.float32]:
    """Return a depth observation in metres, float32 (H, W); Habitat's 0, for nothing there, becomes inf."""
    depth = np.array(raw, dtype=np.float32)
    depth[(depth <= 0) | (depth >= FAR_M)] = np.inf
    return depth


def semantic_of(raw: NDArray[Any]) -> NDArray[np.int32]:
    """Return a semantic observation as ids of the scene's own objects, int32 (H, W)."""
    return np.array(raw, dtype=np.int32)
