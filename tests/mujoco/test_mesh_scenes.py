"""Robots in mesh scenes: they see, measure, bump into and walk on what is there, as in the solid scene."""

from __future__ import annotations

import attrs
import mujoco
import numpy as np
import pytest
from navila_mujoco.camera import RayCamera
from navila_mujoco.faults import RenderError
from navila_mujoco.ground import Ground
from navila_mujoco.lidar import RayLidar
from navila_mujoco.physics.arena import build_arena, load_robot
from navila_mujoco.physics.rangefinder import Rangefinder
from navila_mujoco.sight import Sight

from navila_sdk.embodiment import Lidar
from navila_sdk.errors import ConfigError, SceneError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.locomotion.choose import robot_model
from navila_sdk.perception.beams import lidar_beams
from navila_sdk.scenes import load_scene
from navila_sdk.scenes.mesh import write_glb
from navila_sdk.world import SOLID, Segmenting
from tests.mujoco.places import connect, go2
from tests.scenes.rooms import GREEN, RED, START, box, room

trimesh = pytest.importorskip("trimesh", reason="the extra 'mesh' isn't installed")
pytest.importorskip("embreex", reason="navila-mujoco's extra 'mesh' isn't installed")

LIDAR = Lidar(
    x_m=0.1,
    z_m=0.4,
    elevations_rad=tuple(np.radians((-20.0, -5.0, 0.0, 10.0)).tolist()),
    azimuths=90,
    range_m=10.0,
    rate_hz=10.0,
)


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        path = write_glb(room(), tmp_path_factory.mktemp("glb") / "room.glb")
        yield attrs.evolve(load_scene(path), start=START, errands=room().errands)


def seen(scene, pose=START):
    return RayCamera(go2.camera, Sight(scene, ceiling=True), (96, 72)).capture(pose)


def test_the_camera_sees_the_same_room(mesh):
    (rgb, depth), (true_rgb, true_depth) = seen(mesh), seen(room())
    off = np.abs(depth - true_depth)
    assert np.median(off) < 1e-4
    assert (off < 0.02).mean() > 0.97  # all but pixels on edges
    # Stripes, boards and shadows are the solid scene's own.
    assert np.median(np.abs(rgb.astype(int) - true_rgb.astype(int)).max(axis=2)) < 40


def test_a_lit_mesh_looks_like_the_room_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    apartment = load_scene("apartment:7")
    off = {}
    for lit in (False, True):
        path = write_glb(apartment, tmp_path / f"{lit}.glb", lit=lit)
        pictures = (seen(scene, apartment.start)[0] for scene in (apartment, load_scene(path)))
        off[lit] = np.abs(np.subtract(*(rgb.astype(float) for rgb in pictures))).mean()
    assert off[True] < 8
    assert off[True] < off[False]


def test_red_things_are_red(mesh):
    rgb, _ = seen(mesh)
    red, green, blue = np.moveaxis(rgb.astype(int), 2, 0)
    assert ((red > 100) & (green < 70) & (blue < 70)).sum() > 50
    assert RED != GREEN
    rgb, _ = seen(mesh, Pose2(2.6, 0.6, 0.0))
    red, green, blue = np.moveaxis(rgb.astype(int), 2, 0)
    assert ((green > 80) & (red < 70)).sum() > 50


def test_lidars_measure_the_same(mesh):
    pose = Pose2(1.0, 1.0, 0.5)
    mine, true = (RayLidar(LIDAR, Sight(scene, ceiling=False)).scan(pose, 0.32) for scene in (mesh, room()))
    assert len(mine) == len(true)
    assert np.median(np.linalg.norm(mine - true, axis=1)) < 1e-4
    base, level = np.array((1.0, 1.0, 0.32)), np.array((1.0, 0, 0, 0))
    mine, true = (
        Rangefinder(lidar_beams(LIDAR, 0.32), Sight(scene, ceiling=False)).scan(base, level, 10.0)[0]
        for scene in (mesh, room())
    )
    assert np.median(np.linalg.norm(mine - true, axis=1)) < 1e-4


def test_a_gliding_body_stops_at_the_mesh(mesh):
    with_mesh, with_solids = connect(mesh), connect(room())
    ends = []
    for driver in (with_mesh, with_solids):
        driver.send(Twist(0.5, 0.0, 0.0))
        for _ in range(150):
            driver.advance()
        assert driver.state().contact
        ends.append(driver.true_pose().x_m)
    assert ends[0] == pytest.approx(ends[1], abs=0.03)
    fan = with_mesh.state().scan.range_m
    assert np.nanmin(fan) < go2.footprint.length_m / 2 + 0.05


