"""The plugin in real physics: everything but Isaac itself, which MuJoCo stands in for behind the seam."""

from __future__ import annotations

import math

import navila_mujoco
import numpy as np
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_isaac.faults import InvalidTwistError, RateError, WorldBusyError, WorldClosedError
from navila_t1 import embodiment as t1

from navila_sdk.errors import CapabilityError, ConfigError, PolicyError, SceneError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.locomotion.read_card import card_from_toml
from navila_sdk.testing import WorldConformance
from navila_sdk.world import Pictured, Placeable, SimulatedDriver, WorldRequest
from tests.isaac.living import live, record
from tests.isaac.stand_in import StandIn
from tests.mujoco.places import box, cylinder, place, thing

WALL = thing("wall", box(7.0, 5.0, 0.2, 6.0, 2.0))


def run(driver, twist: Twist, seconds: float):
    for _ in range(round(seconds / driver.step_s)):
        driver.send(twist)
        driver.advance()
    return driver.state()


def stand_in(driver) -> StandIn:
    return driver._simulator


@pytest.fixture
def driver():
    """Closes what a test opens: a process has one world."""
    opened = []

    def opener(*args, **kwargs):
        opened.append(live(*args, **kwargs))
        return opened[-1]

    yield opener
    for made in opened:
        made.close()


STANDS_IN = {"imports-light": "the simulator that stands in imports MuJoCo; test_start looks at the plugin itself"}


class TestKinematic(WorldConformance):
    world = record
    fidelity = "kinematic"
    waived = STANDS_IN


class TestPhysics(WorldConformance):
    world = record
    embodiment = "go2"
    fidelity = "physics"
    waived = STANDS_IN


@pytest.mark.parametrize("body", [go2, h1, t1], ids=lambda body: body.name)
@pytest.mark.parametrize("kind", ["blind", "vision"])
def test_each_bodys_own_policies_walk(driver, body, kind):
    if kind not in body.policies:
        with pytest.raises(CapabilityError, match=kind):
            driver("empty", body, "physics", locomotion=kind)
        return
    made = driver("empty", body, "physics", locomotion=kind)
    state = run(made, Twist(0.4), 3.0)
    assert state.pose.x_m > 0.6
    assert state.tilt_rad < 0.3
    assert not state.contact
    assert made.true_pose().x_m == pytest.approx(made.scene.start.x_m + state.pose.x_m, abs=1e-6)


def test_navilas_own_height_map_card_finds_its_rays(driver, tmp_path):
    """The published Go2 policy's grid, with a network of zeros: it stands where the card's default pose stands."""
    import importlib.resources

    from navila_sdk.locomotion.network_file import write_network

    card = card_from_toml(importlib.resources.files("navila_go2") / "cards" / "navila_go2_vision.toml")
    layer = np.zeros((len(card.joints), card.inputs), np.float32), np.zeros(len(card.joints), np.float32)
    write_network(tmp_path / "still.onnx", [layer], card)
    made = driver("empty", go2, "physics", locomotion=str(tmp_path / "still.onnx"))
    state = run(made, Twist(0.5), 0.5)
    assert state.tilt_rad < 0.2
    assert "ground" in stand_in(made).casts


def test_what_a_seeing_policy_knows_of_stairs_is_mostly_the_truth(driver):
    """The map gathered from scans against rays straight down, on the way to the first step."""
    maps = {}
    for source in ("sensed", "exact"):
        made = driver("terrain:stairs", h1, "physics", locomotion="vision", height_map=source)
        run(made, Twist(0.4), 1.0)
        maps[source] = made._mover._sense.look(made._simulator, made._simulator.read(), 1.0)
        made.close()
    both = np.isfinite(maps["sensed"].heights_m) & np.isfinite(maps["exact"].heights_m)
    assert both.mean() > 0.5
    off = np.abs(maps["sensed"].heights_m - maps["exact"].heights_m)[both]
    assert np.median(off) < 0.05


