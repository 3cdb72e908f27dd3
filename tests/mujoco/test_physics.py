"""Bodies that walk: the same doors as kinematic ones, real legs behind them."""

from __future__ import annotations

import math
import tomllib

import attrs
import mujoco
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

import navila_sdk as navila
from navila_sdk.errors import CapabilityError, ConfigError, ObservationError, PolicyError, SceneError, UserInputError
from navila_sdk.geometry import Twist, wrap_angle
from navila_sdk.locomotion.choose import locomotion_policy, packaged_file, robot_model
from navila_sdk.world import Pictured, SimulatedDriver
from tests.mujoco.places import box, place, thing

# How far off single actions may end, in metres and degrees: what docs/benchmarks.md measured, with room.
NEAR = {"go2": (0.03, 3.0), "h1": (0.25, 10.0), "t1": (0.25, 10.0)}
WALKERS = [body for body in (go2, h1, t1) if body.policies]
ALL = pytest.mark.parametrize("body", WALKERS, ids=lambda body: body.name)


def _robot(body=go2, scene="empty", **options):
    locomotion = options.pop("locomotion", None)
    return navila.connect(body, world="mujoco", scene=scene, fidelity="physics", locomotion=locomotion, options=options)


@ALL
def test_actions_end_where_their_sentences_say(body):
    with _robot(body) as robot:
        for sentence in ("move forward 75 cm", "turn left 30 degrees", "turn right 45 degrees"):
            action = navila.parse_action(sentence)
            goal = robot.state().pose.compose(action.displacement())
            assert robot.execute(action) is navila.Outcome.REACHED
            robot.stand(0.5)
            off = robot.state().pose.relative(goal)
            near_m, near_deg = NEAR[body.name]
            assert math.hypot(off.x_m, off.y_m) < near_m
            assert abs(off.yaw_rad) < math.radians(near_deg)


def test_a_body_feels_its_velocity_in_its_own_frame():
    with _robot() as robot:
        robot.run([navila.TurnLeft(2.0)])
        walker = robot._driver._walker
        root = int(walker.model.dof_bodyid[walker.root_dof])
        for _ in range(25):
            walker.step(Twist(0.5, 0.2, 0.3))
            # MuJoCo's own answer is of this moment only after a forward pass.
            mujoco.mj_forward(walker.model, walker.data)
            six = np.zeros(6)
            mujoco.mj_objectVelocity(walker.model, walker.data, mujoco.mjtObj.mjOBJ_XBODY, root, six, 1)
            senses = walker.senses()
            np.testing.assert_allclose(senses.linear_mps, six[3:], atol=1e-9)
            np.testing.assert_allclose(senses.angular_radps, six[:3], atol=1e-9)


def test_a_body_whose_physics_blows_up_says_so_instead_of_walking_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MuJoCo writes its log where it stands
    with _robot() as robot:
        walker = robot._driver._walker
        walker.data.qvel[walker.root_dof] = 1e12  # finite, and beyond what MuJoCo bears
        with pytest.raises(ObservationError, match=r"the physics blew up at .*blind\.onnx"):
            robot.stand(0.1)


@ALL
def test_standing_still_stays(body):
    with _robot(body) as robot:
        robot.stand(1.0)
        before = robot.true_pose()
        robot.stand(10.0)
        after = robot.true_pose()
        assert before.distance_m(after) < 0.02
        assert abs(wrap_angle(after.yaw_rad - before.yaw_rad)) < math.radians(3)
        assert robot.state().tilt_rad < 0.2


def test_the_same_seed_walks_the_same_way():
    ends = []
    for _ in range(2):
        with _robot() as robot:
            robot.execute(navila.MoveForward(0.5))
            ends.append(robot.true_pose())
    assert ends[0] == ends[1]


def test_it_is_a_driver_like_any_other():
    with _robot() as robot:
        driver = robot._driver
        assert isinstance(driver, SimulatedDriver)
        assert isinstance(driver, Pictured)
        still = robot.picture(80, 60)
        robot.execute(navila.MoveForward(0.25))
        moved = robot.picture(80, 60)
        assert still is not None
        assert moved is not None
        assert (still != moved).any()
        assert robot.observe().rgb.shape == (48, 64, 3)
        assert robot.cloud() is not None


