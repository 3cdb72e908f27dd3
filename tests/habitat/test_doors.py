"""What comes before a world: habitat_sim missing, broken, of another version, without OpenGL; places it describes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import navila_habitat
import pytest
from navila_habitat import probe
from navila_habitat.faults import RenderError, UnsupportedVersionError
from navila_habitat.frames import to_world
from navila_habitat.module import habitat
from navila_habitat.options import HabitatOptions
from navila_habitat.place import find_place

from navila_sdk.errors import CapabilityError, ConfigError, MissingDependencyError
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.scenes.geodesic import geodesic_distance_m
from navila_sdk.testing.fake import FakeDriver, fake_embodiment
from navila_sdk.world import WorldRequest
from tests.habitat.standin import installed

Make = Callable[..., Any]


def asked(**changes: Any) -> WorldRequest:
    return WorldRequest(fake_embodiment(), scene="empty", **changes)


def test_without_habitat_sim_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "habitat_sim", None)
    with pytest.raises(MissingDependencyError, match=r"isn't installed.*conda install habitat-sim headless"):
        navila_habitat.make(asked())


def test_a_broken_habitat_sim_says_what_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "habitat_sim.py").write_text('raise ImportError("libEGL.so.1: cannot open shared object file")')
    monkeypatch.delitem(sys.modules, "habitat_sim", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(MissingDependencyError, match=r"can't be imported: libEGL\.so\.1"):
        navila_habitat.make(asked())
    sys.modules.pop("habitat_sim", None)


@pytest.mark.parametrize("version", ["0.1.7", "0.2.5", "0.4.0", "1.0"])
def test_other_versions_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    installed(monkeypatch, version)
    with pytest.raises(UnsupportedVersionError, match=rf"{version} is installed.*conda install"):
        navila_habitat.make(asked())


@pytest.mark.parametrize("version", ["0.3.0", "0.3.3", "0.3.3.2026.03.12"])
def test_these_versions_are_spoken(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    installed(monkeypatch, version)
    assert habitat().sim.__version__ == version


def test_what_it_cannot_do_is_refused() -> None:
    with pytest.raises(CapabilityError, match="kinematic"):
        navila_habitat.make(asked(fidelity="physics"))
    with pytest.raises(ConfigError, match="no legs"):
        navila_habitat.make(asked(locomotion="blind"))
    with pytest.raises(ConfigError, match="sliding"):
        navila_habitat.make(asked(options={"slidin": True}))


# What habitat-sim's C++ says, and does, without a context.
_DIES = "import sys; print('WindowlessContext: Unable to create windowless context', file=sys.stderr); sys.exit(1)"


def test_without_opengl_the_process_lives_and_knows_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_DRAWING", _DIES)
    with pytest.raises(RenderError, match=r"windowless context.*EGL.*worlds\.habitat\.gpu"):
        probe.drawing_card(17)


def test_a_driver_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_DRAWING", "import time; time.sleep(60)")
    monkeypatch.setattr(probe, "_TIMEOUT_S", 0.2)
    with pytest.raises(RenderError, match="didn't draw"):
        probe.drawing_card(18)


def test_drawing_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_DRAWING", "print(19)")
    assert probe.drawing_card(19) == 19
    monkeypatch.setattr(probe, "_DRAWING", _DIES)
    assert probe.drawing_card(19) == 19


def test_the_card_is_one_that_draws(kind: str) -> None:
    """The stand-in's process has no habitat_sim to draw with."""
    if kind == "stand-in":
        pytest.skip("the stand-in draws in this process alone")
    assert probe.drawing_card(None) in {0, probe.ANY_CARD}
    with pytest.raises(RenderError, match=r"can't draw here"):
        probe.drawing_card(63)


def test_places_only_habitat_describes_get_a_map_from_their_navmesh(make: Make, cache: Path, simulator: str) -> None:
    folder = cache / simulator
    folder.mkdir(exist_ok=True)
    described = find_place("apartment:7", HabitatOptions(), folder).load
    assert described.endswith(".stage_config.json")
    driver = make(described, seed=4)
    scene, start = driver.scene, driver.true_pose()
    assert scene.walls
    assert driver.state().pose.as_tuple() == pytest.approx((0, 0, 0), abs=1e-6)
    goal = None
    for seed in range(5, 12):
        driver.close()
        driver = make(described, seed=seed)
        goal = driver.true_pose()
        if start.distance_m(goal) > 2:
            break
    assert goal is not None
    ends = ((start.x_m, start.y_m), (goal.x_m, goal.y_m))
    radius_m = fake_embodiment().footprint.radius_m
    assert geodesic_distance_m(scene, *ends, radius_m - 0.05) == pytest.approx(driver.way_m(*ends), rel=0.1)
    driver.close()
    again = make(described, seed=4)
    assert again.true_pose() == start


def test_the_cameras_place_can_be_another(make: Make) -> None:
    make(camera_m=[0.0, 0.0, 1.25], camera_hfov_deg=79.0, camera_pitch_deg=10.0).observe()
    assert to_world(0, 0, 1.25) == (0, 1.25, 0)


def test_only_stepped_bodies_get_wider_tolerances(make: Make) -> None:
    settings = ExecutorSettings()
    assert settings.reachable(FakeDriver()) is settings
    stepped = settings.reachable(make(motion="discrete", turn_step_deg=30.0))
    assert stepped.position_tolerance_m == pytest.approx(0.1275)
    assert stepped.yaw_tolerance_rad == pytest.approx(0.267, abs=1e-3)
