"""Bundles of rays, as plain arrays: which way a body's range sensors look, and from where.

Isaac Lab's ray caster takes starts and directions in the frame of the link it sits on, so that's how they're written.
"""

from __future__ import annotations

import math
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment, HeightMapSpec, Lidar
from navila_sdk.perception.beams import Beams, lidar_beams

Floats = NDArray[np.float64]
Aligned = Literal["base", "yaw", "world"]

FAN_BEARINGS = 120
FAN_REACH_M = 5.0
_FAN_LEVELS = 5
_FAN_EDGE_M = 0.02
GROUND_REACH_M = 3.0
PLUMB_ABOVE_M = 0.5
"""Rays straight down start this high over the base: NaVILA-Bench's height scan of its H1, low enough for ceilings."""


@attrs.frozen(slots=True, eq=False)
class RayBundle:
    """Rays that are cast together.

    Attributes:
        name: Unique in a world.
        starts_m: (N, 3) from the base origin.
        directions: (N, 3) unit vectors.
        reach_m: Longest distance.
        aligned: What turns with the body. ``base``: starts and directions. ``yaw``: starts, with the heading; Isaac
            Lab leaves directions as they are then, so they must be vertical. ``world``: neither.
    """

    name: str
    starts_m: Floats
    directions: Floats
    reach_m: float
    aligned: Aligned = "base"

    def __attrs_post_init__(self) -> None:
        if self.starts_m.shape != self.directions.shape or self.starts_m.ndim != 2 or self.starts_m.shape[1] != 3:
            raise ValueError(f"{self.name}: rays are (N, 3); got {self.starts_m.shape} and {self.directions.shape}")
        if self.aligned == "yaw" and np.abs(self.directions[:, :2]).max() > 0:
            raise ValueError(f"{self.name}: rays whose starts turn with the heading must be vertical")


def fan_bearings() -> Floats:
    """Return the fan's bearings (120,) in the world."""
    return np.arange(FAN_BEARINGS, dtype=np.float64) * (math.tau / FAN_BEARINGS) - math.pi


def fan(body: Embodiment) -> RayBundle:
    """Return level rays all round at five heights of the body: what it could bump into, level by level."""
    low_m = body.footprint.clearance_m + _FAN_EDGE_M - body.base_height_m
    high_m = body.footprint.height_m - _FAN_EDGE_M - body.base_height_m
    bearing = np.tile(fan_bearings(), _FAN_LEVELS)
    starts = np.zeros((bearing.size, 3))
    starts[:, 2] = np.repeat(np.linspace(low_m, max(low_m, high_m), _FAN_LEVELS), FAN_BEARINGS)
    directions = np.stack([np.cos(bearing), np.sin(bearing), np.zeros(bearing.size)], axis=1)
    return RayBundle("fan", starts, directions, FAN_REACH_M, "world")


def beam_bundle(name: str, beams: Beams, reach_m: float) -> RayBundle:
    """Return a sensor's rays, cast as far as it reaches."""
    return RayBundle(name, np.tile(beams.mount_m, (len(beams.directions), 1)), beams.directions, reach_m)


def lidar_bundle(lidar: Lidar, base_height_m: float, name: str = "lidar") -> RayBundle:
    """Return a LiDAR's rays on a body of that standing height."""
    return beam_bundle(name, lidar_beams(lidar, base_height_m), lidar.range_m)


def plumb_rays(spec: HeightMapSpec) -> RayBundle:
    """Return a ray straight down over each cell of a height map, rows from rear to front, each from right to left."""
    nx, ny = spec.shape
    x, y = (
        grid.ravel()
        for grid in np.meshgrid(
            spec.x_min_m + spec.resolution_m * np.arange(nx),
            spec.y_min_m + spec.resolution_m * np.arange(ny),
            indexing="ij",
        )
    )
    starts = np.stack([x, y, np.full(x.size, PLUMB_ABOVE_M)], axis=1).astype(np.float64)
    return RayBundle("plumb", starts, np.tile((0.0, 0.0, -1.0), (x.size, 1)), 2 * GROUND_REACH_M, "yaw")