@pytest.mark.parametrize("fidelity", ["kinematic", "physics"])
def test_a_wall_stops_the_body_and_is_felt(driver, fidelity):
    made = driver(place(WALL), go2, fidelity)
    felt = False
    for _ in range(250):
        made.send(Twist(0.5))
        made.advance()
        felt = felt or made.state().contact
    assert felt
    assert made.true_pose().x_m < 6.9 - 0.25
    assert not run(made, Twist(-0.4), 2.0).contact


def test_free_walking_is_not_touching(driver):
    made = driver("empty", go2, "physics")
    touched = 0
    for _ in range(150):
        made.send(Twist(0.5, 0.0, 0.3))
        made.advance()
        touched += made.state().contact
    assert touched == 0


def test_a_fall_shows_in_the_tilt(driver):
    made = driver("empty", go2, "physics")
    simulator = stand_in(made)
    reading = simulator.read()
    simulator.put(reading.position_m + np.array((0, 0, 0.3)), np.array((0.0, 1.0, 0.0, 0.0)))
    made.advance()
    assert made.state().tilt_rad > 2.5


@pytest.mark.parametrize("body", [go2, t1], ids=lambda body: body.name)
@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
def test_the_range_scan_is_mujocos(driver, body, yaw):
    scene = place(WALL, thing("post", cylinder(5.0, 6.5, 0.4)), start=Pose2(5.0, 5.0, yaw))
    ours = driver(scene, body).state().scan
    theirs = navila_mujoco.record.make(WorldRequest(body, scene, "kinematic")).state().scan
    order = np.argsort(ours.bearing_rad)
    at = np.interp(
        theirs.bearing_rad, ours.bearing_rad[order], np.where(np.isinf(ours.range_m), 9.0, ours.range_m)[order]
    )
    expected = np.where(np.isinf(theirs.range_m), 9.0, theirs.range_m)
    # Bearings lie up to 1.5 degrees apart, so edges of things may fall to either side.
    assert np.mean(np.abs(at - expected) < 0.1) > 0.9


def test_the_cloud_is_in_the_level_base_frame(driver):
    points = driver(place(WALL)).cloud().points_m
    ahead = points[(np.abs(points[:, 1]) < 0.2) & (np.abs(points[:, 2] + go2.base_height_m) > 0.1) & (points[:, 0] > 0)]
    assert ahead[:, 0].max() == pytest.approx(1.9, abs=0.01)
    assert points[:, 2].min() == pytest.approx(-go2.base_height_m, abs=0.01)


