"""What Isaac is told, as plain values: frames, clocks, cameras, rays, blocks, servos."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_isaac.blocks import blocks_of, lamps_of
from navila_isaac.cameras import camera_plan
from navila_isaac.faults import RateError
from navila_isaac.frames import RAISED, heading_velocity, matrix, turned, yaw_of, yaw_pitch
from navila_isaac.gliding import depth_m, free_motion
from navila_isaac.movers import touching
from navila_isaac.options import Servo, WorldOptions
from navila_isaac.rays import RayBundle, beam_bundle, fan, lidar_bundle, plumb_rays
from navila_isaac.robot_model import robot_model
from navila_isaac.servos import RobotPlan, servo_plan
from navila_isaac.timing import timing_of
from navila_mujoco.physics.arena import build_arena, load_robot
from navila_mujoco.solids import quaternion
from navila_t1 import embodiment as t1

from navila_sdk.embodiment import Footprint
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.locomotion.choose import locomotion_policy, packaged_file
from navila_sdk.locomotion.senses import gravity_direction
from navila_sdk.perception.beams import depth_beams
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.scene import Shape, Solid
from navila_sdk.testing.fake import fake_embodiment

BODIES = [go2, h1, t1]
angles = st.floats(-3.1, 3.1)
leans = st.floats(-1.2, 1.2)
metres = st.floats(-3, 3)


def by_name(body):
    return body.name


# -- frames -------------------------------------------------------------------------------------------


@given(angles, leans)
def test_a_rotation_is_pitch_then_yaw(yaw, pitch):
    axes = matrix(np.array(yaw_pitch(yaw, pitch)))
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    ahead = (math.cos(yaw) * math.cos(pitch), math.sin(yaw) * math.cos(pitch), -math.sin(pitch))
    assert axes[:, 0] == pytest.approx(ahead, abs=1e-12)
    assert yaw_pitch(yaw, pitch) == pytest.approx(
        quaternion(Solid(Shape.BOX, (0, 0, 0), (1, 1, 1), yaw, pitch_rad=pitch)), abs=1e-12
    )


@given(angles, leans, angles)
def test_turning_keeps_the_lean(yaw, pitch, other):
    before = np.array(yaw_pitch(yaw, pitch))
    after = turned(before, other)
    assert abs(wrap_angle(yaw_of(after) - other)) < 1e-9
    assert gravity_direction(after) == pytest.approx(gravity_direction(before), abs=1e-9)


@given(angles, leans, metres, metres)
def test_the_heading_frame_is_level(yaw, pitch, vx, wz):
    """A body that moves along the floor and turns about the vertical does so whatever its lean."""
    wxyz = np.array(yaw_pitch(yaw, pitch))
    along = np.array((math.cos(yaw) * vx, math.sin(yaw) * vx, 0.0))
    local = matrix(wxyz).T
    found = heading_velocity(local @ along, local @ (0.0, 0.0, wz), wxyz)
    assert found == pytest.approx((vx, 0.0, wz), abs=1e-9)


def test_a_y_up_file_is_raised_as_scenes_say():
    assert matrix(np.array(RAISED)) @ (1.0, 2.0, 3.0) == pytest.approx((1.0, -3.0, 2.0))


# -- clocks -------------------------------------------------------------------------------------------


def test_a_world_step_is_whole_physics_steps():
    timing = timing_of(WorldOptions(), locomotion_policy(go2))
    assert (timing.substeps, timing.step_s) == (4, pytest.approx(0.02))


@pytest.mark.parametrize("options", [{"step_s": 0.01}, {"physics_s": 0.003}, {"physics_s": 0.02, "step_s": 0.03}])
def test_a_policy_of_another_rate_is_refused(options):
    with pytest.raises(RateError, match=r"worlds\.isaac\."):
        timing_of(WorldOptions(**options), locomotion_policy(go2))


# -- senses -------------------------------------------------------------------------------------------


def test_the_camera_is_the_benchs():
    """NaVILA-Bench's Go2: aperture 54 at a focal length of 24, (0.1, 0, 0.5) from the base, looking along x."""
    plan = camera_plan(go2.camera, go2.base_height_m, (512, 512))
    assert (plan.aperture, plan.focal_length) == (pytest.approx(54), 24)
    assert plan.position_m == pytest.approx((0.1, 0.0, 0.5))
    assert plan.wxyz == (1, 0, 0, 0)
    assert (plan.width_px, plan.height_px) == (512, 512)


def test_a_camera_tipped_down_looks_down():
    assert h1.depth_camera is not None
    plan = camera_plan(h1.depth_camera, h1.base_height_m)
    assert matrix(np.array(plan.wxyz))[2, 0] == pytest.approx(-math.sin(h1.depth_camera.pitch_rad))