def test_walking_into_a_wall_is_felt():
    scene = place(thing("box", box(6.7, 5, 0.3, 3.0)))
    with _robot(scene=scene) as robot:
        felt = False
        for _ in range(200):
            robot._driver.send(Twist(0.5))
            robot._driver.advance()
            felt = felt or robot.state().contact
        assert felt
        assert robot.true_pose().x_m < 6.55


def test_a_robot_that_starts_fallen_is_stopped_at_once():
    with _robot(start_tilt_rad=1.6) as robot:
        assert robot.execute(navila.MoveForward(0.5)) is navila.Outcome.ESTOPPED
        assert "tilted" in robot.estop_cause


def test_a_robot_that_starts_in_a_wall_is_refused():
    scene = place(thing("box", box(5, 5, 0.5, 0.5)))
    with pytest.raises(SceneError, match="it would stand in"):
        _robot(scene=scene)


@pytest.mark.parametrize(("near_m", "on_it"), [(0.26, False), (-0.2, True)])
def test_a_body_is_put_down_on_what_is_under_its_soles_not_on_what_is_before_them(near_m, on_it):
    start = place().start
    board = box(start.x_m + near_m + 0.5, start.y_m, 1.0, 1.0, 0.1)
    scene = attrs.evolve(place(), ground=(board,))
    assert near_m < h1.footprint.length_m / 2, "the board reaches into its footprint"
    with _robot(h1, scene, locomotion="vision") as robot:
        up_m = robot._driver.base_m()[2] - h1.base_height_m
        assert up_m == pytest.approx(0.1 if on_it else 0.0, abs=0.03)
        assert robot.true_pose().distance_m(start) < 0.02, "who falls 10 cm doesn't stand where it was put"


def test_a_push_does_not_fell_it():
    with _robot() as robot:
        walker = robot._driver._walker
        robot.stand(1.0)
        walker.data.qvel[walker.root_dof + 1] += 0.5
        robot.stand(2.0)
        assert robot.state().tilt_rad < 0.2


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"locomotion": "sideways"}, CapabilityError, "'sideways'; it has: blind"),
        ({"locomotion": "nowhere/x.onnx"}, PolicyError, "no such policy file"),
        ({"model": "nowhere.xml"}, ConfigError, "no such robot model"),
        ({"step_s": 0.01}, ConfigError, "runs every 0.02 s"),
        ({"command_noise": 0.1}, ConfigError, "for kinematic bodies"),
        ({"actuator_delay_s": 1.0}, ConfigError, "actuator_delay_s"),
    ],
)
def test_what_can_not_walk_is_told(options, error, told):
    with pytest.raises(error) as caught:
        _robot(**options)
    assert told in str(caught.value)


def test_a_model_that_is_none(tmp_path):
    bad = tmp_path / "x.xml"
    bad.write_text("<mujoco><worldbody><geom")
    with pytest.raises(ConfigError, match="can't read this robot model"):
        _robot(model=str(bad))
    bad.write_text("<mujoco><worldbody><body><geom size='1'/></body></worldbody></mujoco>")
    with pytest.raises(ConfigError, match="free joint"):
        _robot(model=str(bad))


def test_a_policy_of_another_body():
    with pytest.raises(PolicyError, match="doesn't have"):
        _robot(h1, locomotion=str(packaged_file(go2.policies["blind"])))


def test_legs_are_asked_of_a_body_that_has_none():
    with pytest.raises(UserInputError, match="kinematic body has no legs"):
        navila.connect(go2, world="mujoco", scene="empty", locomotion="blind")
    with pytest.raises(CapabilityError, match="no physical model"):
        _robot(attrs.evolve(go2, model=None))
    with pytest.raises(CapabilityError, match="no locomotion policy"):
        _robot(attrs.evolve(go2, policies={}))


def test_a_model_of_the_users_own(tmp_path):
    text = robot_model(go2).read_text().replace('mass="6.921"', 'mass="7.5"')
    own = tmp_path / "mine.xml"
    own.write_text(text.replace("<worldbody>", '<worldbody><geom type="plane" size="1 1 1"/>', 1))
    with _robot(model=str(own)) as robot:
        assert robot.execute(navila.MoveForward(0.5)) is navila.Outcome.REACHED
        assert sum(robot._driver._walker.model.body_mass) == pytest.approx(15.206 + 7.5 - 6.921, abs=0.01)


