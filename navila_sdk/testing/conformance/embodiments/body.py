"""An embodiment under examination, and its live robot in an empty scene of a world."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import UnknownNameError
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.robot import Robot
from navila_sdk.scenes import load_scene
from navila_sdk.testing.conformance.subject import Bench, Subject
from navila_sdk.world import WorldRecord


class Body(Subject):
    """An embodiment.

    Args:
        plugin: Registered name, or record.
        bench: Where it's examined.
        world: World it's moved in; the configured one where it isn't given.
        fidelities: Which of the world's; where none is given, its first, and every other if the body has policies.
    """

    def __init__(
        self, plugin: str | Embodiment, bench: Bench, world: str = "", fidelities: tuple[str, ...] = ()
    ) -> None:
        super().__init__("embodiment", plugin, bench)
        self.world_name = world or bench.config.world
        self._fidelities = fidelities

    @cached_property
    def record(self) -> Embodiment:
        """The record."""
        return self.loaded

    @cached_property
    def world(self) -> WorldRecord | None:
        """The world; None where it isn't installed."""
        try:
            return self.bench.plugins.world(self.world_name)
        except UnknownNameError:
            return None

    @property
    def fidelities(self) -> tuple[str, ...]:
        """The fidelities it's moved in."""
        if self._fidelities or self.world is None:
            return self._fidelities
        offered = self.world.fidelities
        return offered if self.record.policies else offered[:1]

    def connect(self, fidelity: str, locomotion: str | None = None, seed: int = 0) -> Robot:
        """Return the body, alive on an open floor."""
        from navila_sdk.api import connect

        return connect(
            self.record,
            world=self.world_name,
            scene=load_scene("empty"),
            fidelity=fidelity,
            locomotion=locomotion,
            seed=seed,
            config=self.bench.config,
            plugins=self.bench.plugins,
        )

    @contextmanager
    def standing(self, fidelity: str, seed: int = 0) -> Generator[Robot]:
        """Give a robot that has settled, and close it afterwards."""
        with self.connect(fidelity, seed=seed) as robot:
            robot.stand(0.5)
            yield robot

    def motion_place(self, fidelity: str, field: str = "") -> str:
        """Return what to mend where the body moves wrongly: its policy, where one walks, else a field."""
        walks = self.record.policies and self.world is not None and fidelity != self.world.fidelities[0]
        policy = next(iter(self.record.policies.values())) if walks else ""
        return f"{self.mend('policies')} ({policy})" if policy else self.mend(field)


def driven(robot: Robot, twist: Twist, seconds: float) -> Pose2:
    """Drive for a while; return the displacement in the frame of the start."""
    start = robot.state().pose
    for _ in range(max(1, math.ceil(seconds / robot.period_s))):
        now_s = robot.clock.now_s()
        robot.drive(twist)
        robot.clock.sleep_until(now_s + robot.period_s)
    return start.relative(robot.state().pose)