@pytest.mark.parametrize("body", [go2, h1], ids=by_name)
def test_the_lidar_is_cast_from_its_mount(body):
    bundle = lidar_bundle(body.lidar, body.base_height_m)
    assert len(bundle.directions) == len(body.lidar.elevations_rad) * body.lidar.azimuths
    assert bundle.reach_m == body.lidar.range_m
    assert bundle.starts_m[0, 2] == pytest.approx(body.lidar.z_m - body.base_height_m)
    assert bundle.aligned == "base"


@pytest.mark.parametrize("body", [h1, t1], ids=by_name)
def test_the_depth_camera_looks_from_its_mount(body):
    camera = body.depth_camera
    bundle = beam_bundle("ground", depth_beams(camera, body.base_height_m), 3.0)
    assert len(bundle.directions) == camera.width_px * camera.height_px
    assert (bundle.starts_m == (camera.x_m, camera.y_m, camera.z_m - body.base_height_m)).all()
    axis = (math.cos(camera.pitch_rad), 0.0, -math.sin(camera.pitch_rad))
    assert (bundle.directions @ axis).max() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("body", BODIES, ids=by_name)
def test_the_fan_is_level_and_spans_the_body(body):
    bundle = fan(body)
    heights = bundle.starts_m[:, 2] + body.base_height_m
    assert heights.min() > body.footprint.clearance_m
    assert heights.max() < body.footprint.height_m
    assert np.abs(bundle.directions[:, 2]).max() == 0
    assert bundle.aligned == "world"


def test_plumb_rays_stand_over_the_cells():
    spec = go2.height_map
    bundle = plumb_rays(spec)
    nx, ny = spec.shape
    assert bundle.starts_m.reshape(nx, ny, 3)[0, 0, :2] == pytest.approx((spec.x_min_m, spec.y_min_m))
    assert bundle.starts_m.reshape(nx, ny, 3)[-1, 0, :2] == pytest.approx((spec.x_max_m, spec.y_min_m))
    assert (bundle.directions == (0, 0, -1)).all()


def test_slanted_rays_cannot_turn_with_the_heading():
    """Isaac Lab turns the starts of such rays and leaves their directions: they would look elsewhere."""
    with pytest.raises(ValueError, match="vertical"):
        RayBundle("x", np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]]), 5.0, "yaw")


# -- places -------------------------------------------------------------------------------------------


def test_an_apartment_becomes_blocks_and_lamps():
    scene = load_scene("apartment:7")
    blocks = blocks_of(scene, ceiling=True)
    assert len(blocks) == 1 + 2 * len(scene.rooms) + len(scene.solids)
    assert sum(block.collides for block in blocks) == 1 + len(scene.solids)
    floor = blocks[0]
    assert floor.center_m[2] + floor.size_m[2] / 2 == 0
    least, most = scene.bounds_m
    assert floor.center_m[0] - floor.size_m[0] / 2 < least[0]
    assert floor.center_m[1] + floor.size_m[1] / 2 > most[1]
    lamps = lamps_of(scene, ceiling=True)
    assert len(lamps) == len(scene.rooms)
    assert all(scene.room_at(*lamp.position_m[:2]) for lamp in lamps)
    assert [lamp.kind for lamp in lamps_of(scene, ceiling=False)] == ["sky"]
    assert all(0 <= part <= 1 for block in blocks for part in block.rgb)


def test_ground_to_climb_is_built_and_touched():
    scene = load_scene("terrain:stairs")
    blocks = blocks_of(scene, ceiling=True)
    assert all(block.collides for block in blocks[1:])
    assert len(blocks) == 1 + len(scene.solids) + len(scene.ground)


# -- servos -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", BODIES, ids=by_name)
def test_the_models_file_says_what_mujoco_reads_in_it(body):
    model = robot_model(body, WorldOptions())
    arena = build_arena(load_scene("empty"), load_robot(packaged_file(body.model)))
    assert model.kind == "mjcf"
    assert model.joints == arena.joints
    limits = {name: arena.model.actuator_forcerange[i, 1] for name, i in zip(arena.joints, arena.servos, strict=True)}
    assert dict(model.effort_limit_nm) == pytest.approx(limits)
    assert model.base_link in {"base", "pelvis", "Trunk"}


