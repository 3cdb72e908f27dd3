"""What a simulator is opened with, as a value: two worlds with equal setups can share one simulator."""

from __future__ import annotations

from pathlib import Path

import attrs

from navila_habitat.api import SensorSpec
from navila_habitat.camera import SensorPlan
from navila_habitat.module import Habitat
from navila_habitat.navmesh import NavmeshPlan
from navila_habitat.steps import Step


@attrs.frozen(slots=True)
class Setup:
    """Everything that can't be changed while a simulator is open.

    Attributes:
        load: What habitat-sim loads.
        dataset: Scene data set; empty for none.
        sensors: What the body sees with.
        navmesh: What it walks on.
        sliding: Whether it slides along what it touches.
        forward_m: A discrete step forward.
        turn_deg: A discrete turn.
        gpu: Which graphics card draws.
        mesh_bytes: Size of the mesh; None where Habitat's own description says what else is loaded.
    """

    load: str
    dataset: str
    sensors: tuple[SensorPlan, ...]
    navmesh: NavmeshPlan
    sliding: bool
    forward_m: float
    turn_deg: float
    gpu: int
    mesh_bytes: int | None = None

    @property
    def name(self) -> str:
        """The scene's, for messages."""
        return Path(self.load).name


def configuration(habitat: Habitat, setup: Setup, seed: int) -> object:
    """Return habitat-sim's own configuration of a setup."""
    sim = habitat.sim
    backend = sim.SimulatorConfiguration()
    backend.scene_id = setup.load
    if setup.dataset:
        backend.scene_dataset_config_file = setup.dataset
    backend.random_seed = seed
    backend.gpu_device_id = setup.gpu
    backend.allow_sliding = setup.sliding
    backend.enable_physics = False
    backend.load_semantic_mesh = any(plan.kind == "SEMANTIC" for plan in setup.sensors)
    body = sim.AgentConfiguration()
    body.height = setup.navmesh.body.height_m
    body.radius = setup.navmesh.body.radius_m
    body.sensor_specifications = [_sensor(habitat, plan) for plan in setup.sensors]
    amounts = {Step.FORWARD: setup.forward_m, Step.LEFT: setup.turn_deg, Step.RIGHT: setup.turn_deg}
    body.action_space = {
        str(step): sim.ActionSpec(str(step), sim.ActuationSpec(amount=amount)) for step, amount in amounts.items()
    }
    return sim.Configuration(backend, [body])


def _sensor(habitat: Habitat, plan: SensorPlan) -> SensorSpec:
    sim = habitat.sim
    kinds = {"COLOR": sim.SensorType.COLOR, "DEPTH": sim.SensorType.DEPTH, "SEMANTIC": sim.SensorType.SEMANTIC}
    spec = sim.CameraSensorSpec()
    spec.uuid = plan.uuid
    spec.sensor_type = kinds[plan.kind]
    spec.sensor_subtype = sim.SensorSubType.PINHOLE
    # magnum takes no whole numbers for lengths
    spec.position = [float(part) for part in plan.position]
    spec.orientation = [float(part) for part in plan.orientation]
    spec.resolution = [plan.height_px, plan.width_px]
    spec.hfov = plan.hfov_deg
    return spec
