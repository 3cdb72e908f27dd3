"""The shipped records: light to import, every number sourced, and consistent within themselves."""

from __future__ import annotations

import math
import subprocess
import sys

import attrs
import pytest
from navila_go2 import embodiment as go2
from navila_h1 import embodiment as h1
from navila_t1 import embodiment as t1

from navila_sdk.actions import MoveForward, Verb
from navila_sdk.perception import NAVILA_CELLS
from navila_sdk.training.locomotion.read_recipe import recipe_of

ALL = pytest.mark.parametrize("record", [go2, h1, t1], ids=lambda record: record.name)
HEAVY = ("numpy", "torch", "mujoco", "scipy", "PIL", "unitree_sdk2py", "booster_robotics_sdk_python")


def _numbers(value, path):
    """Every numeric leaf as (path, number)."""
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _numbers(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for item in value:
            yield from _numbers(item, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, value


def _source(record, path):
    while path:
        if record.sources.get(path, "").strip():
            return record.sources[path]
        path = path.rpartition(".")[0]
    return None


@ALL
def test_every_number_has_a_source(record):
    leaves = list(_numbers(record, ""))
    assert len(leaves) > 20
    assert not [path for path, _ in leaves if _source(record, path) is None]


@ALL
def test_every_source_belongs_to_a_field(record):
    for path in record.sources:
        value = record
        for part in path.split("."):
            assert hasattr(value, part), path
            value = getattr(value, part)


@ALL
def test_every_number_is_finite(record):
    assert all(math.isfinite(number) for _, number in _numbers(record, ""))


@ALL
def test_own_choices_say_why(record):
    for path, source in record.sources.items():
        assert len(source) > 20, path
        if source.startswith("chosen"):
            assert source.startswith("chosen: "), path


@pytest.mark.parametrize("name", ["go2", "h1", "t1"])
def test_importing_a_record_imports_nothing_heavy(name):
    code = f"import sys, navila_{name}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@ALL
def test_the_mapping_stays_within_the_limits(record):
    assert record.mapping.forward_mps <= record.limits.vx_max_mps
    assert record.mapping.lateral_mps <= record.limits.vy_max_mps
    assert record.mapping.turn_radps <= record.limits.wz_max_radps


@ALL
def test_the_navila_speeds_are_navilas(record):
    assert record.mapping.forward_mps == 0.5
    assert record.mapping.turn_radps == pytest.approx(math.pi / 6)


@ALL
def test_the_sensors_sit_on_the_body(record):
    footprint = record.footprint
    mounts = [record.camera] + ([record.lidar] if record.lidar else [])
    for mount in mounts:
        assert abs(mount.x_m) <= footprint.length_m / 2
        assert abs(mount.y_m) <= footprint.width_m / 2
        assert 0 < mount.z_m <= footprint.height_m
    assert footprint.clearance_m < record.base_height_m < footprint.height_m


@ALL
def test_every_verb_is_declared_and_speaks_api_1(record):
    assert record.verbs == frozenset(Verb)
    record.check_can(MoveForward.cm(75))
    assert record.navila_api == "1"


def test_height_maps_have_the_policies_grids():
    for record in (go2, h1, t1):
        assert record.height_map.shape == (17, 11)
        recipe = recipe_of(record)
        assert record.height_map.offset_m == recipe.base_height_m
    assert go2.more_height_maps[0].shape == NAVILA_CELLS


def test_the_bench_camera_is_96_7_degrees_wide():
    for record in (go2, h1):
        assert math.degrees(record.camera.hfov_rad) == pytest.approx(96.7, abs=0.05)
        assert record.camera.z_m == pytest.approx(record.base_height_m + 0.5)


def test_the_go2_lidar_has_the_benchs_rays():
    assert len(go2.lidar.elevations_rad) * go2.lidar.azimuths == 2848
    assert go2.lidar.elevations_rad[0] == 0
    assert go2.lidar.elevations_rad[-1] == pytest.approx(math.pi / 2)