@pytest.mark.parametrize("body", BODIES, ids=by_name)
def test_servos_are_the_cards(body):
    model, policy = robot_model(body, WorldOptions()), locomotion_policy(body)
    some = next(iter(policy.card.joints))
    robot = RobotPlan(model, policy.card, Servo.IMPLICIT, {some: 1.5})
    plan = servo_plan(robot, sorted(model.joints))
    assert list(plan.joints) == sorted(model.joints)
    for name, servo in {**policy.card.joints, **policy.card.held}.items():
        assert (plan.stiffness[name], plan.damping[name]) == (servo.kp, servo.kd)
        assert plan.rest_rad[name] == servo.default_rad
    assert plan.effort_limit_nm[some] == 1.5
    assert set(plan.stiffness) == set(model.joints)


def test_a_torque_limit_for_no_joint_is_refused():
    model, policy = robot_model(go2, WorldOptions()), locomotion_policy(go2)
    with pytest.raises(ConfigError, match="no joint 'knee'"):
        servo_plan(RobotPlan(model, policy.card, Servo.EXPLICIT, {"knee": 1.0}), model.joints)


URDF = """<robot name="r"><link name="trunk"/><link name="leg"/><link name="foot"/>
<joint name="hip" type="revolute"><parent link="trunk"/><child link="leg"/><limit effort="12" velocity="1"/></joint>
<joint name="sole" type="fixed"><parent link="leg"/><child link="foot"/></joint></robot>"""


def test_a_urdf_is_read_for_its_base_joints_and_limits(tmp_path):
    path = tmp_path / "r.urdf"
    path.write_text(URDF, encoding="utf-8")
    model = robot_model(go2, WorldOptions(robot=str(path)))
    assert (model.kind, model.base_link, model.joints) == ("urdf", "trunk", ("hip",))
    assert model.effort_limit_nm == {"hip": 12.0}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.usd", "", "base_link"),
        ("r.v2.xml", "", "one dot"),
        ("r.stl", "", r"\.usd, \.usda"),
        ("r.urdf", "<robot", "no XML"),
        ("r.urdf", "<robot><link name='a'/><link name='b'/></robot>", "one link"),
        ("r.xml", "<mujoco><worldbody><body name='b'/></worldbody></mujoco>", "free joint"),
    ],
)
def test_models_nobody_can_use_are_refused(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        robot_model(go2, WorldOptions(robot=str(path)))


def test_a_missing_model_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        robot_model(go2, WorldOptions(robot=str(tmp_path / "x.usd")))
    with pytest.raises(CapabilityError, match="no physical model"):
        robot_model(fake_embodiment(), WorldOptions())


def test_a_usd_robot_needs_its_base_link_alone(tmp_path):
    path = tmp_path / "r.usd"
    path.touch()
    model = robot_model(go2, WorldOptions(robot=str(path), base_link="pelvis"))
    assert (model.kind, model.base_link, model.joints) == ("usd", "pelvis", None)


# -- motion -------------------------------------------------------------------------------------------

BOX = Footprint(length_m=0.6, width_m=0.3, height_m=0.4, clearance_m=0.05)


steps = st.builds(Pose2, st.floats(-0.02, 0.02), st.floats(-0.01, 0.01), st.floats(-0.03, 0.03))
clouds = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=30)


@given(clouds, steps)
def test_nothing_ever_comes_deeper_into_the_body(cloud, wanted):
    points = np.array(cloud, float).reshape(-1, 2)
    motion, bumped = free_motion(points, BOX, wanted)
    c, s = math.cos(motion.yaw_rad), math.sin(motion.yaw_rad)
    away = points - (motion.x_m, motion.y_m)
    after = depth_m(np.stack([c * away[:, 0] + s * away[:, 1], -s * away[:, 0] + c * away[:, 1]], axis=1), BOX)
    before = depth_m(points, BOX)
    assert ((after <= 0) | (after <= before + 1e-6)).all()
    assert bumped or motion == wanted


def test_a_body_can_move_out_of_what_it_stands_in():
    inside = np.array([[0.29, 0.0]])
    assert free_motion(inside, BOX, Pose2(-0.01, 0.0, 0.0)) == (Pose2(-0.01, 0.0, 0.0), False)
    assert free_motion(inside, BOX, Pose2(0.01, 0.0, 0.0)) == (Pose2(), True)


def test_a_blocked_body_slides():
    ahead = np.stack([np.full(21, 0.311), np.linspace(-0.5, 0.5, 21)], axis=1)
    motion, bumped = free_motion(ahead, BOX, Pose2(0.01, 0.005, 0.0))
    assert bumped
    assert (motion.x_m, motion.y_m) == (0.0, 0.005)


@pytest.mark.parametrize(
    ("force", "expected"),
    [((0, 0, 300), False), ((150, 0, 200), False), ((40, 0, 0), True), ((300, 0, 200), True), ((0.5, 0, 0), False)],
)
def test_soles_do_not_count_as_touching(force, expected):
    assert touching(np.array([(0.0, 0.0, 0.0), force], float)) is expected
