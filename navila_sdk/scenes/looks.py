"""What an apartment's walls and floors look like: the same rooms in other paint.

A look multiplies the colours of palette.py, so that a kitchen is still a kitchen's colour, but not the same one.
"""

from __future__ import annotations

import attrs

from navila_sdk.errors import UnknownNameError
from navila_sdk.scenes.palette import Rgb
from navila_sdk.scenes.scene import Scene

_Gain = tuple[float, float, float]
PLAIN = "plain"

# name -> factors on walls' and on floors' red, green, blue
LOOKS: dict[str, tuple[_Gain, _Gain]] = {
    PLAIN: ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
    "warm": ((1.0, 0.96, 0.88), (1.06, 0.96, 0.86)),
    "cool": ((0.92, 0.97, 1.02), (0.90, 0.98, 1.08)),
    "sand": ((0.97, 0.93, 0.82), (1.08, 1.04, 0.92)),
    "rose": ((1.0, 0.92, 0.93), (1.02, 0.92, 0.94)),
    "bright": ((1.06, 1.06, 1.06), (1.16, 1.16, 1.16)),
    "dim": ((0.86, 0.86, 0.86), (0.82, 0.82, 0.82)),
    "mint": ((0.90, 1.02, 0.94), (0.90, 1.06, 0.96)),
    "dusk": ((0.84, 0.84, 0.94), (0.84, 0.82, 0.96)),
    "lilac": ((0.97, 0.91, 1.02), (1.0, 0.90, 1.06)),
}


def _painted(rgb: Rgb, gain: _Gain) -> Rgb:
    red, green, blue = (min(255, round(value * factor)) for value, factor in zip(rgb, gain, strict=True))
    return red, green, blue


def in_look(scene: Scene, look: str) -> Scene:
    """Return a scene's rooms painted anew; its furniture and landmarks stay as they are.

    Raises:
        UnknownNameError: No such look.
    """
    if look not in LOOKS:
        raise UnknownNameError("look of an apartment", look, tuple(LOOKS))
    walls, floors = LOOKS[look]
    rooms = tuple(
        attrs.evolve(room, wall_rgb=_painted(room.wall_rgb, walls), floor_rgb=_painted(room.floor_rgb, floors))
        for room in scene.rooms
    )
    return attrs.evolve(scene, rooms=rooms)
