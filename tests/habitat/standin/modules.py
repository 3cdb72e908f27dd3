"""The stand-in as modules ``habitat_sim`` and ``magnum`` that can be imported."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pytest

from tests.habitat.standin import simulator
from tests.habitat.standin.navmesh import NavMeshSettings, ShortestPath


@attrs.define
class Quaternion:
    vector: Sequence[float]
    scalar: float


def vector3(x: float, y: float, z: float) -> np.ndarray[Any, Any]:
    return np.array((x, y, z), np.float32)


@attrs.define
class RigidState:
    rotation: Quaternion
    translation: Any


@attrs.define
class VelocityControl:
    """Explicit Euler, linear first, as habitat-sim's."""

    linear_velocity: Any = (0.0, 0.0, 0.0)
    angular_velocity: Any = (0.0, 0.0, 0.0)
    controlling_lin_vel: bool = False
    lin_vel_is_local: bool = False
    controlling_ang_vel: bool = False
    ang_vel_is_local: bool = False

    def integrate_transform(self, dt: float, rigid_state: RigidState) -> RigidState:
        spin = (*rigid_state.rotation.vector, rigid_state.rotation.scalar)
        matrix = simulator.turned(*spin)
        moved = np.asarray(rigid_state.translation, np.float64)
        if self.controlling_lin_vel:
            linear = np.asarray(self.linear_velocity, np.float64) * dt
            moved = moved + (matrix @ linear if self.lin_vel_is_local else linear)
        rate = np.asarray(self.angular_velocity, np.float64)
        if not self.controlling_ang_vel or not rate.any():
            return RigidState(rigid_state.rotation, moved.astype(np.float32))
        rate = matrix @ rate if self.ang_vel_is_local else rate
        angle = float(np.linalg.norm(rate))
        qx, qy, qz = rate / angle * np.sin(angle * dt / 2)
        qw = np.cos(angle * dt / 2)
        x, y, z, w = spin
        vector = (
            qw * x + qx * w + qy * z - qz * y,
            qw * y - qx * z + qy * w + qz * x,
            qw * z + qx * y - qy * x + qz * w,
        )
        scalar = qw * w - qx * x - qy * y - qz * z
        return RigidState(Quaternion(vector3(*vector), float(scalar)), moved.astype(np.float32))


def modules(version: str = "0.3.3") -> dict[str, types.ModuleType]:
    """Return both modules by name."""
    sim, magnum = types.ModuleType("habitat_sim"), types.ModuleType("magnum")
    names = "SimulatorConfiguration AgentConfiguration ActionSpec ActuationSpec AgentState CameraSensorSpec SensorType"
    for name in (*names.split(), "SensorSubType", "Configuration", "Simulator"):
        setattr(sim, name, getattr(simulator, name))
    known = {"NavMeshSettings": NavMeshSettings, "ShortestPath": ShortestPath, "RigidState": RigidState}
    vars(sim).update(known, physics=types.SimpleNamespace(VelocityControl=VelocityControl), __version__=version)
    vars(magnum).update(Quaternion=Quaternion, Vector3=vector3)
    return {"habitat_sim": sim, "magnum": magnum}


def installed(patch: pytest.MonkeyPatch, version: str = "0.3.3") -> None:
    """Make ``import habitat_sim`` find the stand-in."""
    for name, module in modules(version).items():
        patch.setitem(__import__("sys").modules, name, module)
