"""The plugins that come with the SDK pass the kit, through the same classes an integrator subclasses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from navila_sdk.testing import EmbodimentConformance, PlannerConformance, WorldConformance
from tests.vla.conftest import NEEDS, TINY


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No configuration of whoever runs this."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NAVILA_CONFIG_DIR", str(tmp_path))
    return


class TestGo2(EmbodimentConformance):
    embodiment = "go2"


class TestH1(EmbodimentConformance):
    embodiment = "h1"


class TestT1(EmbodimentConformance):
    embodiment = "t1"


class TestMujoco(WorldConformance):
    world = "mujoco"


class TestMujocoPhysics(WorldConformance):
    world = "mujoco"
    embodiment = "go2"
    fidelity = "physics"


class TestAuto(PlannerConformance):
    planner = "auto"


class TestHuman(PlannerConformance):
    planner = "human"


class TestOracle(PlannerConformance):
    planner = "oracle"


class TestRandom(PlannerConformance):
    planner = "random"


class TestScripted(PlannerConformance):
    planner = "scripted"
    options = {"actions": ["move forward 75 cm", "turn left 30 degrees"]}  # noqa: RUF012


class TestNavila(PlannerConformance):
    planner = "navila"
    options = {"checkpoint": str(TINY)}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def _extra(self) -> None:
        for package in ("torch", "transformers", "tokenizers"):
            pytest.importorskip(package, reason=NEEDS)
