"""Small scenes with known geometry, and a way to live in them."""

from __future__ import annotations

from typing import Any

import navila_mujoco
from navila_go2 import embodiment as go2

from navila_sdk.embodiment import Embodiment
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Scene, SceneObject, Shape, Solid
from navila_sdk.world import WorldRequest

RED, BLUE, GREEN = (205, 40, 40), (40, 70, 205), (40, 150, 60)
START = Pose2(5.0, 5.0, 0.0)


def box(x, y, sx, sy, height=1.0, *, bottom=0.0, rgb=(160, 160, 160), yaw=0.0):
    return Solid(Shape.BOX, (x, y, bottom + height / 2), (sx, sy, height), yaw, rgb)


def cylinder(x, y, diameter, height=1.0, rgb=(160, 160, 160)):
    return Solid(Shape.CYLINDER, (x, y, height / 2), (diameter, diameter, height), 0.0, rgb)


def ball(x, y, z, diameter, rgb=(160, 160, 160)):
    return Solid(Shape.SPHERE, (x, y, z), (diameter, diameter, diameter), 0.0, rgb)


def thing(noun, *solids, color=""):
    return SceneObject(noun, color, "", solids)


def place(*things: SceneObject, walls: tuple[Solid, ...] = (), start: Pose2 = START) -> Scene:
    return Scene("place", (10.0, 10.0), start, walls=walls, objects=things)


def connect(scene: Scene | str | None = None, embodiment: Embodiment = go2, *, seed: int = 0, **options: Any):
    request = WorldRequest(embodiment, scene if scene is not None else place(), seed=seed, options=options)
    return navila_mujoco.record.make(request)


def run(driver, twist, seconds: float):
    """Hold a twist for a while; return the states of every step."""
    states = []
    for _ in range(round(seconds / driver.step_s)):
        driver.send(twist)
        driver.advance()
        states.append(driver.state())
    return states
