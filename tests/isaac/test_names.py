"""Every name of Isaac Lab's that the plugin uses is there, in the version it's written for."""

from __future__ import annotations

import ast
from pathlib import Path

import navila_isaac
import pytest

from tests.isaac.names.library import Library
from tests.isaac.names.reader import place_of, read
from tests.isaac.names.wheel import NoWheelError, sources, wheel

_HOME = Path(navila_isaac.__file__).parent
ISAAC_SIDE = [*sorted((_HOME / "sim").glob("*.py")), _HOME / "app.py"]
NEEDED = {
    "isaaclab.app.AppLauncher",
    "isaaclab.app.app_launcher.AppLauncher.app",
    "isaaclab.assets.articulation.articulation.Articulation.set_joint_position_target",
    "isaaclab.assets.articulation.articulation.Articulation.write_root_link_pose_to_sim",
    "isaaclab.assets.articulation.articulation_data.ArticulationData.root_link_lin_vel_b",
    "isaaclab.assets.rigid_object.rigid_object.RigidObject.write_root_link_pose_to_sim",
    "isaaclab.actuators.actuator_pd_cfg.IdealPDActuatorCfg(effort_limit)",
    "isaaclab.actuators.actuator_pd_cfg.ImplicitActuatorCfg(effort_limit_sim)",
    "isaaclab.sensors.camera.camera_cfg.OffsetCfg(convention)",
    "isaaclab.sensors.camera.camera_data.CameraData.output",
    "isaaclab.sensors.contact_sensor.contact_sensor_data.ContactSensorData.net_forces_w_history",
    "isaaclab.sensors.ray_caster.multi_mesh_ray_caster_cfg.MultiMeshRayCasterCfg(ray_alignment)",
    "isaaclab.sensors.ray_caster.multi_mesh_ray_caster_data.MultiMeshRayCasterData.ray_hits_w",
    "isaaclab.sim.converters.mesh_converter_cfg.MeshConverterCfg(rotation)",
    "isaaclab.sim.simulation_context.SimulationContext.step(render)",
    "isaaclab.sim.spawners.from_files.from_files_cfg.MjcfFileCfg(fix_base)",
    "isaaclab.sim.spawners.from_files.from_files_cfg.UrdfFileCfg(joint_drive)",
}


@pytest.fixture(scope="module")
def library() -> Library:
    try:
        return Library(sources(wheel()))
    except NoWheelError as error:
        pytest.skip(f"Isaac Lab's wheel can't be had here: {error}")


@pytest.mark.parametrize("path", ISAAC_SIDE, ids=lambda path: path.stem)
def test_isaac_lab_has_all_that_is_used(library: Library, path: Path) -> None:
    wrong = read(library, path.read_text(encoding="utf-8"), path.name).wrong
    assert not wrong, "\n".join(wrong)


def test_nothing_that_matters_escapes_the_reader(library: Library) -> None:
    right: set[str] = set()
    for path in ISAAC_SIDE:
        right |= read(library, path.read_text(encoding="utf-8"), path.name).right
    assert right >= NEEDED, f"no longer held against Isaac Lab: {sorted(NEEDED - right)}"


@pytest.mark.parametrize("path", [path for path in ISAAC_SIDE if path.stem != "__init__"], ids=lambda path: path.stem)
def test_each_name_misspelt_is_found(library: Library, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = read(library, tree, path.name).places
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.keyword)]
    missed = []
    for node in nodes:
        if place_of(node) in places:
            part = "attr" if isinstance(node, ast.Attribute) else "arg"
            name = getattr(node, part)
            setattr(node, part, f"{name}x")
            if not read(library, tree).wrong:
                missed.append(f"{path.name}:{node.lineno}: {name}")
            setattr(node, part, name)
    assert places
    assert not missed, "\n".join(missed)


HEAD = """
import isaaclab.sim as sim_utils
from isaaclab.sensors import Camera, CameraCfg
from isaaclab.assets import Articulation
"""


@pytest.mark.parametrize(
    "snippet",
    [
        "import isaaclab.simulation",
        "from isaaclab.sensors import TiledCam",
        "sim_utils.CubeCfg",
        "sim_utils.CuboidCfg(size=(1, 1, 1), colour=(1, 0, 0))",
        "sim_utils.CuboidCfg()",
        "sim_utils.CuboidCfg((1, 1, 1))",
        "sim_utils.CylinderCfg(radius=1, height=1, axis='z')",
        "sim_utils.SimulationCfg(timestep=0.005)",
        "CameraCfg.OffsetConfig(pos=(0, 0, 0))",
        "def f(camera: Camera):\n    return camera.data.outputs",
        "def f(robot: Articulation):\n    robot.write_root_pose(None)",
        "def f(robot: Articulation):\n    robot.write_joint_state_to_sim(None)",
        "def f(robot: Articulation):\n    robot.set_joint_position_target(None, joints=None)",
        "def f(robot: Articulation):\n    robot.update(0.1, 0.2)",
        "class A:\n    def __init__(self):\n        self.c = Camera(None)\n    def f(self):\n        self.c.refresh()",
        "sim_utils.get_first_matching_child_prim('/', lambda prim: prim.GetTypName() == 'Mesh')",
    ],
)
def test_the_reader_bites(library: Library, snippet: str) -> None:
    assert read(library, HEAD + snippet).wrong


@pytest.mark.parametrize(
    "snippet",
    [
        "sim_utils.CuboidCfg(size=(1, 1, 1), visual_material=sim_utils.PreviewSurfaceCfg(diffuse_color=(1, 0, 0)))",
        "def f(camera: Camera):\n    return camera.data.output['rgb'].shape",
        "def f(robot: Articulation):\n    robot.write_root_pose_to_sim(None)\n    return robot.data.joint_pos",
        "sim_utils.get_first_matching_child_prim('/', lambda prim: prim.GetTypeName() == 'Mesh')",
    ],
)
def test_the_reader_leaves_others_alone(library: Library, snippet: str) -> None:
    assert not read(library, HEAD + snippet).wrong
