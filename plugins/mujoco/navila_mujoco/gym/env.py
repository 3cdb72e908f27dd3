"""The training environment: many copies of one body at 50 Hz, as arrays."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_mujoco.gym.body import PHYSICS_S, SUBSTEPS, training_body
from navila_mujoco.gym.choose import make_physics
from navila_mujoco.gym.commands import draw, draw_onward, how_long_s
from navila_mujoco.gym.footing import Footing
from navila_mujoco.gym.frames import body_velocity, frame, heading_velocity, pose
from navila_mujoco.gym.maps import Maps
from navila_mujoco.gym.moves import Moves
from navila_mujoco.gym.past import Past
from navila_mujoco.gym.pushes import Pushes
from navila_mujoco.gym.rewards import TERMS, UNRAMPED, Moment
from navila_mujoco.gym.terrain import FLAT, SCATTERED, SILLS, STAIRS, Blocks
from navila_mujoco.gym.variety import variety
from navila_sdk.training.locomotion.mirror import Mirror, joint_mirror
from navila_sdk.training.locomotion.recipe import MAP_SCALE, VELOCITY_SCALE, Kind, Recipe

Floats = NDArray[np.floating]
Ids = NDArray[np.intp]

CONTROL_S = PHYSICS_S * SUBSTEPS
EPISODE_S = 20.0
_FALLEN_TILT_COS = math.cos(1.0)
_SWING_SLACK_M = 0.14
_SOFT_LIMIT = 0.9


@attrs.frozen(slots=True, eq=False)
class Step:
    """What a step gives back, arrays over environments."""

    observations: dict[str, NDArray[np.float32]]
    reward: NDArray[np.float32]
    ended: NDArray[np.bool_]
    timed_out: NDArray[np.bool_]


class LeggedGym:
    """Many bodies that learn to walk.

    Args:
        mjcf: Path of the robot's MJCF.
        recipe: What to learn.
        vision: Whether there is terrain, and a height map to see it with.
        count: Environments.
        threads: Processor threads for physics.
        seed: Seed of everything random.
        backend: What physics runs on: ``threads``, ``warp``, or ``auto``, a GPU where there is one.
        device: Where ``warp`` runs, as Warp names it; its CUDA device where it's None.

    Raises:
        ConfigError: The recipe doesn't fit the MJCF, or there is no such backend or device.
        CapabilityError: The backend can't step this robot.
        MissingDependencyError: The backend isn't installed.
    """

    def __init__(
        self,
        mjcf: str,
        recipe: Recipe,
        *,
        vision: bool,
        count: int,
        threads: int,
        seed: int,
        backend: str = "threads",
        device: str | None = None,
    ) -> None:
        self.recipe, self.vision, self.count = recipe, vision, count
        self._random = random = np.random.default_rng(seed)
        self.body = body = training_body(mjcf, recipe, terrain=vision)
        self.physics = physics = make_physics(body, count, backend=backend, threads=threads, device=device)
        self.backend = physics.backend
        self._qpos, self._qvel, self._ctrl = physics.qpos, physics.qvel, physics.ctrl
        self._sensors, self._torque = physics.sensors, physics.torque
        self.blocks = Blocks(body, physics, count, recipe.terrain, random)
        own = variety(body, recipe.randomization, count, random)
        physics.vary(own)
        self._friction = own["geom_friction"][:, body.floor, 0]
        joints = list(recipe.joints.values())
        self._default = np.array([joint.default_rad for joint in joints])
        self._deviation = np.array([joint.deviation for joint in joints])
        self._scale = recipe.action_scale * np.array([joint.scale for joint in joints])
        mid, half = body.joint_range.mean(axis=1), np.diff(body.joint_range, axis=1)[:, 0] / 2
        self._soft = np.stack([mid - _SOFT_LIMIT * half, mid + _SOFT_LIMIT * half], axis=1)
        self._phases = np.array([foot.phase for foot in recipe.feet])
        self.actions = len(joints)
        self.step_s = CONTROL_S
        self.steps = 0
        self.episode_steps = np.zeros(count, np.int64)
        self._command = np.zeros((count, 3))
        self._command_left = np.zeros(count, np.int64)
        self._moves = Moves(recipe.commands, count, CONTROL_S, random)
        self._pushes = Pushes(recipe.randomization, count, CONTROL_S, random, self.blocks.kind != FLAT)
        self._clock = np.zeros(count)
        self._walks_on = np.zeros(count, np.int64)
        kind: Kind = "vision" if vision else "blind"
        self._feels_velocity = kind in recipe.feel_velocity
        self._moments = recipe.remember.get(kind, 0)
        self._past = Past(count, self._moments)
        self._run_on = round(recipe.gait.run_on_s / CONTROL_S)
        self._action = np.zeros((count, self.actions))
        self._foot_xyz = np.zeros((count, len(recipe.feet), 3))
        self.maps = Maps(recipe, count, random)
        self.sums: dict[str, float] = {}
        self._footing = Footing(recipe.gait.edge_m)
        self._reset(np.arange(count))

    # -- worlds ---------------------------------------------------------------------------------

    def _reset(self, ids: Ids) -> None:
        random, n = self._random, ids.size
        self.physics.reset(ids)
        yaw = random.uniform(-math.pi, math.pi, n)
        qpos = np.tile(self.body.model.qpos0, (n, 1))
        qpos[:, :2] = 0.0
        qpos[:, 2] = self.recipe.base_height_m + 0.02
        qpos[:, 3:7] = np.stack([np.cos(yaw / 2), np.zeros(n), np.zeros(n), np.sin(yaw / 2)], axis=1)
        qpos[:, self.body.joint_qpos] = self._default + random.uniform(-0.1, 0.1, (n, self.actions))
        self._qpos[ids] = qpos
        qvel = np.zeros((n, self.body.model.nv))
        qvel[:, :6] = random.uniform(-0.2, 0.2, (n, 6))
        self._qvel[ids] = qvel
        self._ctrl[ids[:, None], self.body.actuators] = self._default
        self._ctrl[ids[:, None], self.body.held] = self.body.held_rad
        self.blocks.place(ids, qpos[:, :2], yaw, begins=True)
        self.physics.forward(ids)
        self.episode_steps[ids] = 0
        self._clock[ids] = random.uniform(0, 1, n)
        self._walks_on[ids] = 0
        self._action[ids] = 0.0
        self._pushes.begin(ids)
        self._past.begin(ids)
        self.maps.begin(ids)
        self._moves.choose(ids)
        self._command[ids] = 0.0
        self._draw_commands(ids)
        self._foot_xyz[ids] = self._feet()[ids]

    def _draw_commands(self, ids: Ids) -> None:
        settings = self.recipe.commands
        moves = ids[self._moves.on[ids]]
        if moves.size:
            seconds = self._moves.begin(moves, pose(self._qpos[moves]), self.blocks.center[moves])
            self._command_left[moves] = seconds / CONTROL_S
        ids = ids[~self._moves.on[ids]]
        onward = self.blocks.kind[ids] != FLAT
        command = draw(settings, ids.size, self._random)
        command[onward] = draw_onward(settings, int(onward.sum()), self._random)
        self._command[ids] = command
        self._command_left[ids] = how_long_s(settings, command, self._random) / CONTROL_S

    def _close_in(self) -> None:
        """Command who walks in moves nearer to their goals; who is there gets the next with the next step."""
        on = np.flatnonzero(self._moves.on)
        if on.size:
            velocity = heading_velocity(self._qvel[on], frame(self._qpos[on])[1])
            self._command[on], there = self._moves.command(on, pose(self._qpos[on]), velocity, self._command[on])
            self._command_left[on[there]] = 0

    # -- senses ---------------------------------------------------------------------------------

    def _feet(self) -> Floats:
        return self._sensors[:, self.body.foot_position[:, None] + np.arange(3)]

    def _clock_terms(self) -> Floats:
        angle = 2 * math.pi * self._clock
        moving = self._moving()
        return np.stack([np.sin(angle) * moving, np.cos(angle) * moving], axis=1)

    def _moving(self) -> NDArray[np.bool_]:
        """Return whose gait goes on: something is asked, or was a moment ago."""
        return self._command.any(axis=1) | (self._walks_on > 0)

    def observe(self) -> dict[str, NDArray[np.float32]]:
        """Return ``policy`` (with noise) and ``critic`` (without, and with what only a simulator knows)."""
        random, noise = self._random, self.recipe.noise
        gravity, heading = frame(self._qpos)
        rate = self._qvel[:, 3:6]
        joints = self._qpos[:, self.body.joint_qpos] - self._default
        rates = self._qvel[:, self.body.joint_dof]

        def noisy(value: Floats, half: float) -> Floats:
            return value + random.uniform(-half, half, value.shape)

        command = self._command * (2.0, 2.0, 1.0)
        turning_and_tilt = [noisy(rate, noise.angular_radps) * 0.25, noisy(gravity, noise.gravity)]
        limbs = [noisy(joints, noise.joint_rad), noisy(rates, noise.joint_radps) * 0.05, self._action]
        policy = [*turning_and_tilt, command, self._clock_terms(), *limbs]
        vx, vy, vz = heading_velocity(self._qvel, heading).T
        feet = self._feet()
        ground = self.blocks.heights(feet[..., :2])
        contact = self._contacts()
        critic = [
            rate * 0.25,
            gravity,
            command,
            self._clock_terms(),
            joints,
            rates * 0.05,
            self._action,
            np.stack([vx, vy, vz], axis=1) * 2.0,
            (self._qpos[:, 2:3] - ground.mean(axis=1, keepdims=True) - self.recipe.base_height_m) * 5,
            (feet[..., 2] - ground) * 10,
            contact.astype(float),
            self._friction[:, None],
        ]
        if self.vision:
            heights = self.maps.heights(self.blocks, self._qpos, heading)
            policy.append(self.maps.seen(heights) * MAP_SCALE)
            critic.append(heights * MAP_SCALE)
        # These two last, so that a policy that knew neither can be taken up with zero weights here.
        if self._feels_velocity:
            policy.append(noisy(body_velocity(self._qpos, self._qvel), noise.velocity_mps) * VELOCITY_SCALE)
        if self._moments:
            felt = np.concatenate([*turning_and_tilt, *limbs], axis=1).astype(np.float32)
            policy.append(self._past.with_present(felt))
        return {
            "policy": np.concatenate(policy, axis=1).astype(np.float32),
            "critic": np.concatenate(critic, axis=1).astype(np.float32),
        }

    @property
    def levels(self) -> NDArray[np.float64]:
        """How hard each environment's terrain is (N,), 0 to 1; what is set counts where terrain is built anew."""
        return self.blocks.level

    @levels.setter
    def levels(self, levels: NDArray[np.float64]) -> None:
        self.blocks.level = np.array(levels, float)

    def status(self) -> dict[str, float]:
        """Return the curriculum's mean level by kind of terrain."""
        kinds = {"stairs": STAIRS, "blocks": SCATTERED, "sills": SILLS}
        return {
            f"terrain/{name}": float(self.blocks.level[self.blocks.kind == kind].mean())
            for name, kind in kinds.items()
            if (self.blocks.kind == kind).any()
        }

    def mirrors(self) -> dict[str, Mirror]:
        """Return how each observation and the action change when left and right swap."""
        joints = joint_mirror(self.recipe, [self._axis(name) for name in self.recipe.joints])
        feet = Mirror.swap([foot.body for foot in self.recipe.feet], self.recipe.mirror)
        turning_and_tilt, limbs = [Mirror.signs(-1, 1, -1), Mirror.signs(1, -1, 1)], [joints] * 3
        shared = [*turning_and_tilt, Mirror.signs(1, -1, -1), Mirror.signs(-1, -1), *limbs]
        extra = [Mirror.signs(1, -1, 1), Mirror.signs(1), feet, feet, Mirror.signs(1)]
        sight: list[Mirror] = []
        if self.vision:
            nx, ny = self.recipe.height_map.shape
            cells = np.arange(nx * ny).reshape(nx, ny)[:, ::-1].ravel()
            sight = [Mirror(tuple(int(i) for i in cells), (1.0,) * cells.size)]
        felt = [Mirror.signs(1, -1, 1)] if self._feels_velocity else []
        return {
            "policy": Mirror.joined([*shared, *sight, *felt, *[*turning_and_tilt, *limbs] * self._moments]),
            "critic": Mirror.joined([*shared, *extra, *sight]),
            "action": joints,
        }

    def _axis(self, joint: str) -> tuple[float, float, float]:
        x, y, z = self.body.model.joint(joint).axis
        return float(x), float(y), float(z)

    def _contacts(self) -> NDArray[np.bool_]:
        return (self._sensors[:, self.body.foot_contact] > 0).any(axis=2)

    # -- motion ---------------------------------------------------------------------------------

    def step(self, action: NDArray[np.float32]) -> Step:
        """Move every environment by one control period.

        Args:
            action: (N, J) raw network output.
        """
        action = np.clip(np.asarray(action, np.float64), -100, 100)
        previous, self._action = self._action, action
        before = self._qvel[:, self.body.joint_dof].copy()
        target = self._default + self._scale * action
        late = int(self._random.integers(0, self.recipe.randomization.delay_steps + 1))
        self.physics.advance(target, late)
        self.steps += self.count
        self.episode_steps += 1
        self._past.pass_on()
        self._clock += self.recipe.gait.frequency_hz * CONTROL_S
        self._pushes.push(self._qvel)
        broken = ~np.isfinite(self._qpos).all(axis=1) | ~np.isfinite(self._qvel).all(axis=1) | self.physics.lost
        if broken.any():
            self._qpos[broken] = self.body.model.qpos0
            self._qvel[broken] = 0.0
        moment = self._moment(action, previous, before)
        fallen = self._fallen(moment) | broken
        reward = self._reward(moment, fallen)
        timed_out = (self.episode_steps * CONTROL_S >= EPISODE_S) & ~fallen
        ended = fallen | timed_out
        self._terrain_moves(fallen, timed_out)
        due = np.flatnonzero((self._command_left <= 0) & ~ended)
        self._command_left -= 1
        if due.size:
            self._draw_commands(due)
        self._close_in()
        self._walks_on = np.where(self._command.any(axis=1), self._run_on, np.maximum(self._walks_on - 1, 0))
        if ended.any():
            self._reset(np.flatnonzero(ended))
        return Step(self.observe(), reward, ended, timed_out)

    def _moment(self, action: Floats, previous: Floats, before: Floats) -> Moment:
        gravity, heading = frame(self._qpos)
        feet = self._feet().copy()
        around, ground = self._footing.around(self.blocks, feet, heading)
        travel = np.linalg.norm(feet[..., :2] - self._foot_xyz[..., :2], axis=2) / CONTROL_S
        self._foot_xyz = feet
        moving = self._moving()
        swing = np.sin(2 * math.pi * (self._clock[:, None] + self._phases)) * moving[:, None]
        gait = self.recipe.gait
        collisions = self._sensors[:, self.body.collision] > 0
        return Moment(
            command=self._command,
            moving=moving,
            velocity=heading_velocity(self._qvel, heading),
            rate=self._qvel[:, 3:6],
            gravity=gravity,
            joints=self._qpos[:, self.body.joint_qpos],
            joint_rates=self._qvel[:, self.body.joint_dof],
            previous_rates=before,
            torque=self._torque[:, self.body.actuators],
            action=action,
            previous=previous,
            default=self._default,
            deviation=self._deviation,
            limits=self._soft,
            height_m=self._qpos[:, 2] - ground.mean(axis=1),
            foot_height_m=feet[..., 2] - ground,
            foot_clear_m=feet[..., 2] - around.max(axis=2),
            foot_off=Footing.off(around, ground),
            foot_target_m=gait.swing_height_m * np.clip(swing, 0, None),
            foot_slack_m=np.where(self.blocks.kind != FLAT, _SWING_SLACK_M, 0.0)[:, None],
            foot_speed=np.minimum(travel, 5.0),
            contact=self._contacts(),
            wanted=swing <= 0,
            free=self._pushes.free,
            collisions=collisions.sum(axis=1).astype(float),
            base_height_m=self.recipe.base_height_m,
            foot_width_m2=gait.width_m2,
            step_s=CONTROL_S,
        )

    def _fallen(self, moment: Moment) -> NDArray[np.bool_]:
        touching = (self._sensors[:, self.body.base_contact] > 0).any(axis=1)
        return touching | (moment.gravity[:, 2] > -_FALLEN_TILT_COS) | (moment.height_m < self.recipe.fallen_below_m)

    def _reward(self, moment: Moment, fallen: NDArray[np.bool_]) -> NDArray[np.float32]:
        low, high = self.recipe.learning.ramp_steps
        ramp = 0.2 + 0.8 * min(1.0, max(0.0, (self.steps - low) / (high - low))) if self.steps < high else 1.0
        total = np.zeros(self.count)
        for name, weight in self.recipe.rewards.items():
            if name == "fall":
                continue
            value = weight * TERMS[name](moment)
            if (weight < 0 and name not in UNRAMPED) or name in self.recipe.learning.grow_in:
                value = value * ramp
            total += value
            self.sums[name] = self.sums.get(name, 0.0) + float(value.mean())
        total = np.maximum(total, 0.0) + self.recipe.rewards.get("fall", 0.0) * fallen
        return (total * CONTROL_S).astype(np.float32)

    def _terrain_moves(self, fallen: NDArray[np.bool_], timed_out: NDArray[np.bool_]) -> None:
        if not self.blocks.active:
            return
        self.blocks.promote(np.flatnonzero(fallen), -0.1)
        passed, climbed = self.blocks.passed(self._qpos[:, :2])
        # Who turns half of the time seldom gets past; not to fall is enough.
        stayed = timed_out & self._moves.on & self.blocks.climbed
        self.blocks.promote(np.flatnonzero(stayed), 0.06)
        self.blocks.promote(np.flatnonzero(timed_out & ~stayed), -0.03)
        if passed.size:
            self.blocks.promote(passed[climbed], 0.12)
            self.blocks.place(passed, self._qpos[passed, :2], pose(self._qpos[passed])[:, 2])
