"""The world under test, on the stand-in and, wherever it can be imported, on the real habitat_sim."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import navila_habitat
import pytest
from navila_habitat.keeper import KEEPER

from navila_sdk.plugins import Plugins
from navila_sdk.robot import Robot
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.testing.fake import fake_embodiment
from navila_sdk.world import WorldRequest
from tests.habitat.standin import installed
from tests.habitat.standin.simulator import Simulator

REAL = importlib.util.find_spec("habitat_sim") is not None
SMALL_PX = [24, 18]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported scenes and navmeshes, made once."""
    pytest.importorskip("trimesh", reason="writing a scene as a GLB needs the SDK's extra 'mesh'")
    return tmp_path_factory.mktemp("habitat")


@pytest.fixture(scope="session", params=["stand-in", "habitat_sim"])
def kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which habitat_sim: all tests of one, then all of the other, for whose simulator the next test can wait."""
    if request.param != "stand-in" and not REAL:
        pytest.skip("habitat_sim isn't installed: the package index has no build of it")
    yield request.param
    KEEPER.close()


@pytest.fixture
def simulator(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Which habitat_sim is imported; nothing of the stand-in stays open afterwards."""
    if kind == "stand-in":
        installed(monkeypatch)
    yield kind
    if kind == "stand-in":
        KEEPER.close()
    assert not Simulator.opened


Make = Callable[..., Any]


@pytest.fixture
def make(simulator: str, cache: Path) -> Iterator[Make]:
    """Makes drivers, and closes them."""
    made: list[Any] = []

    def driver(scene: str | Scene | None = "apartment:7", body: object = None, seed: int = 0, **options: object) -> Any:
        own = {"cache": str(cache / simulator), "picture_px": SMALL_PX, "probe": simulator != "stand-in"}
        embodiment: Any = Plugins().embodiment(body) if isinstance(body, str) else body or fake_embodiment()
        found = navila_habitat.make(WorldRequest(embodiment, scene=scene, seed=seed, options={**own, **options}))
        made.append(found)
        return found

    yield driver
    for found in made:
        found.close()


@pytest.fixture
def robot(make: Make) -> Callable[..., Robot]:
    """Makes robots of a go2 in a place."""

    def built(scene: str | Scene = "apartment:7", body: str = "go2", **options: object) -> Robot:
        embodiment = Plugins().embodiment(body)
        return Robot(embodiment, make(scene, embodiment, **options))

    return built


@pytest.fixture(scope="session")
def apartment() -> Scene:
    return load_scene("apartment:7")