def test_the_plan_of_a_mesh_is_that_of_its_solids(mesh):
    mine, true = Ground(mesh, go2.footprint), Ground(room(), go2.footprint)
    random = np.random.default_rng(1)
    poses = [Pose2(*random.uniform((0.3, 0.3, -3), (3.7, 2.7, 3))) for _ in range(200)]
    hits = np.array([(bool(mine.overlapped(pose)), bool(true.overlapped(pose))) for pose in poses])
    assert (hits[:, 0] == hits[:, 1]).mean() > 0.95
    assert 20 < hits[:, 1].sum() < 180


def test_starts_in_the_mesh_and_off_it_are_refused(mesh):
    for x, y in ((2.0, 1.5), (3.5, 2.55), (0.05, 1.5)):
        with pytest.raises(SceneError, match=r"can't start.*the mesh"):
            connect(attrs.evolve(mesh, start=Pose2(x, y, 0.0)))
    with pytest.raises(SceneError, match=r"the goal \(9\.00, 1\.50\).*|off the floor"):
        connect(attrs.evolve(mesh, errands=(attrs.evolve(mesh.errands[0], goal_m=(9.0, 1.5)),)))
    wide = attrs.evolve(mesh, size_m=(20.0, 20.0), errands=(attrs.evolve(mesh.errands[0], goal_m=(9.0, 1.5)),))
    with pytest.raises(SceneError, match=r"the goal \(9\.00, 1\.50\) is off the mesh"):
        connect(wide)


def test_pictures_from_above_look_into_the_room(mesh):
    driver = connect(mesh)
    picture = driver.overview(160, 120).astype(int)
    red, green, blue = np.moveaxis(picture, 2, 0)
    assert ((red > 100) & (green < 70) & (blue < 70)).sum() > 30
    assert isinstance(driver, Segmenting)
    driver.observe()
    assert (driver.segments() == SOLID).all()


def test_opengl_does_not_draw_meshes(mesh):
    with pytest.raises((ConfigError, RenderError), match="doesn't draw mesh scenes"):
        connect(mesh, renderer="gl")


def test_physics_has_few_boxes_where_the_solids_are(mesh):
    arena = build_arena(mesh, load_robot(robot_model(go2)))
    boxes = arena.obstacle.sum()
    assert boxes < 150
    at = arena.model.geom_pos[arena.obstacle]
    half = arena.model.geom_size[arena.obstacle]
    covered = (np.abs(np.array((2.0, 1.5, 0.3)) - at) <= half + np.array((0.26, 0.21, 0.05))).all(axis=1)
    assert covered.any()
    assert not ((np.abs(np.array((1.2, 1.5, 0.3)) - at) <= half + 0.1).all(axis=1)).any()


def test_legs_walk_on_the_mesh_and_bump_into_it(mesh):
    from navila_mujoco import make

    from navila_sdk.world import WorldRequest

    driver = make(WorldRequest(go2, mesh, fidelity="physics"))
    driver.send(Twist(0.5, 0.0, 0.0))
    touched = False
    for _ in range(150):
        driver.advance()
        touched = touched or driver.state().contact
    assert driver.state().tilt_rad < 0.5
    assert 1.0 < driver.true_pose().x_m < 1.75  # the box begins at 1.75
    assert touched


def test_an_uneven_floor_is_a_height_field_and_lifts_the_camera(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    uneven = attrs.evolve(room(), ground=(box(3.0, 1.5, 2.0, 3.0, 0.1),), objects=())
    scene = attrs.evolve(load_scene(write_glb(uneven, tmp_path / "uneven.glb")), start=START)
    arena = build_arena(scene, load_robot(robot_model(go2)))
    data = mujoco.MjData(arena.model)
    mujoco.mj_kinematics(arena.model, data)
    assert arena.model.nhfield == 1
    for (x, y), height in (((1.0, 1.0), 0.0), ((3.0, 2.0), 0.1)):
        geom = np.zeros(1, np.int32)
        distance = mujoco.mj_ray(
            arena.model, data, np.array((x, y, 1.5)), np.array((0.0, 0, -1)), None, 1, -1, geom, None
        )
        assert 1.5 - distance == pytest.approx(height, abs=0.01)
        assert not arena.obstacle[geom[0]]
    driver = connect(scene)
    low = np.median(driver.observe().depth_m[-1])
    driver.place(Pose2(3.0, 0.5, np.pi / 2))
    assert np.median(driver.observe().depth_m[-1]) == pytest.approx(low, abs=0.02)