@ALL
def test_card_record_and_recipe_agree(body):
    recipe = tomllib.loads(packaged_file(body.recipe).read_text(encoding="utf-8"))
    for kind, target in body.policies.items():
        assert packaged_file(target).stat().st_size < 2_000_000
        card = locomotion_policy(body, kind).card
        assert (card.embodiment, card.kind) == (body.name, kind)
        assert list(card.joints) == list(recipe["joints"])
        for name, servo in card.joints.items():
            asked = recipe["joints"][name]
            assert (servo.default_rad, servo.kp, servo.kd) == (asked["default_rad"], asked["kp"], asked["kd"])
        assert card.base_height_m == recipe["base_height_m"]
        assert card.rate_hz == body.control_hz
        assert card.origin.licence
        limits, asked = body.limits, card.commands
        assert np.all(np.array(asked.vx_mps) == (limits.vx_min_mps, limits.vx_max_mps))
        assert asked.vy_mps == (-limits.vy_max_mps, limits.vy_max_mps)
        assert asked.wz_radps == (-limits.wz_max_radps, limits.wz_max_radps)


SEEING = [body for body in (go2, h1, t1) if "vision" in body.policies]
STAIRS_CM = {"go2": 13, "h1": 5, "t1": 5}


@pytest.mark.parametrize("body", SEEING, ids=lambda body: body.name)
def test_a_policy_that_sees_climbs_stairs_by_what_its_own_sensor_shows(body):
    with _robot(body, f"terrain:stairs:{STAIRS_CM[body.name]}", locomotion="vision") as robot:
        highest = 0.0
        for _ in range(1500):
            pose = robot.true_pose()
            robot._driver.send(Twist(0.5, 0.0, -1.5 * pose.yaw_rad - 0.8 * (pose.y_m - 3.0)))
            robot._driver.advance()
            highest = max(highest, robot._driver._lift_m)
            if pose.x_m > 7.2:
                break
        assert robot.true_pose().x_m > 7.2
        assert robot.state().tilt_rad < 0.5
        assert highest > 0.045 * STAIRS_CM[body.name]


def test_a_policy_that_sees_stands_when_its_sensor_goes_dark():
    with _robot(go2, "empty", locomotion="vision") as robot:
        robot.execute(navila.MoveForward(0.5))
        sense = robot._driver._sense
        sense._rays.scan = lambda *_: (np.full((8, 3), np.nan), np.zeros(3))
        before = robot.true_pose()
        for _ in range(100):
            robot._driver.send(Twist(0.5))
            robot._driver.advance()
        assert "old" in robot._driver._walker.held_back
        assert before.distance_m(robot.true_pose()) < 0.45
        for _ in range(50):
            robot._driver.advance()
        assert max(abs(v) for v in robot._driver._walker.velocity) < 0.1


@ALL
def test_a_sudden_stop_does_not_fell_it(body):
    with _robot(body) as robot:
        for _ in range(4):
            for _ in range(107):
                robot._driver.send(Twist(0.5))
                robot._driver.advance()
            for _ in range(100):
                robot._driver.send(Twist())
                robot._driver.advance()
        assert robot.state().tilt_rad < 0.2
        assert max(abs(v) for v in robot._driver._walker.velocity) < 0.1


# Arms that swing at the gait's pace turn the trunk with them: the h1's did, held at 40 N m/rad (0.083 rad/s).
@ALL
@pytest.mark.parametrize("locomotion", ["blind", "vision"])
def test_it_turns_on_the_spot_as_evenly_as_benchmarks_say(body, locomotion):
    asked, off = math.pi / 6, []
    with _robot(body, locomotion=locomotion) as robot:
        walker = robot._driver._walker
        for tick in range(400):
            robot._driver.send(Twist(0.0, 0.0, asked))
            robot._driver.advance()
            if tick >= 50:
                off.append(abs(walker.data.qvel[walker.root_dof + 5] - asked))
    assert np.mean(off) < 0.075
