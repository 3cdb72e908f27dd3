"""The world's options (``[worlds.isaac]`` in the config), read strictly: each problem with its path."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import attrs

from navila_sdk.strict import picture_sides, within

PATH = "worlds.isaac"


class Servo(enum.StrEnum):
    """Who solves the joints' PD law: PhysX within its step, or Isaac Lab before each step."""

    IMPLICIT = "implicit"
    EXPLICIT = "explicit"


class GroundSource(enum.StrEnum):
    """Where a walking body's height map comes from: its own LiDAR or depth camera, or a ray straight down per cell."""

    SENSED = "sensed"
    EXACT = "exact"


class Rendering(enum.StrEnum):
    """Isaac Lab's presets of the RTX renderer."""

    PERFORMANCE = "performance"
    BALANCED = "balanced"
    QUALITY = "quality"


def _limits(_: object, __: object, value: Mapping[str, float]) -> None:
    wrong = [name for name, limit in value.items() if not 0 < limit < 1e4]
    if wrong:
        raise ValueError(f"must be torques in N m, over 0 and below 10000; got {value[wrong[0]]!r} for {wrong[0]!r}")


@attrs.frozen(slots=True, kw_only=True)
class WorldOptions:
    """What can be set about this world.

    Attributes:
        device: Where physics and rays run: ``cuda:0``, another card, or ``cpu``.
        headless: Without a window.
        fast_shutdown: Whether Isaac Sim ends the process itself when it's closed. That is quicker, and the exit status
            is 0 then, whatever happened.
        rendering: ``"performance"``, ``"balanced"`` (default) or ``"quality"``.
        scenes: Folder of scans in USD: ``SCAN/SCAN.usd`` or ``SCAN.usd`` in it.
        start: Where the robot begins, ``[x_m, y_m, yaw_rad]`` in the scene; None is the scene's own start.
        floor_m: Height of the floor it begins on; None is the scene's.
        robot: Robot model (``.usd``, ``.urdf``, ``.xml``) instead of the embodiment's; physics only.
        base_link: Link that carries the base; needed where ``robot`` is a USD file.
        servo: ``"implicit"`` (default) or ``"explicit"``; physics only.
        effort_limit_nm: Greatest torque by joint; where a joint isn't named, the model's; physics only.
        height_map: ``"sensed"`` (default) or ``"exact"``, for policies that see the ground; physics only.
        physics_s: Length of a physics step.
        step_s: Length of a world step; the policy's period in physics.
        picture_px: Camera picture, ``[width, height]``; None is the embodiment's.
        overview_px: Size of third-person pictures, ``[width, height]``; None has no camera for them, and no film.
        scan_period_s: Age at which the safety range scan is cast anew.
        ceiling: Whether rooms of the SDK's own scenes have one.
        lamp: Whether the robot carries a lamp through scans, which have no lights of their own.
    """

    device: str = attrs.field(default="cuda:0", validator=attrs.validators.matches_re(r"cpu|cuda(:[0-9]+)?"))
    headless: bool = True
    fast_shutdown: bool = False
    rendering: Rendering = Rendering.BALANCED
    scenes: str = ""
    start: tuple[float, float, float] | None = None
    floor_m: float | None = None
    robot: str = ""
    base_link: str = ""
    servo: Servo = Servo.IMPLICIT
    effort_limit_nm: Mapping[str, float] = attrs.field(factory=dict[str, float], validator=_limits)
    height_map: GroundSource = GroundSource.SENSED
    physics_s: float = attrs.field(default=0.005, validator=within(0.0005, 0.02))
    step_s: float = attrs.field(default=0.02, validator=within(0.001, 0.1))
    picture_px: tuple[int, int] | None = attrs.field(default=None, validator=picture_sides)
    overview_px: tuple[int, int] | None = attrs.field(default=None, validator=picture_sides)
    scan_period_s: float = attrs.field(default=0.05, validator=within(0.0, 0.25))
    ceiling: bool = True
    lamp: bool = True
