"""What the plugin decides without habitat-sim: frames, steps, sensors, navmeshes, options, scenes, pictures."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_habitat import frames, record
from navila_habitat.camera import depth_of, rgb_of, semantic_of, sensors_of
from navila_habitat.chart import Chart
from navila_habitat.floor import floor_from_view, occupancy_of, sketched
from navila_habitat.navmesh import NavmeshBody, body_of, plan_navmesh
from navila_habitat.options import PATH, HabitatOptions
from navila_habitat.place import find_place
from navila_habitat.steps import Step, StepCounter
from navila_habitat.velocity import Velocity
from navila_vlnce import frames as vlnce
from scipy import ndimage

from navila_sdk.embodiment import Camera, Footprint
from navila_sdk.errors import CapabilityError, ConfigError, SceneError, UnknownNameError
from navila_sdk.geometry import Pose2, Twist, wrap_angle
from navila_sdk.scenes import load_scene, save_scene
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import occupancy
from navila_sdk.scenes.scene import SceneMesh
from navila_sdk.strict import read_options
from navila_sdk.testing.fake import fake_embodiment
from tests.habitat.standin.navmesh import NavMeshSettings
from tests.habitat.standin.simulator import turned

LENGTH = st.floats(-100, 100)
ANGLE = st.floats(-10, 10)


# -- frames ---------------------------------------------------------------------------------------


@given(LENGTH, LENGTH, LENGTH)
def test_points_come_back(x: float, y: float, z: float) -> None:
    assert frames.from_world(frames.to_world(x, y, z)) == (x, y, z)


@given(ANGLE)
def test_headings_come_back(yaw: float) -> None:
    assert wrap_angle(frames.yaw_of(frames.rotation_of(yaw)) - yaw) == pytest.approx(0, abs=1e-9)


@given(LENGTH, LENGTH, LENGTH, ANGLE)
def test_episodes_and_world_have_one_frame(x: float, y: float, z: float, yaw: float) -> None:
    assert frames.to_world(x, y, z) == vlnce.to_habitat((x, y, z))
    assert frames.rotation_of(yaw) == pytest.approx(vlnce.yaw_to_habitat(yaw))


@given(LENGTH, LENGTH, ANGLE, LENGTH, LENGTH)
def test_a_place_on_the_body_is_where_the_body_says(x: float, y: float, yaw: float, ahead: float, left: float) -> None:
    expected = Pose2(x, y, yaw).compose(Pose2(ahead, left))
    mount = turned(*frames.rotation_of(yaw)) @ np.array(frames.mount_of(ahead, left, 0.7))
    found = frames.from_world(np.array(frames.to_world(x, y)) + mount)
    assert found == pytest.approx((expected.x_m, expected.y_m, 0.7), abs=1e-6)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), ANGLE)
def test_velocities_point_the_same_way(vx: float, vy: float, wz: float, yaw: float) -> None:
    linear, angular = frames.local_velocities(Twist(vx, vy, wz))
    moved = frames.from_world(turned(*frames.rotation_of(yaw)) @ np.array(linear))
    expected = Pose2(0, 0, yaw).compose(Pose2(vx, vy))
    assert moved == pytest.approx((expected.x_m, expected.y_m, 0), abs=1e-9)
    assert angular == (0, wz, 0)


# -- steps and velocities -------------------------------------------------------------------------


@given(st.lists(st.floats(0.05, 1.5), min_size=1, max_size=200))
def test_a_body_is_at_the_step_nearest_to_its_command(speeds: list[float]) -> None:
    counter, taken, wanted = StepCounter(0.25, math.radians(15)), 0, 0.0
    for speed in speeds:
        taken += counter.due(Twist(speed), 0.02) is Step.FORWARD
        wanted += speed * 0.02
        assert abs(taken * 0.25 - wanted) <= 0.125 + 1e-9


@given(st.lists(st.floats(-1.5, 1.5), min_size=1, max_size=200), st.sampled_from([15, 30]))
def test_turns_are_the_nearest_too(rates: list[float], degrees: int) -> None:
    angle = math.radians(degrees)
    counter, taken, wanted = StepCounter(0.25, angle), 0, 0.0
    for rate in rates:
        if rate == 0:
            continue
        step = counter.due(Twist(0, 0, rate), 0.02)
        taken += {Step.LEFT: 1, Step.RIGHT: -1}.get(step, 0) if step else 0
        wanted += rate * 0.02
        assert abs(taken * angle - wanted) <= angle / 2 + 1e-9


def steps(counter: StepCounter, twist: Twist, seconds: float) -> list[Step]:
    return [step for _ in range(round(seconds / 0.02)) if (step := counter.due(twist, 0.02))]


@pytest.mark.parametrize(
    ("twist", "seconds", "expected"),
    [
        (Twist(0.5), 1.5, [Step.FORWARD] * 3),
        (Twist(0, 0, math.pi / 6), 1.5, [Step.LEFT] * 3),
        (Twist(0, 0, -math.pi / 6), 1.0, [Step.RIGHT] * 2),
        (Twist(-0.5), 3.0, []),
        (Twist(0, 0.5), 3.0, []),
        (Twist(0.5, 0, 0.1), 1.0, [Step.FORWARD] * 2),
        (Twist(0.01, 0, math.pi / 6), 1.0, [Step.LEFT] * 2),
    ],
)
def test_sentences_of_navila_are_whole_steps(twist: Twist, seconds: float, expected: list[Step]) -> None:
    assert steps(StepCounter(0.25, math.radians(15)), twist, seconds) == expected


def test_a_stop_forgets_what_was_owed() -> None:
    counter = StepCounter(0.25, math.radians(15))
    for _ in range(10):
        assert steps(counter, Twist(0.5), 0.2) == []
        counter.due(Twist(), 0.02)


def test_velocity_keeps_the_limits() -> None:
    limits = fake_embodiment().limits
    velocity, before = Velocity(limits, 0.02), Twist()
    for _ in range(200):
        now = velocity.step(Twist(9, -9, 9))
        assert now.vx_mps - before.vx_mps <= limits.ax_max_mps2 * 0.02 + 1e-9
        before = now
    assert before.as_tuple() == pytest.approx((limits.vx_max_mps, -limits.vy_max_mps, limits.wz_max_radps))
    velocity.halt()
    assert velocity.twist.is_zero


# -- sensors --------------------------------------------------------------------------------------


def test_the_camera_becomes_sensors_of_one_mount() -> None:
    camera = Camera(
        x_m=0.3, y_m=0.1, z_m=0.5, pitch_rad=0.2, hfov_rad=math.radians(79), width_px=640, height_px=480, rate_hz=10
    )
    color, depth, semantic = sensors_of(camera, depth=True, semantic=True)
    assert [plan.uuid for plan in (color, depth, semantic)] == ["rgb", "depth", "semantic"]
    assert color.position == (-0.1, 0.5, -0.3)
    assert color.orientation == (-0.2, 0, 0)
    assert color.hfov_deg == pytest.approx(79)
    assert (depth.position, depth.orientation) == (color.position, color.orientation)
    assert (color.width_px, color.height_px) == (640, 480)
    (only,) = sensors_of(camera.sized(32, 24))
    assert (only.width_px, only.height_px) == (32, 24)


def test_planners_and_reports_are_told_of_the_camera_the_options_make() -> None:
    body = fake_embodiment()
    changed = {"camera_m": [0.0, 0.0, 1.25], "camera_hfov_deg": 90.0, "picture_px": [512, 512]}
    camera = record.embodied(body, changed).camera
    assert (camera.x_m, camera.z_m, camera.width_px, camera.height_px) == (0.0, 1.25, 512, 512)
    assert (camera.hfov_rad, camera.pitch_rad) == (pytest.approx(math.pi / 2), body.camera.pitch_rad)
    assert record.embodied(body, {}) is body
    with pytest.raises(ConfigError, match=r"worlds\.habitat\.picture_px: must be"):
        record.embodied(body, {"picture_px": [0, 512]})


def test_pictures_are_copies() -> None:
    raw = np.full((2, 3, 4), 7, np.uint8)
    rgb, depth = rgb_of(raw), np.array([[0.0, 2.5], [1000.0, 3.0]], np.float32)
    told = depth_of(depth)
    semantic = semantic_of(np.array([[1, 2]], np.uint32))
    raw[:], depth[:] = 9, 9
    assert rgb.shape == (2, 3, 3)
    assert (rgb == 7).all()
    assert told.tolist() == [[np.inf, 2.5], [np.inf, 3.0]]
    assert semantic.dtype == np.int32


# -- navmesh --------------------------------------------------------------------------------------

FOOT = Footprint(length_m=0.6, width_m=0.3, height_m=0.4, clearance_m=0.05)


def options(**values: object) -> HabitatOptions:
    return read_options(HabitatOptions, values, PATH)


def test_the_navmesh_is_for_the_body() -> None:
    body = body_of(FOOT, options())
    assert (body.radius_m, body.height_m) == (pytest.approx(FOOT.radius_m), 0.4)
    assert body_of(FOOT, options(agent_radius_m=0.1, agent_height_m=1.5)).radius_m == 0.1
    settings = NavMeshSettings()
    assert not body.fits(settings)
    body.write(settings)
    assert body.fits(settings)
    assert not body.fits(None)


def test_what_is_there_is_taken_unless_a_body_is_named(tmp_path: Path) -> None:
    scene = tmp_path / "a.basis.glb"
    scene.write_bytes(b"x")
    plan = plan_navmesh(scene, "z", FOOT, options(), tmp_path / "cache")
    assert plan.found[0] == tmp_path / "a.navmesh"
    assert plan.keep == plan.found[-1]
    assert not plan.strict
    assert plan_navmesh(scene, "z", FOOT, options(agent_radius_m=0.2), tmp_path).strict
    assert plan_navmesh(scene, "z", FOOT, options(navmesh="computed"), tmp_path).found == ()
    assert plan_navmesh(scene, "z", FOOT, options(save_beside=True), tmp_path).keep == plan.found[0]


def test_a_cached_navmesh_is_of_this_file_up_axis_and_body(tmp_path: Path) -> None:
    scene = tmp_path / "a.glb"
    scene.write_bytes(b"x")
    names = {plan_navmesh(scene, "z", FOOT, options(), tmp_path).keep}
    names.add(plan_navmesh(scene, "y", FOOT, options(), tmp_path).keep)
    names.add(plan_navmesh(scene, "z", FOOT, options(max_climb_m=0.1), tmp_path).keep)
    names.add(plan_navmesh(scene, "z", attrs.evolve(FOOT, width_m=0.5), options(), tmp_path).keep)
    scene.write_bytes(b"xy")
    names.add(plan_navmesh(scene, "z", FOOT, options(), tmp_path).keep)
    assert len(names) == 5
    assert NavmeshBody(0.1, 1.5, 0.2, 45, 0.05) == NavmeshBody(0.1, 1.5, 0.2, 45, 0.05)


# -- options and scenes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"motion": "walking"}, "motion"),
        ({"turn_step_deg": 0}, "turn_step_deg"),
        ({"picture_px": [0, 5]}, "picture_px"),
        ({"agent_radius_m": math.nan}, "agent_radius_m"),
        ({"slidding": True}, "sliding"),
        ({"start": [1.0, 2.0]}, "start"),
    ],
)
def test_options_that_do_not_fit_are_named(values: dict[str, object], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        options(**values)


def test_the_page_shows_every_option_and_its_default() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "habitat.md").read_text(encoding="utf-8")
    block = page.partition("## Options")[2].partition("```toml")[2].partition("```")[0]
    written = tomllib.loads(block)["worlds"]["habitat"]
    assert options(**written) == HabitatOptions()
    commented = dict(line.removeprefix("# ").split(" = ", 1) for line in block.splitlines() if line.startswith("# "))
    everything = tomllib.loads("\n".join(f"{name} = {value}" for name, value in commented.items()))
    options(**everything)
    assert {*written, *commented} == {field.name for field in attrs.fields(HabitatOptions)}


def test_our_scenes_are_exported_once_and_described(cache: Path) -> None:
    folder = cache / "places"
    folder.mkdir(exist_ok=True)
    scene = load_scene("apartment:7")
    place = find_place(scene, options(), folder)
    moved = attrs.evolve(scene, start=attrs.evolve(scene.start, x_m=2.0), errands=())
    assert find_place(moved, options(), folder).file == place.file
    assert find_place("apartment:8", options(), folder).file != place.file
    assert place.up == "y"
    assert place.load.endswith(".stage_config.json")
    assert place.floor_m == 0.0


def test_a_mesh_of_the_users_is_loaded_as_it_is(cache: Path) -> None:
    folder = cache / "meshes"
    folder.mkdir(exist_ok=True)
    glb = find_place("apartment:7", options(), folder).file
    scene = attrs.evolve(load_scene("apartment:7"), mesh=SceneMesh(str(glb), "z", floor_m=3.2), walls=(), objects=())
    place = find_place(scene, options(), folder)
    assert (place.load, place.up, place.floor_m) == (str(glb), "z", 3.2)
    assert find_place(scene, options(up="y"), folder).load.endswith(".stage_config.json")
    with pytest.raises(CapabilityError, match="metres"):
        find_place(attrs.evolve(scene, mesh=SceneMesh(str(glb), scale=0.01)), options(), folder)
    with pytest.raises(SceneError, match="isn't there"):
        find_place(attrs.evolve(scene, mesh=SceneMesh(str(glb) + "x")), options(), folder)


def test_scenes_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError):
        find_place("no-such-scene", options(), tmp_path)
    with pytest.raises(SceneError, match=r"nowhere\.stage_config\.json"):
        find_place("nowhere.stage_config.json", options(), tmp_path)
    with pytest.raises(SceneError, match="dataset"):
        find_place("apt_0", options(dataset=str(tmp_path / "x.scene_dataset_config.json")), tmp_path)
    with pytest.raises(CapabilityError, match="ground to climb"):
        find_place("terrain:stairs", options(), tmp_path)


def test_scene_files_work_too(cache: Path) -> None:
    folder = cache / "files"
    folder.mkdir(exist_ok=True)
    save_scene(load_scene("apartment:7"), folder / "mine.json")
    assert find_place(str(folder / "mine.json"), options(), folder).file.is_file()


# -- the floor from above -------------------------------------------------------------------------


def test_the_floor_from_above_is_our_way_round() -> None:
    view = np.zeros((3, 4), np.bool_)
    view[0, 3] = True  # least z, most x: most y, most x
    floor = floor_from_view(view, (-1.0, -2.0), 0.5, 0.2)
    assert floor.open.shape == (4, 3)
    assert floor.open[3, 2]
    assert floor.open.sum() == 1
    x, y = (corner + (index + 0.5) * 0.5 for corner, index in zip(floor.corner_m, (3, 2), strict=True))
    assert (x, y) == pytest.approx((0.5, 2.0))


def test_a_sketch_blocks_what_the_navmesh_blocks() -> None:
    rng = np.random.default_rng(2)
    view = np.zeros((60, 80), np.bool_)
    for _ in range(6):
        r, c = int(rng.integers(5, 35)), int(rng.integers(5, 50))
        view[r : r + 20, c : c + 25] = True
    floor = floor_from_view(view, (-3.0, 1.0), 0.05, 0.2)
    start = Pose2(*np.array(floor.corner_m) + (np.argwhere(floor.open)[0] + 0.5) * 0.05)
    scene = sketched("place", floor, start)
    grid, known = occupancy(scene, 0.2), occupancy_of(floor)
    agree = 0
    cells = np.argwhere(ndimage.binary_dilation(floor.open, iterations=3))
    for ix, iy in cells:
        x, y = known.center_m(int(ix), int(iy))
        agree += grid.is_free(x, y) == bool(floor.open[ix, iy])
    assert agree / len(cells) > 0.97
    field = DistanceField(grid, (start.x_m, start.y_m))
    far = known.center_m(*(int(i) for i in np.argwhere(floor.open)[-1]))
    assert field.distance_m(*far) == pytest.approx(
        DistanceField(known, (start.x_m, start.y_m)).distance_m(*far), rel=0.03
    )
    assert known.clearance_m.max() > 0.2
    assert len(scene.walls) < 400


def test_the_map_shows_the_robot_where_it_is() -> None:
    view = np.ones((40, 80), np.bool_)
    chart = Chart(floor_from_view(view, (0.0, 0.0), 0.05, 0.1))
    column, row = chart.pixel(3.0, -0.5, 200, 120)
    picture = chart.picture(Pose2(3.0, -0.5, math.pi / 2), [(1.0, -0.5)], 200, 120)
    assert picture.shape == (120, 200, 3)
    red = np.argwhere((picture == (214, 78, 52)).all(axis=-1))
    assert abs(np.median(red[:, 1]) - column) <= 1
    assert red[:, 0].min() < row - 8  # the nose points north
    assert red[:, 0].max() < row + 7
