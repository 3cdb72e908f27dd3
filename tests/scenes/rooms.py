"""A small room with known geometry, as solids and as the mesh of them."""

from __future__ import annotations

from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Errand, Room, Scene, SceneObject, Shape, Solid

RED, GREEN = (208, 38, 38), (36, 150, 62)
START, GOAL = Pose2(0.8, 1.5, 0.0), (3.4, 1.5)


def box(x, y, sx, sy, height, *, bottom=0.0, rgb=(160, 160, 160), yaw=0.0):
    return Solid(Shape.BOX, (x, y, bottom + height / 2), (sx, sy, height), yaw, rgb)


def room() -> Scene:
    """4 x 3 m: walls all round, a box in the middle, a wardrobe, a table to pass under, a post."""
    walls = (
        box(2.0, 0.05, 4.0, 0.1, 2.5),
        box(2.0, 2.95, 4.0, 0.1, 2.5),
        box(0.05, 1.5, 0.1, 2.8, 2.5),
        box(3.95, 1.5, 0.1, 2.8, 2.5),
    )
    things = (
        SceneObject("box", "red", "hall", (box(2.0, 1.5, 0.5, 0.4, 0.6, rgb=RED),)),
        SceneObject("wardrobe", "brown", "hall", (box(3.5, 2.55, 0.6, 0.6, 2.0),)),
        SceneObject("table", "white", "hall", (box(0.6, 2.5, 0.6, 0.5, 0.04, bottom=0.7),)),
        SceneObject("post", "green", "hall", (Solid(Shape.CYLINDER, (3.2, 0.6, 0.5), (0.3, 0.3, 1.0), 0.0, GREEN),)),
    )
    return Scene(
        "room",
        (4.0, 3.0),
        START,
        (Room("hall", 0.1, 0.1, 3.9, 2.9),),
        walls,
        objects=things,
        errands=(Errand("Go round the red box.", START, GOAL),),
    )