def test_the_picture_shows_what_stands_ahead(driver):
    frame = driver(place(thing("wall", box(7.0, 5.0, 0.2, 8.0, 3.0, rgb=(205, 40, 40))))).observe()
    middle = frame.rgb[frame.rgb.shape[0] // 2, frame.rgb.shape[1] // 2]
    assert middle == pytest.approx((205, 40, 40), abs=3)
    assert frame.depth_m[frame.rgb.shape[0] // 2, frame.rgb.shape[1] // 2] == pytest.approx(6.9 - 5.1, abs=0.02)


def test_decimation_is_the_timings(driver):
    made = driver("empty", go2, "physics")
    before = stand_in(made).steps
    run(made, Twist(), 0.2)
    assert stand_in(made).steps - before == 40


@pytest.mark.parametrize("fidelity", ["kinematic", "physics"])
def test_a_body_can_be_placed(driver, fidelity):
    made = driver("empty", go2, fidelity)
    assert isinstance(made, Placeable)
    run(made, Twist(0.5), 1.0)
    time_s = made.state().time_s
    made.place(Pose2(3.0, 4.0, 1.0))
    assert made.true_pose().distance_m(Pose2(3.0, 4.0)) < 1e-6
    assert made.true_pose().yaw_rad == pytest.approx(1.0, abs=1e-6)
    assert made.state().time_s == time_s
    assert made.scene.start.compose(made.state().pose).distance_m(Pose2(3.0, 4.0)) < 1e-6
    assert run(made, Twist(), 1.0).pose.distance_m(made.scene.start.relative(Pose2(3.0, 4.0))) < 0.05


def test_any_seed_of_the_sdks_will_do(driver):
    assert 0 <= stand_in(driver("empty", seed=2**63 + 5)).plan.seed < 2**32


def test_films_need_a_camera_for_them(driver):
    assert not isinstance(driver("empty"), Pictured)


def test_films_are_of_the_size_asked(driver):
    made = driver("empty", overview_px=(64, 48))
    assert isinstance(made, Pictured)
    assert made.overview(64, 48).shape == (48, 64, 3)
    assert made.overview(32, 16).shape == (16, 32, 3)
    with pytest.raises(ConfigError, match="1 to 4096"):
        made.overview(0, 10)


def test_one_world_at_a_time(driver, monkeypatch):
    from navila_isaac import app

    made = driver("empty")
    assert isinstance(made, SimulatedDriver)
    with pytest.raises(WorldBusyError, match="one at a time"):
        app.check_free()
    made.close()
    app.check_free()


def test_a_closed_world_is_closed(driver):
    made = driver("empty")
    simulator = stand_in(made)
    made.close()
    made.close()
    assert simulator.closed
    made.send(Twist())
    for call in (made.state, made.observe, made.cloud, made.advance, lambda: made.send(Twist(0.1))):
        with pytest.raises(WorldClosedError):
            call()


def test_a_twist_must_be_numbers(driver):
    with pytest.raises(InvalidTwistError):
        driver("empty").send(Twist(math.nan))


def test_a_start_inside_something_is_refused():
    with pytest.raises(SceneError, match="footprint"):
        live(place(thing("box", box(5.3, 5.0, 0.3, 0.3))))
    live("empty").close()


def test_a_world_that_cannot_be_built_is_let_go_of():
    made = []

    def simulate(plan):
        made.append(StandIn(plan))
        return made[-1]

    from navila_isaac.build import assemble, prepare

    with pytest.raises(SceneError):
        assemble(prepare(WorldRequest(go2, place(thing("box", box(5.3, 5.0, 0.3, 0.3))), "kinematic")), simulate)
    assert made[0].closed


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"fidelity": "kinematic", "locomotion": "blind"}, ConfigError, "no legs"),
        ({"fidelity": "kinematic", "robot": "x.usd"}, ConfigError, r"worlds\.isaac\.robot is for walking"),
        ({"fidelity": "kinematic", "scene": "terrain:stairs"}, CapabilityError, "ground to climb"),
        ({"fidelity": "dynamic"}, CapabilityError, "offers: physics, kinematic"),
        ({"fidelity": "physics", "step_s": 0.01}, RateError, "runs every 0.02"),
        ({"fidelity": "physics", "locomotion": "sporty"}, CapabilityError, "sporty"),
        ({"fidelity": "physics", "locomotion": "x.onnx"}, PolicyError, "no such policy file"),
        ({"device": "gpu"}, ConfigError, "device"),
        ({"rendering": "fast"}, ConfigError, "rendering"),
        ({"picture_px": (0, 5)}, ConfigError, "picture_px"),
        ({"effort_limit_nm": {"FL_hip_joint": -1.0}}, ConfigError, "effort_limit_nm"),
        ({"physics_dt": 0.005}, ConfigError, "physics_dt"),
    ],
)
def test_bad_input_is_told(how, error, said):
    with pytest.raises(error, match=said):
        live(**how)


def test_a_card_for_other_joints_is_refused_before_isaac_starts(tmp_path):
    path = tmp_path / "r.xml"
    path.write_text(
        "<mujoco><worldbody><body name='b'><freejoint/><body><joint name='knee'/></body></body></worldbody></mujoco>",
        encoding="utf-8",
    )
    with pytest.raises(PolicyError, match="doesn't have"):
        live(fidelity="physics", robot=str(path))
