"""The world's options (``[worlds.habitat]`` in the config), read strictly: each problem with its path."""

from __future__ import annotations

import enum
import math

import attrs

from navila_sdk.embodiment import Camera
from navila_sdk.strict import picture_sides, within

PATH = "worlds.habitat"


class Motion(enum.StrEnum):
    """Whether the body follows velocities, or takes VLN-CE's steps."""

    CONTINUOUS = "continuous"
    DISCRETE = "discrete"


class NavmeshFrom(enum.StrEnum):
    """Where the navmesh comes from: what is there already if it fits, or always computed."""

    AUTO = "auto"
    COMPUTED = "computed"


class Up(enum.StrEnum):
    """Which axis of the scene's file points up; ``auto`` is what the scene says."""

    AUTO = "auto"
    Y = "y"
    Z = "z"


class StandingOn(enum.StrEnum):
    """What the camera's height counts from.

    A navmesh lies up to ``cell_height`` (20 cm) above the floor it was computed for, and Habitat's bodies stand on the
    navmesh: their cameras are that much too high over the floor.
    """

    FLOOR = "floor"
    NAVMESH = "navmesh"


@attrs.frozen(slots=True, kw_only=True)
class HabitatOptions:
    """What can be set about this world.

    Attributes:
        motion: ``"continuous"`` (default): velocities at every world step. ``"discrete"``: VLN-CE's steps.
        sliding: Whether a body slides along what it touches; VLN-CE's R2R slides, its RxR doesn't.
        step_s: Length of a world step.
        forward_step_m: Length of a discrete step forward.
        turn_step_deg: Angle of a discrete turn: 15 in VLN-CE's R2R, 30 in its RxR.
        start: Where the robot begins, ``[x_m, y_m, yaw_rad]`` in the scene; None is the scene's own start.
        start_height_m: Height of the floor it begins on, where the scene has several; None is the scene's own floor.
        picture_px: Pictures, ``[width, height]``; None is the embodiment's camera's.
        camera_m: Where the camera is, ``[ahead, left, up]`` of the body's foot; None is the embodiment's.
        camera_pitch_deg: How far it looks down; None is the embodiment's.
        camera_hfov_deg: Its horizontal field of view; None is the embodiment's.
        camera_over: What the camera's height counts from: ``"floor"`` (default), where the scene says how high that is;
            ``"navmesh"``, as in VLN-CE.
        depth: Whether frames carry depth.
        semantic: Whether ``HabitatDriver.semantic`` knows what each pixel shows.
        navmesh: ``"auto"`` takes the one beside the scene or computed earlier, if it fits; ``"computed"`` never does.
        navmesh_file: A ``.navmesh`` file to take; empty for none.
        save_beside: Whether a computed navmesh is kept beside the scene's file rather than in the cache.
        agent_radius_m: Of the body the navmesh is for; None is the circle around the embodiment's footprint.
        agent_height_m: Of that body; None is the footprint's.
        max_climb_m: Highest step the navmesh leads over; Habitat's default.
        max_slope_deg: Steepest slope it leads over; Habitat's default.
        cell_size_m: Grid it's computed on; Habitat's default.
        up: Up axis of the scene's file: ``"auto"``, ``"y"``, ``"z"`` (Matterport's GLB files).
        dataset: A ``.scene_dataset_config.json``; empty for none. The scene is then a name in it.
        gpu: Which graphics card draws, by CUDA's number; -1 is whatever EGL finds first, which may be software. None is
            card 0 where the probe can draw with it, and -1 elsewhere.
        probe: Whether another process first tries to draw; without OpenGL, habitat-sim ends the process it runs in.
        keep_open: Whether a closed world's simulator stays for the next world with the same scene and sensors.
        cache: Folder of exported scenes and computed navmeshes; empty is ``~/.cache/navila/habitat``.
    """

    motion: Motion = Motion.CONTINUOUS
    sliding: bool = True
    step_s: float = attrs.field(default=0.02, validator=within(0.001, 0.1))
    forward_step_m: float = attrs.field(default=0.25, validator=within(0.01, 2.0))
    turn_step_deg: float = attrs.field(default=15.0, validator=within(1.0, 90.0))
    start: tuple[float, float, float] | None = None
    start_height_m: float | None = attrs.field(default=None, validator=within(-1000.0, 1000.0))
    picture_px: tuple[int, int] | None = attrs.field(default=None, validator=picture_sides)
    camera_m: tuple[float, float, float] | None = None
    camera_pitch_deg: float | None = attrs.field(default=None, validator=within(-90.0, 90.0))
    camera_hfov_deg: float | None = attrs.field(default=None, validator=within(1.0, 170.0))
    camera_over: StandingOn = StandingOn.FLOOR
    depth: bool = False
    semantic: bool = False
    navmesh: NavmeshFrom = NavmeshFrom.AUTO
    navmesh_file: str = ""
    save_beside: bool = False
    agent_radius_m: float | None = attrs.field(default=None, validator=within(0.01, 5.0))
    agent_height_m: float | None = attrs.field(default=None, validator=within(0.05, 5.0))
    max_climb_m: float = attrs.field(default=0.2, validator=within(0.0, 2.0))
    max_slope_deg: float = attrs.field(default=45.0, validator=within(0.0, 89.0))
    cell_size_m: float = attrs.field(default=0.05, validator=within(0.005, 0.5))
    up: Up = Up.AUTO
    dataset: str = ""
    gpu: int | None = attrs.field(default=None, validator=within(-1, 63))
    probe: bool = True
    keep_open: bool = True
    cache: str = ""

    def camera(self, of_body: Camera) -> Camera:
        """Return an embodiment's camera, as far as the options leave it."""
        x_m, y_m, z_m = self.camera_m or (of_body.x_m, of_body.y_m, of_body.z_m)
        width_px, height_px = self.picture_px or (of_body.width_px, of_body.height_px)
        pitch_deg, hfov_deg = self.camera_pitch_deg, self.camera_hfov_deg
        return attrs.evolve(
            of_body,
            x_m=x_m,
            y_m=y_m,
            z_m=z_m,
            pitch_rad=of_body.pitch_rad if pitch_deg is None else math.radians(pitch_deg),
            hfov_rad=of_body.hfov_rad if hfov_deg is None else math.radians(hfov_deg),
            width_px=width_px,
            height_px=height_px,
        )
