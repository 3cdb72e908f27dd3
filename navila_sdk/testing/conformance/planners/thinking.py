"""A planner under examination: built for a body in a scene, told an errand, shown frames."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from navila_sdk.actions import Action
from navila_sdk.api import planner_from
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import InstructionError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, Planner, PlannerRecord, PlannerRequest
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.testing.conformance.places import code_place
from navila_sdk.testing.conformance.subject import Bench, Subject
from navila_sdk.testing.fake import fake_embodiment

SCENE = "apartment:7"
MOTION = "turn left 90 degrees, walk forward 1 metre and stop"
STEPS = 5


class Thinking(Subject):
    """A planner.

    Args:
        plugin: Registered name, or record.
        bench: Where it's examined.
        embodiment: Robot it plans for; an ideal one where it's empty.
        scene: Scene it's in; an apartment where it's empty.
        instruction: What it's told; where it's empty, the scene's first errand, or else a motion command.
        options: Laid over the configured ones.
    """

    def __init__(
        self,
        plugin: str | PlannerRecord,
        bench: Bench,
        embodiment: str | Embodiment,
        scene: str,
        instruction: str,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__("planner", plugin, bench)
        self._embodiment = embodiment
        self.scene: Scene = load_scene(scene or SCENE)
        self._given = instruction
        self._options = options

    @cached_property
    def record(self) -> PlannerRecord:
        """The record."""
        return self.loaded

    @cached_property
    def body(self) -> Embodiment:
        """The robot it plans for."""
        if isinstance(self._embodiment, Embodiment):
            return self._embodiment
        return self.bench.plugins.embodiment(self._embodiment) if self._embodiment else fake_embodiment("ideal")

    @cached_property
    def instruction(self) -> str:
        """What it's told: as given, or the scene's first errand, or where it refuses that, a motion command."""
        if self._given or not self.scene.errands:
            return self._given or MOTION
        errand = self.scene.errands[0].instruction
        try:
            self.make().reset(errand)
        except InstructionError:
            return MOTION
        return errand

    def make(self, *, seed: int = 0, options: Mapping[str, Any] | None = None) -> Planner:
        """Return a planner."""
        config = self.bench.config
        build = planner_from(self.bench.plugins, config, seed, self.body, self.scene)
        return self.record.make(
            PlannerRequest(
                options={**config.planners.get(self.name, {}), **self._options, **(options or {})},
                seed=seed,
                embodiment=self.body,
                scene=self.scene,
                load=lambda other: build(other, {}),
                default_planner=config.default_planner or None,
            )
        )

    def told(self, *, seed: int = 0) -> Planner:
        """Return a planner that was told the instruction."""
        planner = self.make(seed=seed)
        planner.reset(self.instruction)
        return planner

    def frame(self, number: int = 0) -> Observation:
        """Return a picture of the body's camera, another one for each number, from a pose beside the start."""
        camera = self.body.camera
        shape = (camera.height_px, camera.width_px, 3)
        rgb = np.random.default_rng(number).integers(0, 256, shape, dtype=np.uint8)
        return Observation(rgb, Pose2(0.02 * number, 0.0, 0.01 * number), 0.5 * number)

    def steps(self, planner: Planner, count: int = STEPS) -> list[Plan]:
        """Return the plans for the first frames."""
        return [planner.step(self.frame(number)) for number in range(count)]

    def code(self, planner: object, method: str = "step") -> str:
        """Return where a method of the planner is written."""
        return code_place(getattr(planner, method, type(planner))) or self.mend("make")


def shown(plans: list[Plan]) -> list[tuple[Action, ...]]:
    """Return what plans ask for."""
    return [plan.actions for plan in plans]
