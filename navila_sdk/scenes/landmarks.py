"""Landmarks: plain bodies in strong colours, each colour and noun once in a scene, so that a name is one thing."""

from __future__ import annotations

from navila_sdk.scenes.dice import Dice
from navila_sdk.scenes.furnishing import LANDMARK_SIDE, Stand
from navila_sdk.scenes.palette import LANDMARK_COLORS
from navila_sdk.scenes.rect import Rect
from navila_sdk.scenes.scene import SceneObject, Shape

# noun -> shape, diameter or side, height
_BODIES = {
    "box": (Shape.BOX, 44, 44),
    "cylinder": (Shape.CYLINDER, 40, 80),
    "ball": (Shape.SPHERE, 46, 46),
    "pillar": (Shape.CYLINDER, 30, 160),
}
LANDMARK_NOUNS = tuple(_BODIES)
Look = tuple[str, str]
PASSED: Look = ("red", "box")
REACHED: Look = ("blue", "cylinder")


def looks(dice: Dice) -> list[Look]:
    """Return every colour and noun but the two that each scene has, in some order, neighbours unlike."""
    nouns = dice.shuffled(tuple(_BODIES))
    colors = dice.shuffled(tuple(LANDMARK_COLORS))
    pairs = [
        (colors[(i + turn) % len(colors)], nouns[i % len(nouns)])
        for turn in range(len(nouns))
        for i in range(len(colors))
    ]
    return [pair for pair in dict.fromkeys(pairs) if pair not in (PASSED, REACHED)]


def landmark(stand: Stand, look: Look) -> SceneObject:
    """Return the landmark of that colour and noun in the middle of its place."""
    color, noun = look
    shape, side, height = _BODIES[noun]
    edge = (LANDMARK_SIDE - side) // 2
    outline = Rect(edge, edge, edge + side, edge + side)
    return SceneObject(
        noun, color, stand.room, (stand.to_floor(outline).solid(0, height, LANDMARK_COLORS[color], shape),)
    )


def stand_in(stand: Stand) -> SceneObject:
    """Return a box that fills the place: what a landmark will take up at most."""
    outline = Rect(0, 0, LANDMARK_SIDE, LANDMARK_SIDE)
    return SceneObject("box", "", stand.room, (stand.to_floor(outline).solid(0, 160, (0, 0, 0)),))
