"""What can be seen in a scene: its solids as a MuJoCo model for rays, with each geom's colour."""

from __future__ import annotations

import mujoco
import numpy as np

from navila_mujoco.floor import Floor
from navila_mujoco.paint import Painter
from navila_mujoco.rays import RayCaster
from navila_mujoco.solids import add_solid
from navila_mujoco.strips import outlines
from navila_mujoco.surface import surface_of
from navila_sdk.scenes.mesh.place import mesh_survey
from navila_sdk.scenes.scene import Scene
from navila_sdk.world import SOLID


class Sight:
    """A scene for the robot's own sensors; the robot isn't in it, so it can't see itself.

    Attributes:
        floor: The floor.
        painter: Colours what is hit.
        plane: Whether the floor is an endless plane at height 0; a mesh brings its own.
        surface: The scene's mesh, or None.
        ceiling_m: Height of the ceiling, None under open sky.
        model: The solids, one geom each; no plane for the floor.
        data: Where they are.
        owners: int32 (G,): which of the scene's objects each geom belongs to; ``SOLID`` for walls and ground. The
            mesh comes after the last geom.
    """

    def __init__(self, scene: Scene, *, ceiling: bool) -> None:
        solids = scene.solids + scene.ground
        spec = mujoco.MjSpec()
        for solid in solids:
            add_solid(spec.worldbody, solid)
        self.model = spec.compile()
        self.data = mujoco.MjData(self.model)
        mujoco.mj_kinematics(self.model, self.data)
        things = [index for index, thing in enumerate(scene.objects) for _ in thing.solids]
        self.owners = np.array([SOLID] * len(scene.walls) + things + [SOLID] * (len(scene.ground) + 1), np.int32)
        self._corners = outlines(solids)
        self.floor = Floor(scene)
        self.surface = None if scene.mesh is None else surface_of(mesh_survey(scene.mesh))
        self.plane = scene.mesh is None
        self.ceiling_m = scene.wall_height_m if ceiling and scene.rooms and self.plane else None
        self.painter = Painter(
            self.floor,
            np.array([solid.rgb for solid in solids], np.float64),
            np.arange(len(solids)) < len(scene.walls),
        )

    def rays(self, *, normals: bool) -> RayCaster:
        """Return a ray caster with buffers of its own."""
        return RayCaster(self.model, self.data, self._corners, normals=normals, surface=self.surface)
