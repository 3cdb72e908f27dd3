"""The embodiment record: everything about a robot that can be known without connecting to it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import attrs

from navila_sdk.actions import NAVILA_VERBS, Action, Verb
from navila_sdk.errors import CapabilityError
from navila_sdk.geometry import Twist


@attrs.frozen(slots=True, kw_only=True)
class MotionLimits:
    """Velocity and acceleration limits in the body frame; ``vy`` and ``wz`` are symmetric."""

    vx_max_mps: float
    vx_min_mps: float
    vy_max_mps: float
    wz_max_radps: float
    ax_max_mps2: float
    ay_max_mps2: float
    awz_max_radps2: float

    def __attrs_post_init__(self) -> None:
        for field in attrs.fields(type(self)):
            value = getattr(self, field.name)
            if not math.isfinite(value):
                raise ValueError(f"limits.{field.name} must be finite; got {value!r}")
            if field.name != "vx_min_mps" and value < 0:
                raise ValueError(f"limits.{field.name} must not be negative; got {value!r}")
        if self.vx_min_mps > 0:
            raise ValueError(f"limits.vx_min_mps is the backward limit, at most 0; got {self.vx_min_mps!r}")

    def follow(self, now: Twist, command: Twist, dt_s: float) -> Twist:
        """Return the velocity that a body of these limits comes to in a time, on its way to a commanded one."""
        return Twist(
            _slew(now.vx_mps, command.vx_mps, self.vx_min_mps, self.vx_max_mps, self.ax_max_mps2 * dt_s),
            _slew(now.vy_mps, command.vy_mps, -self.vy_max_mps, self.vy_max_mps, self.ay_max_mps2 * dt_s),
            _slew(now.wz_radps, command.wz_radps, -self.wz_max_radps, self.wz_max_radps, self.awz_max_radps2 * dt_s),
        )


def _slew(now: float, target: float, low: float, high: float, most: float) -> float:
    wanted = min(max(target, low), high)
    return min(max(wanted, now - most), now + most)


@attrs.frozen(slots=True, kw_only=True)
class Footprint:
    """The body's shape for collisions: a box around the base origin, standing.

    Attributes:
        length_m: Extent along x.
        width_m: Extent along y.
        height_m: Top of the body over the floor.
        clearance_m: Height of what the robot steps over; lower obstacles don't collide.
    """

    length_m: float
    width_m: float
    height_m: float
    clearance_m: float

    @property
    def radius_m(self) -> float:
        """Radius of the circle around the box: what fits at any heading."""
        return math.hypot(self.length_m, self.width_m) / 2


@attrs.frozen(slots=True, kw_only=True)
class Camera:
    """A pinhole camera and where it sits.

    Attributes:
        x_m: Forward of the base origin.
        y_m: Left of the base origin.
        z_m: Height over the floor, standing.
        pitch_rad: Downward tilt, positive looking down.
        hfov_rad: Horizontal field of view.
        width_px: Picture width.
        height_px: Picture height.
        rate_hz: Frames per second.
    """

    x_m: float
    y_m: float = 0.0
    z_m: float
    pitch_rad: float = 0.0
    hfov_rad: float
    width_px: int
    height_px: int
    rate_hz: float

    @property
    def vfov_rad(self) -> float:
        """Vertical field of view of square pixels."""
        return 2 * math.atan(math.tan(self.hfov_rad / 2) * self.height_px / self.width_px)

    def sized(self, width_px: int, height_px: int) -> Camera:
        """Return the same camera with pictures of another size, as wide a view."""
        return attrs.evolve(self, width_px=width_px, height_px=height_px)


@attrs.frozen(slots=True, kw_only=True)
class Lidar:
    """A LiDAR's mount and scan pattern.

    Attributes:
        x_m: Forward of the base origin.
        y_m: Left of the base origin.
        z_m: Height over the floor, standing.
        pitch_rad: Rotation about y; positive tips the sensor's x axis down.
        elevations_rad: Elevation of each channel in the sensor frame (up positive).
        azimuths: How many evenly spaced directions around the sensor's z axis.
        range_m: Farthest return.
        rate_hz: Scans per second.
    """

    x_m: float
    y_m: float = 0.0
    z_m: float
    pitch_rad: float = 0.0
    elevations_rad: tuple[float, ...]
    azimuths: int
    range_m: float
    rate_hz: float


_MOST_CELLS = 250_000
"""Cells of a height map; more than any policy sees (NaVILA's has 459), few enough to be made 50 times a second."""


@attrs.frozen(slots=True, kw_only=True)
class HeightMapSpec:
    """The terrain grid of a locomotion policy, and how it's written down as numbers; metres.

    Attributes:
        x_min_m: Rear edge, in the frame.
        x_max_m: Front edge.
        y_min_m: Right edge.
        y_max_m: Left edge.
        resolution_m: Cell spacing.
        frame: ``heading`` is the base turned level, x ahead; ``navila-lidar`` is the grid of NaVILA's own code, in
            its LiDAR's frame (see ``perception.navila_height_map``).
        order: ``x-major`` writes rows from rear to front, each from right to left; ``y-major`` has x fastest.
        positive: ``up`` writes the ground's height over the base, ``down`` the base's over the ground.
        offset_m: Added to that.
        fill: ``constant`` writes ``fill_m`` where nothing is known; ``nearest`` the highest known neighbour, cell by
            cell outwards, and ``fill_m`` where nothing at all is known.
        fill_m: Written for unknown cells, offset included.
        clip_m: Least and greatest number written.
    """

    x_min_m: float
    x_max_m: float
    y_min_m: float
    y_max_m: float
    resolution_m: float
    frame: Literal["heading", "navila-lidar"] = "heading"
    order: Literal["x-major", "y-major"] = "x-major"
    positive: Literal["up", "down"] = "up"
    offset_m: float = 0.0
    fill: Literal["constant", "nearest"] = "constant"
    fill_m: float = 0.0
    clip_m: tuple[float, float] = (-1.0, 1.0)

    def __attrs_post_init__(self) -> None:
        for name, least, most in (("x", self.x_min_m, self.x_max_m), ("y", self.y_min_m, self.y_max_m)):
            if not (math.isfinite(least) and math.isfinite(most) and least < most):
                raise ValueError(f"height_map.{name}_min_m must lie below {name}_max_m; got {least!r} and {most!r}")
        if not (math.isfinite(self.resolution_m) and self.resolution_m > 0):
            raise ValueError(f"height_map.resolution_m must be a positive length; got {self.resolution_m!r}")
        if (self.x_max_m - self.x_min_m) * (self.y_max_m - self.y_min_m) > _MOST_CELLS * self.resolution_m**2:
            raise ValueError(
                f"height_map: at most {_MOST_CELLS} cells; got {self.resolution_m!r} m ones, too fine for it"
            )
        if not self.clip_m[0] < self.clip_m[1]:
            raise ValueError(f"height_map.clip_m is [least, greatest], least below; got {list(self.clip_m)}")

    def differences(self, other: HeightMapSpec) -> tuple[str, ...]:
        """Return what differs from another spec, one ``field: ours, theirs`` each."""
        found: list[str] = []
        for field in attrs.fields(HeightMapSpec):
            ours, theirs = getattr(self, field.name), getattr(other, field.name)
            close = isinstance(ours, float) and isinstance(theirs, float) and abs(ours - theirs) < 1e-9
            if ours != theirs and not close:
                found.append(f"{field.name}: {ours}, {theirs}")
        return tuple(found)

    @property
    def shape(self) -> tuple[int, int]:
        """Grid points along x and along y."""
        nx = round((self.x_max_m - self.x_min_m) / self.resolution_m) + 1
        ny = round((self.y_max_m - self.y_min_m) / self.resolution_m) + 1
        return nx, ny


@attrs.frozen(slots=True, kw_only=True)
class VelocityMapping:
    """How fast this body carries out mid-level actions.

    Attributes:
        forward_mps: Speed of forward and backward moves; NaVILA's is 0.5.
        lateral_mps: Speed of side steps.
        turn_radps: Turn rate; NaVILA's is pi/6.
        min_forward_mps: Slower forward commands don't move the body (dead band).
        min_lateral_mps: The same for side steps.
        min_turn_radps: The same for turns.
        response_s: How long the body goes on moving as before when its command changes; a biped takes a step for that.
            Straight moves brake earlier by it, and end only where the body won't coast past the goal.
    """

    forward_mps: float = 0.5
    lateral_mps: float = 0.3
    turn_radps: float = math.pi / 6
    min_forward_mps: float = 0.0
    min_lateral_mps: float = 0.0
    min_turn_radps: float = 0.0
    response_s: float = 0.0


@attrs.frozen(slots=True, kw_only=True)
class Embodiment:
    """A robot, as an entry point of the group ``navila.embodiments`` names it.

    Attributes:
        name: As users write it.
        title: Maker and model, for people.
        limits: What the body may be asked.
        footprint: Its shape.
        base_height_m: Height of the base origin over the floor, standing.
        camera: What the planner sees through.
        lidar: Range sensor for height map and safety zones; None where the body has none.
        depth_camera: Depth camera that looks at the ground ahead; None where the body has none, or a LiDAR that does.
        height_map: Grid of its own locomotion policies.
        more_height_maps: Other grids its sensors can fill, for policies from elsewhere.
        mapping: Speeds for mid-level actions.
        verbs: The actions it can do.
        control_hz: Rate of the fast clock.
        model: MJCF file for physics, as ``package:path``; None where there is none.
        policies: Locomotion policy files by kind ("blind", "vision"), as ``package:path``.
        recipe: How they were trained, a TOML file as ``package:path``.
        driver: ``module:attribute`` that connects to the real robot: takes a ``WorldRequest``, returns a ``Driver``;
            None where there is none.
        twin: ``module:attribute`` that plays the real robot's side behind its own protocol: takes a ``TwinRequest``,
            returns a ``Twin``; None where there is none.
        sources: Where each number comes from, by dotted field path; a prefix covers what is below it.
        navila_api: Plugin API version this record is written for.
    """

    name: str
    title: str
    limits: MotionLimits
    footprint: Footprint
    base_height_m: float
    camera: Camera
    lidar: Lidar | None = None
    depth_camera: Camera | None = None
    height_map: HeightMapSpec | None = None
    more_height_maps: tuple[HeightMapSpec, ...] = ()
    mapping: VelocityMapping = attrs.field(factory=VelocityMapping)
    verbs: frozenset[Verb] = attrs.field(default=NAVILA_VERBS, converter=frozenset)
    control_hz: float = 50.0
    model: str | None = None
    policies: Mapping[str, str] = attrs.field(factory=dict[str, str])
    recipe: str | None = None
    driver: str | None = None
    twin: str | None = None
    sources: Mapping[str, str] = attrs.field(factory=dict[str, str])
    navila_api: str = "1"

    def check_can(self, action: Action) -> None:
        """Refuse an action this body doesn't declare.

        Raises:
            CapabilityError: Names the action and the verbs the body can do.
        """
        if action.verb not in self.verbs:
            able = ", ".join(sorted(self.verbs))
            raise CapabilityError(f"{self.name} can't {str(action)!r}: it declares only: {able}")
