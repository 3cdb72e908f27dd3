"""The world's options (``[worlds.mujoco]`` in the config), read strictly: each problem with its path."""

from __future__ import annotations

import enum

import attrs

from navila_sdk.strict import picture_sides, within

PATH = "worlds.mujoco"


class Renderer(enum.StrEnum):
    """How camera pictures are made: by casting rays on the processor, or by OpenGL."""

    RAYS = "rays"
    GL = "gl"


class GroundSource(enum.StrEnum):
    """Where a walking body's height map comes from: its own LiDAR or depth camera, or the scene itself."""

    SENSED = "sensed"
    EXACT = "exact"


@attrs.frozen(slots=True, kw_only=True)
class WorldOptions:
    """What can be set about this world.

    Attributes:
        renderer: ``"rays"`` (default) or ``"gl"`` (needs pyopengl).
        step_s: Length of a world step.
        start: Where the robot begins, ``[x_m, y_m, yaw_rad]`` in the scene; None is the scene's own start.
        picture_px: Camera picture, ``[width, height]``; None is the embodiment's.
        scan_period_s: Age at which the safety range scan is cast anew.
        command_noise: Standard deviation of the motion's error at each step, as a fraction of the command.
        velocity_bias: Constant error of the motion, as a fraction of the command.
        odometry_noise: Standard deviation of each odometry increment's error, as a fraction of it.
        ceiling: Whether rooms have one.
        model: MJCF file to walk with instead of the embodiment's; physics only.
        actuator_delay_s: Time between a joint target and its effect; physics only.
        start_tilt_rad: Roll at the start, to see what becomes of a fallen robot; physics only.
        height_map: ``"sensed"`` (default) or ``"exact"``, for policies that see the ground; physics only.
    """

    renderer: Renderer = Renderer.RAYS
    step_s: float = attrs.field(default=0.02, validator=within(0.001, 0.1))
    start: tuple[float, float, float] | None = None
    picture_px: tuple[int, int] | None = attrs.field(default=None, validator=picture_sides)
    scan_period_s: float = attrs.field(default=0.05, validator=within(0.0, 0.25))
    command_noise: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    velocity_bias: float = attrs.field(default=0.0, validator=within(-0.5, 0.5))
    odometry_noise: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    ceiling: bool = True
    model: str | None = None
    actuator_delay_s: float = attrs.field(default=0.0, validator=within(0.0, 0.02))
    start_tilt_rad: float = attrs.field(default=0.0, validator=within(-3.15, 3.15))
    height_map: GroundSource = GroundSource.SENSED
