"""The robot's camera by OpenGL, for those who have it: the ray camera's contract, MuJoCo's looks."""

from __future__ import annotations

import math
import os
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.faults import RenderError
from navila_mujoco.sight import Sight
from navila_mujoco.solids import add_solid, yaw_quaternion
from navila_sdk.embodiment import Camera
from navila_sdk.errors import MissingDependencyError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.light import CEILING_RGB
from navila_sdk.scenes.scene import Scene

_NEAR_M, _FAR_M = 0.02, 300.0
_PLAIN_RGB = (176, 174, 170)


def _require_gl() -> None:
    try:
        import OpenGL  # noqa: F401 # pyright: ignore[reportMissingImports, reportUnusedImport]
    except ImportError:
        raise MissingDependencyError(
            'the renderer "gl" needs pyopengl, which isn\'t installed: pip install "navila-mujoco[gl]"; '
            'or use renderer = "rays", which needs nothing'
        ) from None


def _rgba(rgb: tuple[int, int, int]) -> list[float]:
    return [*(part / 255 for part in rgb), 1.0]


def _looking_ahead(pitch_rad: float) -> list[float]:
    """Return the rotation of a MuJoCo camera (x right, y up, looks along -z) that looks along +x and down."""
    c, s = math.cos(pitch_rad), math.sin(pitch_rad)
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, np.array([0.0, s, -c, -1.0, 0.0, 0.0, 0.0, c, s]))
    return [float(part) for part in quaternion]


def _furnish(spec: Any, scene: Scene, ceiling_m: float | None) -> None:  # noqa: ANN401 - MjSpec is untyped
    """Add solids, floors, ceiling and light."""
    world = spec.worldbody
    for solid in scene.solids + scene.ground:
        add_solid(world, solid)
    plane, box = mujoco.mjtGeom.mjGEOM_PLANE, mujoco.mjtGeom.mjGEOM_BOX
    world.add_geom(type=plane, size=[0, 0, 1], rgba=_rgba(_PLAIN_RGB), pos=[0, 0, -0.002])
    for room in scene.rooms:
        middle = [(room.x_min_m + room.x_max_m) / 2, (room.y_min_m + room.y_max_m) / 2]
        half = [(room.x_max_m - room.x_min_m) / 2, (room.y_max_m - room.y_min_m) / 2]
        world.add_geom(type=box, pos=[*middle, -0.001], size=[*half, 0.001], rgba=_rgba(room.floor_rgb))
    if ceiling_m is not None:
        middle = [low + side / 2 for low, side in zip(scene.origin_m, scene.size_m, strict=True)]
        half = [side / 2 + 1 for side in scene.size_m]
        world.add_geom(type=box, pos=[*middle, ceiling_m + 0.05], size=[*half, 0.05], rgba=_rgba(CEILING_RGB))
    light = world.add_light(pos=[0, 0, 20], dir=[-0.4, -0.3, -0.86], castshadow=False)
    light.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    light.diffuse, light.specular = [0.35, 0.35, 0.35], [0, 0, 0]


class GlCamera:
    """An embodiment's camera, rendered off screen without shadows, reflections or multisampling.

    Args:
        camera: Its mount and optics.
        scene: What there is to see.
        sight: Where the ceiling is.
        size_px: Width and height of the picture.

    Raises:
        MissingDependencyError: pyopengl isn't installed.
        RenderError: OpenGL gives no off-screen context.
    """

    def __init__(self, camera: Camera, scene: Scene, sight: Sight, size_px: tuple[int, int]) -> None:
        _require_gl()
        width, height = size_px
        spec = mujoco.MjSpec()
        visual = spec.visual
        visual.global_.offwidth, visual.global_.offheight = width, height
        visual.quality.offsamples, visual.quality.shadowsize = 0, 0
        visual.headlight.ambient, visual.headlight.diffuse = [0.5, 0.5, 0.5], [0.3, 0.3, 0.3]
        visual.headlight.specular = [0, 0, 0]
        _furnish(spec, scene, sight.ceiling_m)
        half = math.tan(camera.hfov_rad / 2) * height / width
        base = spec.worldbody.add_body(name="base", mocap=True)
        base.add_camera(
            name="eye",
            pos=[camera.x_m, camera.y_m, camera.z_m],
            quat=_looking_ahead(camera.pitch_rad),
            fovy=math.degrees(2 * math.atan(half)),
        )
        self._model = spec.compile()
        extent = float(self._model.stat.extent)
        self._model.vis.map.znear, self._model.vis.map.zfar = _NEAR_M / extent, _FAR_M / extent
        self._data = mujoco.MjData(self._model)
        try:
            self._renderer = mujoco.Renderer(self._model, height, width)
        except Exception as error:  # what OpenGL's backends raise has no common type
            backend = os.environ.get("MUJOCO_GL") or "not set"
            raise RenderError(
                f"OpenGL gives no off-screen picture (MUJOCO_GL is {backend}): {error}. On a machine "
                'without a screen, set MUJOCO_GL=egl before Python starts; or use renderer = "rays"'
            ) from error

    def capture(self, pose: Pose2, lift_m: float = 0.0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return picture, uint8 (H, W, 3), and depth in metres, float32 (H, W), from a base pose."""
        self._data.mocap_pos[0] = (pose.x_m, pose.y_m, lift_m)
        self._data.mocap_quat[0] = yaw_quaternion(pose.yaw_rad)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        renderer = self._renderer
        renderer.update_scene(self._data, camera="eye")
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            renderer.scene.flags[flag] = 0
        rgb = renderer.render().copy()
        renderer.enable_depth_rendering()
        depth = renderer.render().astype(np.float32)
        renderer.disable_depth_rendering()
        depth[depth >= 0.99 * _FAR_M] = np.inf
        return rgb, depth

    def close(self) -> None:
        """Free the off-screen context."""
        self._renderer.close()
