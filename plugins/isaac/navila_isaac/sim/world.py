"""Isaac Lab behind the seam: one body in one place, stepped and rendered when it's told to."""

from __future__ import annotations

import itertools

import isaaclab.sim as sim_utils
import numpy as np
from isaaclab.utils.seed import configure_seed
from numpy.typing import NDArray

from navila_isaac.frames import Xyz
from navila_isaac.servos import RobotPlan
from navila_isaac.sim.bodies import Puppet, Robot
from navila_isaac.sim.senses import Caster, Eye, Onlooker
from navila_isaac.sim.stage import material, spawn_lamp, spawn_place
from navila_isaac.simulator import Reading, WorldPlan

Floats = NDArray[np.float64]

_RENDERINGS = 2
"""RTX hands out a picture a rendering late, as far as Isaac Lab's own warm-up of two says."""
_numbers = itertools.count(1)


class IsaacSimulator:
    """Implements ``navila_isaac.simulator.Simulator``.

    Args:
        plan: What to build.

    Raises:
        RobotModelError: The robot's model isn't what its file says.
    """

    def __init__(self, plan: WorldPlan) -> None:
        self._physics_s = plan.timing.physics_s
        self._casters: dict[str, Caster] = {}
        configure_seed(plan.seed)
        sim_utils.create_new_stage()
        self._context = sim_utils.SimulationContext(
            sim_utils.SimulationCfg(
                device=plan.device,
                dt=plan.timing.physics_s,
                render_interval=plan.timing.substeps,
                physics_material=material(),
                physx=sim_utils.PhysxCfg(enable_enhanced_determinism=True),
                # Pictures are taken one by one: what smooths over time would show where the robot was before.
                render=sim_utils.RenderCfg(rendering_mode=plan.rendering.value, antialiasing_mode="FXAA"),
            )
        )
        try:
            self._build(plan)
        except BaseException:
            self.close()
            raise

    def _build(self, plan: WorldPlan) -> None:
        root = f"/World/navila_{next(_numbers):05d}"
        sim_utils.create_prim(root, "Xform")
        spawn_place(f"{root}/place", plan.holds)
        if isinstance(plan.body, RobotPlan):
            self._body = Robot(f"{root}/robot", plan.body, plan.timing.substeps, plan.device)
            offset: Xyz = (0.0, 0.0, 0.0)
        else:
            self._body = Puppet(f"{root}/robot", plan.body, plan.device)
            offset = (0.0, 0.0, plan.body.below_m)
        base = self._body.base_path
        for number, lamp in enumerate(plan.lamps):
            spawn_lamp(f"{base if lamp.kind == 'hand' else root}/lamp_{number:03d}", lamp, offset)
        self._eye = Eye(base, offset, plan.camera)
        self._onlooker = Onlooker(f"{root}/onlooker", plan.overview_px, plan.device) if plan.overview_px else None
        self._casters = {bundle.name: Caster(base, offset, f"{root}/place", bundle) for bundle in plan.bundles}
        self._context.reset()
        if isinstance(plan.body, RobotPlan) and isinstance(self._body, Robot):
            self._body.check(plan.body.model)
        self._body.after_step(0.0)

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints, in Isaac Lab's order."""
        return self._body.joints

    def read(self) -> Reading:
        """Return the body now."""
        return self._body.read()

    def put(self, position_m: Floats, wxyz: Floats, joint_rad: Floats | None = None) -> None:
        """Put the body somewhere at rest."""
        self._body.put(position_m, wxyz, joint_rad)

    def target(self, joint_rad: Floats) -> None:
        """Set the servos' targets."""
        self._body.target(joint_rad)

    def step(self) -> None:
        """Let one physics step pass, without rendering."""
        self._body.before_step()
        self._context.step(render=False)
        self._body.after_step(self._physics_s)

    def cast(self, name: str) -> Floats:
        """Cast a bundle of rays from where the base is now."""
        return self._casters[name].cast()

    def look(self) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Render this moment and return the camera's picture and depth."""
        self._render()
        return self._eye.look()

    def overview(self, eye_m: Xyz, target_m: Xyz) -> NDArray[np.uint8]:
        """Render this moment from a point towards another."""
        assert self._onlooker is not None
        self._onlooker.aim(eye_m, target_m)
        self._render()
        return self._onlooker.look()

    def _render(self) -> None:
        for _ in range(_RENDERINGS):
            self._context.render()

    def close(self) -> None:
        """Stop the simulation and forget its context; Isaac runs on."""
        # Isaac Lab forgets meshes when the last ray caster goes.
        self._casters.clear()
        # While this is set, stopping doesn't wait for someone to press play.
        self._context._disable_app_control_on_stop_handle = True
        self._context.stop()
        self._context.clear_all_callbacks()
        self._context.clear_instance()
