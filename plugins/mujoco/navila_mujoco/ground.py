"""Where the body can stand: the scene flattened to a plan, with the footprint moving over it.

A planar body only meets what lies between its clearance and its top, so each such solid becomes an upright
prism of one common height and the footprint a thin box. Contact normals are then horizontal, and a horizontal
ray sees exactly what the body would bump into.
"""

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.solids import vertical_span, yaw_quaternion
from navila_sdk.embodiment import Footprint
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.scenes.mesh.blocks import Block, plan_blocks
from navila_sdk.scenes.mesh.place import mesh_survey
from navila_sdk.scenes.scene import Scene, Shape, Solid

TOUCH_M = 1e-3
"""Closer than this counts as touching."""
_GAP_M = 2e-4
_PRISM_HALF_M = 0.5
_FOOT_HALF_M = 0.05
_MAX_PUSHES = 12
_MAX_STRIDE_M = 0.02


def _named(scene: Scene) -> list[tuple[str, Solid]]:
    walls = [(f"wall {i}", wall) for i, wall in enumerate(scene.walls)]
    return walls + [(f"the {thing.name}", solid) for thing in scene.objects for solid in thing.solids]


def _add_prism(spec: mujoco.MjSpec, solid: Solid, low_m: float, high_m: float) -> None:
    """Add the solid's outline between two heights; a sphere's is its widest circle there."""
    x, y, z = solid.center_m
    half_x, half_y = solid.size_m[0] / 2, solid.size_m[1] / 2
    if solid.shape is Shape.SPHERE:
        off_m = max(low_m - z, z - high_m, 0.0)
        half_x = math.sqrt(max(half_x**2 - off_m**2, 1e-12))
    box = solid.shape is Shape.BOX
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX if box else mujoco.mjtGeom.mjGEOM_CYLINDER,
        size=[half_x, half_y, _PRISM_HALF_M] if box else [half_x, _PRISM_HALF_M, 0.0],
        pos=[x, y, 0.0],
        quat=yaw_quaternion(solid.yaw_rad),
        contype=1,
        conaffinity=2,
    )


def _add_block(spec: mujoco.MjSpec, block: Block) -> None:
    """Add a box of a mesh's plan."""
    (x0, y0, _), (x1, y1, _) = block.low_m, block.high_m
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=[(x1 - x0) / 2, (y1 - y0) / 2, _PRISM_HALF_M],
        pos=[(x0 + x1) / 2, (y0 + y1) / 2, 0.0],
        contype=1,
        conaffinity=2,
    )


