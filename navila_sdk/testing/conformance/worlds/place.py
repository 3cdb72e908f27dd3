"""A world under examination: its drivers, made for a body, and what they do while time passes."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import attrs

from navila_sdk.embodiment import Embodiment, Lidar
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.scenes import Scene, load_scene
from navila_sdk.scenes.scene import SceneObject, Shape, Solid
from navila_sdk.testing.conformance.places import code_place
from navila_sdk.testing.conformance.subject import Bench, Subject
from navila_sdk.testing.fake import fake_embodiment
from navila_sdk.world import Driver, SimulatedDriver, WorldRecord, WorldRequest

WALL_AHEAD_M = 1.5
_TICK_S = 0.02


class Place(Subject):
    """A world.

    Args:
        plugin: Registered name, or record.
        bench: Where it's examined.
        embodiment: Body it's examined with; an ideal one with a LiDAR where it's empty.
        fidelity: One of the world's; its first where it's empty.
        options: Laid over the configured ones.
    """

    def __init__(
        self,
        plugin: str | WorldRecord,
        bench: Bench,
        embodiment: str | Embodiment,
        fidelity: str,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__("world", plugin, bench)
        self._embodiment = embodiment
        self._fidelity = fidelity
        self._options = options

    @cached_property
    def record(self) -> WorldRecord:
        """The record."""
        return self.loaded

    @cached_property
    def body(self) -> Embodiment:
        """The body it's examined with."""
        if isinstance(self._embodiment, Embodiment):
            return self._embodiment
        return self.bench.plugins.embodiment(self._embodiment) if self._embodiment else ideal_body()

    @property
    def options(self) -> dict[str, Any]:
        """The world's options."""
        return {**self.bench.config.worlds.get(self.name, {}), **self._options}

    @property
    def forward_mps(self) -> float:
        """The speed it's driven at."""
        return min(self.body.mapping.forward_mps, self.body.limits.vx_max_mps)

    @property
    def settle_s(self) -> float:
        """How long the body may take to reach a speed, or to leave it."""
        limits = self.body.limits
        return self.forward_mps / max(limits.ax_max_mps2, 1e-3) + self.body.mapping.response_s + 0.3

    def make(
        self,
        *,
        seed: int = 0,
        scene: Scene | str | None = None,
        fidelity: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> Driver:
        """Return a driver of this world."""
        return self.record.make(
            WorldRequest(
                embodiment=self.body,
                scene=load_scene("empty") if scene is None else scene,
                fidelity=fidelity or self._fidelity or None,
                seed=seed,
                options={**self.options, **(options or {})},
            )
        )

    @contextmanager
    def driver(self, *, seed: int = 0, scene: Scene | None = None) -> Generator[Driver]:
        """Give a driver that has stood for a while, and close it afterwards."""
        driver = self.make(seed=seed, scene=scene)
        try:
            let_pass(driver, 0.5)
            yield driver
        finally:
            driver.close()

    def code(self, driver: object, method: str = "") -> str:
        """Return where a method of the driver is written, or its class."""
        thing = getattr(driver, method, type(driver)) if method else type(driver)
        return code_place(thing) or self.mend("make")


def ideal_body() -> Embodiment:
    """Return the body worlds are examined with: every verb, a camera, and a LiDAR all round."""
    lidar = Lidar(x_m=0.0, z_m=0.35, elevations_rad=(-0.3, 0.0, 0.3), azimuths=36, range_m=10.0, rate_hz=10.0)
    return fake_embodiment("ideal", lidar=lidar)


def let_pass(driver: Driver, seconds: float) -> None:
    """Let time pass: by steps where the driver's time is simulated, on the wall clock where it isn't."""
    if isinstance(driver, SimulatedDriver):
        for _ in range(max(1, round(seconds / driver.step_s))):
            driver.advance()
    else:
        time.sleep(seconds)


def driven(driver: Driver, twist: Twist, seconds: float, *, resend: bool = True) -> Pose2:
    """Drive for a while; return the odometry displacement in the frame of the start."""
    start = driver.state().pose
    driver.send(twist)
    tick_s = max(_TICK_S, driver.step_s) if isinstance(driver, SimulatedDriver) else _TICK_S
    for _ in range(math.ceil(seconds / tick_s)):
        let_pass(driver, tick_s)
        if resend:
            driver.send(twist)
    return start.relative(driver.state().pose)


def walled(body: Embodiment) -> Scene:
    """Return an open floor with a wall across the way ahead."""
    empty = load_scene("empty")
    start = empty.start
    front_m = start.x_m + body.footprint.length_m / 2 + WALL_AHEAD_M
    wall = Solid(Shape.BOX, (front_m + 0.1, start.y_m, 1.0), (0.2, 6.0, 2.0))
    return attrs.evolve(empty, name="wall ahead", objects=(SceneObject("wall", "grey", "", (wall,)),))