class Ground:
    """The plan of a scene for one footprint.

    Args:
        scene: The place.
        footprint: The body's box.
    """

    def __init__(self, scene: Scene, footprint: Footprint) -> None:
        low_m, high_m = footprint.clearance_m, footprint.height_m
        spec = mujoco.MjSpec()
        self._names: list[str] = []
        for name, solid in _named(scene):
            bottom_m, top_m = vertical_span(solid)
            if bottom_m < high_m and top_m > low_m:
                _add_prism(spec, solid, low_m, high_m)
                self._names.append(name)
        if scene.mesh is not None:
            for block in plan_blocks(mesh_survey(scene.mesh).columns, low_m, high_m):
                _add_block(spec, block)
                self._names.append("the mesh, or where it has no floor")
        body = spec.worldbody.add_body(name="footprint")
        for axis in ([1, 0, 0], [0, 1, 0]):
            body.add_joint(type=mujoco.mjtJoint.mjJNT_SLIDE, axis=axis)
        body.add_joint(type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 0, 1])
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX,
            size=[footprint.length_m / 2, footprint.width_m / 2, _FOOT_HALF_M],
            contype=2,
            conaffinity=1,
            margin=TOUCH_M,
            mass=1.0,
        )
        self._model = spec.compile()
        self._data = mujoco.MjData(self._model)
        self._qpos = self._data.qpos
        self._foot = len(self._names)
        self._body = self._model.nbody - 1
        self._radius_m = footprint.radius_m
        self._origin = np.zeros(3)
        self._hits = np.zeros(0, np.int32)

    def _contacts(self, x_m: float, y_m: float, yaw_rad: float) -> list[tuple[float, float, float, int]]:
        """Return (distance, outward normal x, y, obstacle) of every contact at a pose, negative = overlap."""
        data = self._data
        self._qpos[0], self._qpos[1], self._qpos[2] = x_m, y_m, yaw_rad
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_collision(self._model, data)
        if not data.ncon:
            return []
        contact = data.contact
        dist, frame, geom = contact.dist, contact.frame, contact.geom
        found: list[tuple[float, float, float, int]] = []
        for i in range(data.ncon):
            first, second = int(geom[i, 0]), int(geom[i, 1])
            sign = 1.0 if second == self._foot else -1.0
            other = first if second == self._foot else second
            found.append((float(dist[i]), sign * float(frame[i, 0]), sign * float(frame[i, 1]), other))
        return found

    def overlapped(self, pose: Pose2) -> tuple[str, ...]:
        """Return the names of the obstacles the footprint overlaps at a pose."""
        hits = self._contacts(pose.x_m, pose.y_m, pose.yaw_rad)
        return tuple(sorted({self._names[other] for dist, _, _, other in hits if dist < 0}))

    def _settled(self, x: float, y: float, yaw: float, reach_m: float) -> tuple[float, float, bool] | None:
        """Push a pose out of what it overlaps; None where that takes more than ``reach_m`` or doesn't end."""
        x0, y0, pushed = x, y, False
        for _ in range(_MAX_PUSHES):
            contacts = self._contacts(x, y, yaw)
            if not contacts:
                return x, y, pushed
            dist, nx, ny, _ = min(contacts)
            if dist >= 0:
                return x, y, True
            length = math.hypot(nx, ny)
            if length < 1e-6:
                return None
            push = (_GAP_M - dist) / length
            x, y, pushed = x + nx * push, y + ny * push, True
            if math.hypot(x - x0, y - y0) > reach_m:
                return None
        return None

    def _stride(self, start: Pose2, goal: Pose2) -> tuple[Pose2, bool]:
        travel_m = start.distance_m(goal) + self._radius_m * abs(wrap_angle(goal.yaw_rad - start.yaw_rad))
        reach_m = 2 * travel_m + TOUCH_M
        tries = (goal, Pose2(start.x_m, start.y_m, goal.yaw_rad), Pose2(goal.x_m, goal.y_m, start.yaw_rad))
        for i, wanted in enumerate(tries):
            settled = self._settled(wanted.x_m, wanted.y_m, wanted.yaw_rad, reach_m)
            if settled is not None:
                x, y, touched = settled
                if not touched:
                    return wanted, i > 0
                return Pose2(x, y, wanted.yaw_rad), True
        return start, True

    def move(self, start: Pose2, goal: Pose2) -> tuple[Pose2, bool]:
        """Move the footprint from a free pose towards another, sliding along what is in the way.

        Returns:
            The pose reached, which is always free, and whether the body touched something.
        """
        turn_rad = wrap_angle(goal.yaw_rad - start.yaw_rad)
        travel_m = start.distance_m(goal) + self._radius_m * abs(turn_rad)
        if travel_m <= 0.0:
            return self._stride(start, goal)
        strides = max(1, math.ceil(travel_m / (2 * _MAX_STRIDE_M)))
        dx, dy = (goal.x_m - start.x_m) / strides, (goal.y_m - start.y_m) / strides
        pose, touched = start, False
        for _ in range(strides):
            wanted = (
                goal
                if strides == 1
                else Pose2(pose.x_m + dx, pose.y_m + dy, wrap_angle(pose.yaw_rad + turn_rad / strides))
            )
            pose, hit = self._stride(pose, wanted)
            touched = touched or hit
        return pose, touched

    def fan(self, pose: Pose2, directions: NDArray[np.float64], reach_m: float, out: NDArray[np.float64]) -> None:
        """Cast horizontal rays from the base origin against everything the body could bump into.

        Args:
            pose: Pose of the base.
            directions: Flat float64 (3 N,): unit vectors in the scene's frame.
            reach_m: Longest distance.
            out: float64 (N,), gets the distances in metres; inf where nothing is hit.
        """
        count = out.shape[0]
        if self._hits.shape[0] != count:
            self._hits = np.zeros(count, np.int32)
        self._origin[0], self._origin[1] = pose.x_m, pose.y_m
        mujoco.mj_multiRay(
            self._model,
            self._data,
            self._origin,
            directions,
            None,
            1,
            self._body,
            self._hits,
            out,
            None,
            count,
            reach_m,
        )
        out[out < 0] = np.inf
